"""The provider of the model agent, and what is refused before anything is asked."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from backend.agents.agent import AgentEnvironment, RunRequest, UnknownAgentError
from backend.agents.catalogue import AgentCatalogue
from backend.agents.model.connection import new_client
from backend.agents.model.endpoint import connect
from backend.agents.model.naming import PROVIDERS, ModelUnusableError, ensure_usable, model_name
from backend.agents.model.provider import provide
from backend.protocol.recordings import Recording
from backend.settings import Settings
from tests.agents.model.conftest import hear
from tests.agents.model.scripted_provider import ScriptedProvider
from tests.agents.model.wire import CHAT, chat_text


class NoRecordings:
    async def find(self, recording_id: str) -> Recording | None:
        return None

    async def listed(self) -> Sequence[tuple[str, str]]:
        return ()


def environment(folder: Path, model: str | None = None, mcp: Path | None = None) -> AgentEnvironment:
    return AgentEnvironment(Settings(data_dir=folder / "data", model=model, mcp=mcp), NoRecordings())


@pytest.fixture
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for about in PROVIDERS.values():
        for name in (*about.keys, about.base_url):
            monkeypatch.delenv(name, raising=False)


async def test_without_a_model_nothing_is_offered(tmp_path: Path) -> None:
    provider = provide(environment(tmp_path))

    assert await provider.prepare(lambda *_: None) == ()
    assert await provider.offers() == ()
    with pytest.raises(UnknownAgentError, match="start the server with --model"):
        await provider.open("")


async def test_a_prepared_model_is_offered_and_answers(tmp_path: Path, provider: ScriptedProvider) -> None:
    provider.script(chat_text("Hello."))
    offering = provide(environment(tmp_path, CHAT))
    said: list[str] = []
    try:
        assert await offering.prepare(lambda done, total, what: said.append(what)) == []
        (offer,) = await offering.offers()
        agent = await offering.open("")
        heard = await hear(agent)
    finally:
        await offering.close()

    assert said == ["loading what openai:small needs"]
    assert (offer.agent, offer.title) == ("model", "Model (small)")
    assert heard.answer == "Hello."
    assert await offering.plan("", RunRequest("run", "x")) is None
    with pytest.raises(UnknownAgentError, match="There is no agent 'model:x': use 'model'"):
        await offering.open("x")


async def test_the_model_is_offered_before_all_others(tmp_path: Path, provider: ScriptedProvider) -> None:
    names = [one.name for one in AgentCatalogue.discover(environment(tmp_path, CHAT)).preparations]
    assert names[:2] == ["model", "documents"]
    without = [one.name for one in AgentCatalogue.discover(environment(tmp_path)).preparations]
    assert without[0] == "documents"


@pytest.mark.parametrize("setting", ["", "openai", "openai:", ":x", "nobody:x", "gpt-5"])
def test_what_names_no_model(setting: str) -> None:
    with pytest.raises(ModelUnusableError, match="is not a model: give PROVIDER:NAME"):
        model_name(setting)


def test_a_name_may_hold_a_colon() -> None:
    assert model_name("ollama:llama3.2:3b").name == "llama3.2:3b"


@pytest.mark.usefixtures("no_keys")
@pytest.mark.parametrize(
    ("setting", "variables"),
    [
        ("openai:x", "OPENAI_API_KEY"),
        ("openai-responses:x", "OPENAI_API_KEY"),
        ("anthropic:x", "ANTHROPIC_API_KEY"),
        ("gemini:x", "GOOGLE_API_KEY or GEMINI_API_KEY"),
    ],
)
def test_a_missing_key_is_one_sentence(setting: str, variables: str) -> None:
    with pytest.raises(ModelUnusableError) as refusal:
        ensure_usable(setting)
    assert f"needs a key for {setting}: set {variables} in the environment" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.usefixtures("no_keys")
def test_a_server_of_one_s_own_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_usable("ollama:x")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:8000/v1")
    ensure_usable("openai:x")


@pytest.mark.usefixtures("no_keys")
@pytest.mark.parametrize(
    "address", ["localhost:8000/v1", "ftp://host/v1", "http://[bad", "http://", "http://host:99999", "http://höst/v1"]
)
def test_an_address_that_is_none_is_one_sentence(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    with pytest.raises(ModelUnusableError) as refusal:
        ensure_usable("openai:x")
    assert str(refusal.value) == "OPENAI_BASE_URL contains no address: write it as http://HOST:PORT/PATH, or unset it."


@pytest.mark.usefixtures("no_keys")
@pytest.mark.parametrize("setting", PROVIDERS)
async def test_an_empty_address_is_the_usual_one(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    model = model_name(f"{setting}:x")
    monkeypatch.setenv(model.about.keys[0], "a-key")
    async with new_client() as line:
        monkeypatch.setenv(model.about.base_url, " ")
        assert (connect(model, line).base_url or "").rstrip("/") == model.about.usual_url


@pytest.mark.parametrize("key", ["schlüssel", "two\nlines"])
def test_a_key_that_no_header_can_carry(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    with pytest.raises(ModelUnusableError, match="ANTHROPIC_API_KEY contains a character that cannot be in a key"):
        ensure_usable("anthropic:x")


@pytest.mark.usefixtures("no_keys")
async def test_a_key_that_went_missing_leaves_the_agent_out(tmp_path: Path) -> None:
    catalogue = AgentCatalogue([provide(environment(tmp_path, "openai:x"))])
    await catalogue.prepare()

    assert catalogue.ready
    assert "OpenAI needs a key for openai:x" in catalogue.warnings[0]
