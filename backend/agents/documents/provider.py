"""Offers the agent ``documents`` over the folder that the settings name, or over the bundled sample."""

import asyncio
from collections.abc import Sequence

from backend.agents.agent import AgentEnvironment, AgentOffer, Progress, RunRequest, refuse_variant
from backend.agents.documents.agent import DocumentsAgent
from backend.agents.documents.attached import ATTACHED_KINDS
from backend.agents.documents.blocking import in_thread
from backend.agents.documents.indexing.folder import unread_sentence
from backend.agents.documents.indexing.folder_index import RefreshReport
from backend.agents.documents.library import READY_AFTER_S, Library
from backend.agents.person import PAUSED_BY_STEPS
from backend.protocol.events import KnownEvent
from backend.settings import Settings

SAMPLE_QUESTIONS: tuple[str, ...] = (
    "Is NVIDIA's customer concentration risk rising?",
    "How has data center revenue developed?",
    "What are the supply commitments?",
    "What was gaming revenue in FY2026 Q3?",
)
_MOST_WARNINGS = 20


class DocumentsProvider:
    """The one agent of this family."""

    def __init__(self, settings: Settings, patience_s: float = READY_AFTER_S) -> None:
        self._library = Library.of(settings)
        self._patience_s = patience_s

    @property
    def name(self) -> str:
        """``documents``."""
        return "documents"

    async def prepare(self, progress: Progress) -> Sequence[str]:
        """Bring the index up to date; the warnings name each file that was skipped, and why.

        Where that takes long, they name what is still to be read instead: it is read while questions are answered.

        ``progress`` is called on the event loop. Raises ``FolderError`` or ``IndexUnusableError``, each one sentence.
        """
        loop = asyncio.get_running_loop()

        waits = True

        def shown(done: int, total: int, what: str) -> None:
            if waits:
                progress(done, total, what)

        def told(done: int, total: int, what: str) -> None:
            if waits and not loop.is_closed():
                loop.call_soon_threadsafe(shown, done, total, what)

        def work() -> RefreshReport | None:
            report = self._library.prepare(told, self._patience_s)
            # Opened now, so that the first run does not wait for it.
            self._library.tables.query("SELECT 1")
            return report

        try:
            report = await in_thread(work, lambda _: self._library.stop_refresh())
        finally:
            # What continues in the background does not count as preparation.
            waits = False
        if report is None:
            return [f"{self._library.readiness.sentence()} Answers come from those that are read."]
        return skipped_sentences(report)

    async def offers(self) -> Sequence[AgentOffer]:
        """The agent, with questions to try: for the sample written ones, else one per heading of a few documents."""
        if self._library.is_sample:
            where, examples = "the bundled notes on NVIDIA's filings", SAMPLE_QUESTIONS
        else:
            where = f"the folder {self._library.folder.resolve().name}"
            examples = await in_thread(self._examples)
        return [
            AgentOffer(
                agent="documents",
                title="Documents (extractive)",
                description=f"Answers from {where}: quotes sentences and computes over tables. Extractive, without a "
                "language model: it interprets nothing.",
                examples=examples,
                file_kinds=ATTACHED_KINDS,
                steerable=PAUSED_BY_STEPS,
            )
        ]

    async def open(self, variant: str) -> DocumentsAgent:
        """The agent. Raises ``UnknownAgentError`` for any variant: there is only one."""
        refuse_variant(self.name, variant)
        return DocumentsAgent(self._library)

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """None: what it will find cannot be known."""
        return None

    def _examples(self) -> tuple[str, ...]:
        headings = self._library.corpus.headings(3)
        return tuple(f"What do the documents say about {heading}?" for heading in headings)


def skipped_sentences(report: RefreshReport) -> list[str]:
    """A sentence per skipped file, beyond twenty a count, and one on the kinds of files that are not read."""
    unread = [unread_sentence(report.unread)] if report.unread else []
    shown = [str(skipped) for skipped in report.skipped[:_MOST_WARNINGS]]
    rest = len(report.skipped) - len(shown)
    return [*shown, *([f"{rest} more files were skipped."] if rest else []), *unread]


def provide(environment: AgentEnvironment) -> DocumentsProvider:
    """Entry point of ``playhead.agents``."""
    return DocumentsProvider(environment.settings)
