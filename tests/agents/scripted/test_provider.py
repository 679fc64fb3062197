"""Scenarios on offer: bundled ones, the user's own, and what happens when a file changes."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from backend.agents.agent import AgentEnvironment, AgentProvider, RunContext, RunRequest, UnknownAgentError
from backend.agents.scripted.library import BUNDLED_DIR
from backend.agents.scripted.provider import ScriptedProvider, provide
from backend.protocol.events import Draft, TokenEvent
from backend.protocol.options import RunOptions
from backend.protocol.recordings import Recording
from backend.settings import Settings
from tests.fakes import VirtualClock

GOOD = "title: Mine\ndescription: D.\nquestion: Q?\ntimeline:\n  - say: hello\n"
BROKEN = "title: Mine\ndescription: D.\nquestion: Q?\ntimeline:\n  - sya: hello\n"


class NoRecordings:
    """A source without recordings."""

    async def find(self, recording_id: str) -> Recording | None:
        return None

    async def listed(self) -> Sequence[tuple[str, str]]:
        return []


def make(tmp_path: Path, scenarios: Path | None = None, **settings: float) -> ScriptedProvider:
    chosen = Settings(data_dir=tmp_path / "data", scenarios_dir=scenarios, **settings)  # type: ignore[arg-type]
    return provide(AgentEnvironment(chosen, NoRecordings()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    return folder


async def prepare(provider: AgentProvider) -> Sequence[str]:
    return await provider.prepare(lambda done, total, what: None)


async def say(provider: ScriptedProvider, name: str) -> str:
    agent = await provider.open(name)
    drafts: list[Draft] = [
        draft async for draft in agent.run(RunRequest("r", "Q?", RunOptions(speed=0)), RunContext(VirtualClock()))
    ]
    return "".join(draft.text for draft in drafts if isinstance(draft, TokenEvent))


async def test_the_bundled_scenarios_are_offered_without_warnings(tmp_path: Path) -> None:
    provider = make(tmp_path)
    assert provider.name == "scripted"
    assert await prepare(provider) == []
    offers = {offer.agent: offer for offer in await provider.offers()}
    assert set(offers) == {f"scripted:{path.stem}" for path in BUNDLED_DIR.glob("*.yaml")}
    assert next(iter(offers)) == "scripted:happy_path"
    happy = offers["scripted:happy_path"]
    assert happy.title == "Happy path"
    assert happy.examples == ("Is NVIDIA's customer concentration risk rising?",)


async def test_a_scenario_of_the_users_own_is_offered_beside_them(tmp_path: Path, folder: Path) -> None:
    (folder / "mine.yaml").write_text(GOOD)
    (folder / "other.yml").write_text(GOOD.replace("hello", "other"))
    provider = make(tmp_path, folder)
    assert await prepare(provider) == []
    names = [offer.agent for offer in await provider.offers()]
    assert {"scripted:mine", "scripted:other", "scripted:happy_path"} <= set(names)
    assert await say(provider, "other") == "other"


async def test_a_broken_file_is_left_out_with_its_sentence_and_comes_back_when_mended(
    tmp_path: Path, folder: Path
) -> None:
    path = folder / "mine.yaml"
    path.write_text(BROKEN)
    provider = make(tmp_path, folder)
    [warning] = await prepare(provider)
    assert warning == "The scenario is left out: mine.yaml, line 5: there is no action 'sya'; did you mean 'say'?"
    assert "scripted:mine" not in [offer.agent for offer in await provider.offers()]
    with pytest.raises(UnknownAgentError, match=r"'mine' cannot be played: mine\.yaml, line 5: .*'say'"):
        await provider.open("mine")
    path.write_text(GOOD)
    assert "scripted:mine" in [offer.agent for offer in await provider.offers()]
    assert await say(provider, "mine") == "hello"


async def test_a_changed_file_is_read_again(tmp_path: Path, folder: Path) -> None:
    path = folder / "mine.yaml"
    path.write_text(GOOD)
    provider = make(tmp_path, folder)
    assert await say(provider, "mine") == "hello"
    path.write_text(GOOD.replace("hello", "world"))
    os.utime(path, ns=(1, 1))  # the same length, and no clock is trusted to tick between two writes
    assert await say(provider, "mine") == "world"
    path.unlink()
    with pytest.raises(UnknownAgentError, match="There is no scenario 'mine'"):
        await provider.open("mine")


async def test_a_scenario_of_a_bundled_name_stands_in_for_it_and_says_so(tmp_path: Path, folder: Path) -> None:
    (folder / "happy_path.yaml").write_text(GOOD)
    provider = make(tmp_path, folder)
    assert await prepare(provider) == ["happy_path.yaml is used instead of the bundled scenario 'happy_path'."]
    assert await say(provider, "happy_path") == "hello"


async def test_a_missing_folder_and_an_odd_name_are_warned_of(tmp_path: Path, folder: Path) -> None:
    [warning] = await prepare(make(tmp_path, tmp_path / "nowhere"))
    assert "nowhere does not exist" in warning
    (folder / "my scenario.yaml").write_text(GOOD)
    [warning] = await prepare(make(tmp_path, folder))
    assert warning.startswith("my scenario.yaml is left out: name a scenario's file with letters")


@pytest.mark.parametrize("name", ["nothing", "../scripted/scenarios/stall", "happy_path.yaml", "HAPPY_PATH", "a\x00b"])
async def test_an_unknown_name_gets_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownAgentError, match="There is no scenario"):
        await make(tmp_path).open(name)


async def test_without_a_name_some_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownAgentError, match=r"^Which scenario\? Name one, such as scripted:happy_path, "):
        await make(tmp_path).open("")


async def test_a_plan_keeps_to_options_scenario_and_settings(tmp_path: Path) -> None:
    provider = make(tmp_path, silence_timeout_s=2.0)
    usual = await provider.plan("timeout", RunRequest("r", "Q?")) or ()
    assert [getattr(event, "code", None) for event in usual][-2] == "silence"
    short = await provider.plan("timeout", RunRequest("r", "Q?", RunOptions(timeout_s=1.0))) or ()
    assert short[-1].at_ms == 1000
    fast = await make(tmp_path).plan("happy_path", RunRequest("r", "Q?", RunOptions(speed=4, seed=3))) or ()
    slow = await make(tmp_path).plan("happy_path", RunRequest("r", "Q?", RunOptions(speed=1, seed=3))) or ()
    assert [event.at_ms * 4 for event in fast] == pytest.approx([event.at_ms for event in slow], abs=0.003)
    assert await provider.plan("clarify", RunRequest("r", "Q?", RunOptions(may_ask=True))) is None
    with pytest.raises(UnknownAgentError):
        await provider.plan("nothing", RunRequest("r", "Q?"))
