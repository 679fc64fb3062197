"""The catalogue: what is found, what is left out and why, and what a wrong name is told."""

import asyncio
from collections.abc import Sequence
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from backend.agents.agent import (
    Agent,
    AgentEnvironment,
    AgentOffer,
    AgentProvider,
    Progress,
    RecordingSource,
    RunRequest,
    UnknownAgentError,
)
from backend.agents.catalogue import ENTRY_POINT_GROUP, AgentCatalogue, AgentNotReadyError, ProviderProgress
from backend.protocol.events import DoneEvent, KnownEvent
from backend.protocol.recordings import Recording
from backend.settings import Settings
from tests.fakes import FakeAgent, settle, turn


class ListedProvider:
    """Offers agents by name; prepares as it is told."""

    def __init__(self, name: str, *variants: str, fails: Exception | None = None) -> None:
        self.name = name
        self.agents = {variant: FakeAgent() for variant in variants}
        self.gate = asyncio.Event()
        self.gate.set()
        self._fails = fails

    async def prepare(self, progress: Progress) -> Sequence[str]:
        progress(2, 7, "reading files")
        await self.gate.wait()
        if self._fails is not None:
            raise self._fails
        return [f"{self.name} is a fake."]

    async def offers(self) -> Sequence[AgentOffer]:
        return [AgentOffer(f"{self.name}:{variant}" if variant else self.name, variant, "") for variant in self.agents]

    async def open(self, variant: str) -> Agent:
        if variant not in self.agents:
            raise UnknownAgentError(f"There is no {variant!r} here.")
        return self.agents[variant]

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        await self.open(variant)
        return [DoneEvent(seq=1)] if request.question == "known?" else None


class NoRecordings(RecordingSource):
    """Finds nothing."""

    async def find(self, recording_id: str) -> Recording | None:
        return None

    async def listed(self) -> Sequence[tuple[str, str]]:
        return []


def provide(environment: AgentEnvironment) -> AgentProvider:
    """An entry point that works."""
    assert environment.settings.port == 1
    return ListedProvider("good", "a")


def provide_not(environment: AgentEnvironment) -> AgentProvider:
    """An entry point that fails."""
    raise OSError(f"no {environment.settings.port}")


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, ENTRY_POINT_GROUP)


async def prepared(*providers: AgentProvider) -> AgentCatalogue:
    catalogue = AgentCatalogue(providers)
    await catalogue.prepare()
    return catalogue


async def test_what_cannot_be_loaded_is_left_out_with_a_warning(tmp_path: Path) -> None:
    environment = AgentEnvironment(Settings(data_dir=tmp_path, port=1), NoRecordings())
    here = provide.__module__
    points = [
        point("failing", f"{here}:provide_not"),
        point("good", f"{here}:provide"),
        point("missing", "no.such.module:provide"),
        point("nameless", f"{here}:nothing"),
        point("no-function", f"{here}:ENTRY_POINT_GROUP"),
    ]
    catalogue = AgentCatalogue.discover(environment, points)
    await catalogue.prepare()
    assert [offer.agent for offer in await catalogue.offers()] == ["good:a"]
    assert len(catalogue.warnings) == 5
    for name, reason in (
        ("failing", "no 1"),
        ("missing", "no.such"),
        ("nameless", "nothing"),
        ("no-function", "not callable"),
    ):
        [warning] = [each for each in catalogue.warnings if f"{name!r}" in each]
        assert reason in warning


async def test_the_installed_agents_are_found(tmp_path: Path) -> None:
    environment = AgentEnvironment(Settings(data_dir=tmp_path), NoRecordings())
    catalogue = AgentCatalogue.discover(environment)
    assert catalogue.warnings == ()
    assert [each.name for each in catalogue.preparations] == ["documents", "model", "recording", "remote", "scripted"]


async def test_of_two_with_one_name_the_first_is_kept() -> None:
    catalogue = await prepared(ListedProvider("same", "first"), ListedProvider("same", "second"))
    assert [offer.agent for offer in await catalogue.offers()] == ["same:first"]
    assert any("Two packages" in warning for warning in catalogue.warnings)


async def test_an_agent_is_found_by_the_part_before_the_first_colon() -> None:
    provider = ListedProvider("family", "", "a", "a:b")
    catalogue = await prepared(provider)
    for name, variant in (("family", ""), ("family:a", "a"), ("family:a:b", "a:b")):
        assert await catalogue.find(name) is provider.agents[variant]


async def test_a_provider_that_cannot_be_prepared_is_left_out() -> None:
    bad = ListedProvider("bad", "a", fails=OSError("The folder is gone."))
    catalogue = await prepared(bad, ListedProvider("good", "a"))
    assert catalogue.ready
    assert [offer.agent for offer in await catalogue.offers()] == ["good:a"]
    assert any("'bad'" in warning and "The folder is gone." in warning for warning in catalogue.warnings)
    with pytest.raises(UnknownAgentError, match="The folder is gone"):
        await catalogue.find("bad:a")


async def test_a_provider_that_cannot_list_its_agents_leaves_those_of_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad = ListedProvider("bad", "a")
    catalogue = await prepared(bad, ListedProvider("good", "a"))

    async def fail() -> Sequence[AgentOffer]:
        raise ValueError("no list today")

    with monkeypatch.context() as patched:
        patched.setattr(bad, "offers", fail)
        for _ in range(2):
            assert [offer.agent for offer in await catalogue.offers()] == ["good:a"]
    assert caplog.text.count("The agents of the provider bad cannot be listed.") == 1
    assert [offer.agent for offer in await catalogue.offers()] == ["bad:a", "good:a"]


async def test_preparation_is_reported_and_does_not_hold_up_the_others() -> None:
    slow, quick = ListedProvider("slow", "a"), ListedProvider("quick", "a")
    slow.gate.clear()
    catalogue = AgentCatalogue([slow, quick], patience_s=0)
    seen: list[ProviderProgress] = []
    preparing = asyncio.create_task(catalogue.prepare(seen.append))
    await settle()
    assert not catalogue.ready
    assert [each.state for each in catalogue.preparations] == ["preparing", "ready"]
    assert await catalogue.find("quick:a") is quick.agents["a"]
    with pytest.raises(AgentNotReadyError, match="slow: preparing 2 of 7, reading files"):
        await catalogue.find("slow:a")
    with pytest.raises(AgentNotReadyError):
        await catalogue.plan("slow:a", RunRequest("run", "known?"))
    slow.gate.set()
    await preparing
    assert catalogue.ready
    assert await catalogue.find("slow:a") is slow.agents["a"]
    assert seen[-1].sentence() == "slow: ready 2 of 7, reading files"


async def test_a_caller_waits_for_a_provider_that_is_ready_in_time() -> None:
    provider = ListedProvider("slow", "a")
    provider.gate.clear()
    catalogue = AgentCatalogue([provider], patience_s=60)
    preparing = asyncio.create_task(catalogue.prepare())
    finding = asyncio.create_task(catalogue.find("slow:a"))
    await turn()
    assert not finding.done()
    provider.gate.set()
    assert await finding is provider.agents["a"]
    await preparing


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("scripted:hapy_path", "scripted:happy_path"),
        ("scripted:happypath", "scripted:happy_path"),
        ("Scripted:happy_path", "scripted:happy_path"),
        ("scriptd:stall", "scripted:stall"),
        ("scripted", "scripted:happy_path"),
        ("document", "documents"),
    ],
)
async def test_a_wrong_name_is_told_the_nearest(wrong: str, near: str) -> None:
    scripted = ListedProvider("scripted", "happy_path", "stall", "timeout")
    catalogue = await prepared(scripted, ListedProvider("documents", ""))
    with pytest.raises(UnknownAgentError) as error:
        await catalogue.find(wrong)
    assert near in str(error.value)
    assert near in await catalogue.nearest(wrong)


async def test_a_name_like_no_other_is_told_the_families() -> None:
    catalogue = await prepared(ListedProvider("scripted", "happy_path"), ListedProvider("documents", ""))
    with pytest.raises(UnknownAgentError, match="Available: scripted, documents"):
        await catalogue.find("zzzz")


async def test_a_plan_is_the_providers_own() -> None:
    catalogue = await prepared(ListedProvider("family", "a"))
    assert await catalogue.plan("family:a", RunRequest("run", "known?")) == [DoneEvent(seq=1)]
    assert await catalogue.plan("family:a", RunRequest("run", "unknown?")) is None
    with pytest.raises(UnknownAgentError, match="Similar names: family:a"):
        await catalogue.plan("family:b", RunRequest("run", "known?"))
