"""The provider: preparing with progress and warnings, what is on offer, and runs that are cancelled."""

import asyncio
import re
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from backend.agents.agent import (
    AgentEnvironment,
    AgentFailure,
    AgentProvider,
    RunContext,
    RunRequest,
    UnknownAgentError,
)
from backend.agents.documents.blocking import in_thread
from backend.agents.documents.indexing.folder import FolderError
from backend.agents.documents.provider import SAMPLE_QUESTIONS, DocumentsProvider, provide
from backend.protocol.recordings import Recording
from backend.settings import Settings
from tests.agents.documents.pdf_files import pdf_of


class NoRecordings:
    async def find(self, recording_id: str) -> Recording | None:
        return None

    async def listed(self) -> Sequence[tuple[str, str]]:
        return ()


def provider_of(tmp_path: Path, docs_dir: Path | None = None) -> AgentProvider:
    return provide(AgentEnvironment(Settings(data_dir=tmp_path / "data", docs_dir=docs_dir), NoRecordings()))


async def test_the_sample_is_prepared_and_offered(tmp_path: Path) -> None:
    provider = provider_of(tmp_path)
    steps: list[tuple[int, int, str]] = []
    loop_thread = threading.get_ident()

    def progress(*step: object) -> None:
        assert threading.get_ident() == loop_thread
        steps.append(step)  # type: ignore[arg-type]

    assert list(await provider.prepare(progress)) == []
    total = steps[-1][1]
    assert [step[:2] for step in steps] == [(done, total) for done in range(total + 1)]
    (offer,) = await provider.offers()
    assert offer.agent == provider.name == "documents"
    assert "extractive" in offer.title
    assert offer.examples == SAMPLE_QUESTIONS
    assert await provider.plan("", RunRequest("run", "x")) is None
    with pytest.raises(UnknownAgentError, match="There is no agent 'documents:x': use 'documents'"):
        await provider.open("x")


async def test_every_example_on_offer_is_answered(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# Whales\n\nThe whales sing.\n\n## Feeding habits\n\nKrill mostly.")
    (folder / "broken.pdf").write_bytes(b"%PDF")
    provider = provider_of(tmp_path, folder)
    (warning,) = await provider.prepare(lambda *_: None)
    assert warning.startswith("broken.pdf was skipped: it is not a readable PDF")
    (offer,) = await provider.offers()
    assert "docs" in offer.description
    assert offer.examples
    for question in offer.examples:
        agent = await provider.open("")
        drafts = [draft async for draft in agent.run(RunRequest("run", question), RunContext())]
        assert any(draft.type == "citation" for draft in drafts)


async def test_many_skipped_files_are_counted(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("The whales sing.")
    for number in range(25):
        (folder / f"empty{number}.txt").write_text("")
    warnings = await provider_of(tmp_path, folder).prepare(lambda *_: None)
    assert len(warnings) == 21
    assert warnings[-1] == "5 more files were skipped."


async def test_a_folder_without_documents_fails_in_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    provider = provider_of(tmp_path, folder)
    with pytest.raises(FolderError, match="There is no document to read in"):
        await provider.prepare(lambda *_: None)
    agent = await provider.open("")
    with pytest.raises(AgentFailure, match="There is no document to read in") as failure:
        async for _ in agent.run(RunRequest("run", "whales"), RunContext()):
            pass
    assert failure.value.code == "documents_unavailable"


async def test_preparing_stops_when_cancelled(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(300):
        (folder / f"n{number}.md").write_text(f"# Note {number}\n\nThe whales sing.")
    provider = provider_of(tmp_path, folder)
    first = asyncio.Event()
    task = asyncio.create_task(provider.prepare(lambda *_: first.set()))
    await asyncio.wait_for(first.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # What was read stays, and the rest is read the next time.
    steps: list[tuple[int, int, str]] = []
    await provider.prepare(lambda *step: steps.append(step))
    assert not steps or steps[-1][1] <= 300
    agent = await provider.open("")
    assert [draft async for draft in agent.run(RunRequest("run", "whales"), RunContext())]


async def test_a_large_folder_is_ready_before_all_of_it_is_read_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("The whales sing.")
    page = [f"Line {number} of a long page about the sea and what swims in it." for number in range(40)]
    for number in range(20):
        (folder / f"n{number}.pdf").write_bytes(pdf_of([page] * 80))
    provider = DocumentsProvider(Settings(docs_dir=folder, data_dir=tmp_path / "data"), patience_s=0.0)
    steps: list[tuple[int, int, str]] = []
    (warning,) = await provider.prepare(lambda *step: steps.append(step))
    assert re.match(r"\d+ of 21 documents are read so far; still to be read: .* Answers come from those", warning)
    agent = await provider.open("")
    drafts = [draft async for draft in agent.run(RunRequest("run", "Do the whales sing?"), RunContext())]
    assert any(draft.type == "warning" and draft.code == "still_reading" for draft in drafts)
    assert any(draft.type == "citation" for draft in drafts)
    shown = len(steps)
    # It gives the loop many turns, in which the first one would be heard of if it were still listened to.
    while await provider.prepare(lambda *_: None):
        pass
    assert len(steps) == shown


async def test_cancelling_leaves_the_thread_asked_to_stop() -> None:
    started, stop, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        stop.wait(30)
        ended.set()

    task = asyncio.create_task(in_thread(work, lambda _: stop.set()))
    assert await asyncio.to_thread(started.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, 30)


async def test_errors_of_a_thread_are_raised_where_it_is_awaited() -> None:
    def work() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await in_thread(work)


async def test_runs_may_be_closed_early_and_run_side_by_side(tmp_path: Path) -> None:
    provider = provider_of(tmp_path)
    await provider.prepare(lambda *_: None)

    async def closed_after(count: int) -> list[str]:
        agent = await provider.open("")
        drafts = agent.run(RunRequest("run", SAMPLE_QUESTIONS[0]), RunContext())
        seen: list[str] = []
        async for draft in drafts:
            seen.append(draft.type)
            if len(seen) == count:
                break
        await drafts.aclose()  # type: ignore[attr-defined]
        return seen

    seen = await asyncio.gather(*(closed_after(count) for count in (1, 2, 5, 40, 10_000)))
    assert [len(types) for types in seen[:4]] == [1, 2, 5, 40]
    assert seen[4][:40] == seen[3]
