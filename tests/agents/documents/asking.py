"""Asking the documents agent and taking its drafts apart."""

from dataclasses import dataclass, field
from typing import Any

from backend.agents.agent import ConversationFiles, RunContext, RunRequest, Turn
from backend.agents.documents.agent import DocumentsAgent
from backend.agents.documents.library import Library
from backend.protocol.artifacts import artifact_problem
from backend.protocol.checks import Violation, check
from backend.protocol.citations import find_markers
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    Draft,
    StatusEvent,
    TokenEvent,
    WarningEvent,
    stamp,
)
from tests.fakes import VirtualClock


@dataclass(frozen=True)
class Told:
    """The drafts of one run."""

    drafts: list[Draft] = field(default_factory=list)

    @property
    def answer(self) -> str:
        return "".join(draft.text for draft in self.drafts if isinstance(draft, TokenEvent))

    @property
    def citations(self) -> list[CitationEvent]:
        return [draft for draft in self.drafts if isinstance(draft, CitationEvent)]

    @property
    def quotes(self) -> str:
        return "\n".join(citation.quote or "" for citation in self.citations)

    @property
    def warnings(self) -> dict[str, WarningEvent]:
        return {draft.code: draft for draft in self.drafts if isinstance(draft, WarningEvent)}

    @property
    def steps(self) -> list[tuple[str, str]]:
        return [(draft.step, draft.state) for draft in self.drafts if isinstance(draft, StatusEvent)]

    @property
    def statuses(self) -> list[StatusEvent]:
        return [draft for draft in self.drafts if isinstance(draft, StatusEvent)]

    def artifact(self, kind: str) -> ArtifactEvent | None:
        found = (draft for draft in self.drafts if isinstance(draft, ArtifactEvent) and draft.kind == kind)
        return next(found, None)

    def content(self, kind: str) -> dict[str, Any]:
        artifact = self.artifact(kind)
        assert artifact is not None, f"no {kind} among the drafts"
        assert isinstance(artifact.content, dict)
        return artifact.content

    @property
    def is_found(self) -> bool:
        return "not_found" not in self.warnings

    def violations(self) -> list[Violation]:
        events = [stamp(draft, seq, float(seq)) for seq, draft in enumerate(self.drafts, start=1)]
        return check([*events, DoneEvent(seq=len(events) + 1, at_ms=float(len(events) + 1))])


NO_FILES = ConversationFiles()


async def ask(library: Library, question: str, *earlier: str, files: ConversationFiles = NO_FILES) -> Told:
    """Every draft of one run, after the earlier questions of its session."""
    agent = DocumentsAgent(library)
    context = RunContext(clock=VirtualClock(), files=files)
    history = tuple(Turn(text, "An answer about gaming and receivables.") for text in earlier)
    return Told([draft async for draft in agent.run(RunRequest("run", question, history=history), context)])


def assert_sound(told: Told, library: Library) -> None:
    """What holds for every answer whatever was asked: the six rules, and quotes and markers that can be checked."""
    assert told.violations() == []
    numbers = [citation.number for citation in told.citations]
    assert numbers == list(range(1, len(numbers) + 1)), "numbers ascend in order of first appearance"
    assert {marker.number for marker in find_markers(told.answer)} == set(numbers), "no orphan, no dangling marker"
    for citation in told.citations:
        assert citation.document_id
        assert citation.locator
        assert citation.quote
        text = library.corpus.text(citation.document_id)
        assert text[citation.locator.start : citation.locator.end] == citation.quote
        assert citation.title
        assert citation.source
        assert citation.spans
        for span in citation.spans:
            assert 0 <= span.start < span.end <= len(told.answer)
            assert not told.answer[span.start : span.end].endswith((" ", "]"))
    for draft in told.drafts:
        if isinstance(draft, ArtifactEvent):
            assert artifact_problem(draft) is None
        if isinstance(draft, WarningEvent):
            assert draft.message.endswith(".")
    if not told.is_found:
        assert told.answer.startswith("Not found in your documents.")
        # Citations then belong to the one thing that is known: for which periods there are figures.
        assert told.citations == [] or "There is no figure of" in told.answer
