"""The documents agent: search, read figures where a table has them, then answer with citations.

It is extractive. It quotes sentences as they stand, states figures that it read or computed from tables, and writes
nothing else but the words between them, which are fixed templates. What it cannot find it says it cannot find.
"""

from collections.abc import AsyncIterator

from backend.agents.agent import AgentFailure, RunContext, RunRequest
from backend.agents.documents.answering.answer import answer
from backend.agents.documents.answering.artifacts import passages_artifact
from backend.agents.documents.answering.composition import drafts
from backend.agents.documents.answering.evidence import find_evidence
from backend.agents.documents.answering.findings import Findings, counted, read_tables
from backend.agents.documents.answering.search_report import search_doubts, search_finished
from backend.agents.documents.blocking import in_thread
from backend.agents.documents.figures.selection import Candidates, find_candidates
from backend.agents.documents.figures.tables import QueryError
from backend.agents.documents.indexing.folder import FolderError
from backend.agents.documents.indexing.folder_index import StoppedError
from backend.agents.documents.indexing.schema import IndexUnusableError
from backend.agents.documents.library import Library
from backend.agents.documents.search.follow_up import understand_in_turn
from backend.agents.documents.search.retrieval import knows, retrieve
from backend.protocol.events import Draft, StatusEvent


class DocumentsAgent:
    """Answers from the documents of a library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """The drafts of one answer. Of earlier turns only the questions count, and only for a question that says too
        little by itself (``search.follow_up``); what was answered is never searched.

        Raises ``AgentFailure`` if the folder or its index cannot be used.
        """
        try:
            async for draft in self._answered(request):
                yield draft
                # Give the loop a turn: an answer is ready at once, and its watchers are served in between.
                await context.clock.sleep(0)
        except (FolderError, IndexUnusableError) as error:
            raise AgentFailure("documents_unavailable", str(error)) from error

    async def _answered(self, request: RunRequest) -> AsyncIterator[Draft]:
        library = self._library
        yield StatusEvent(step_id="retrieve", step="retrieving", label="Searching the documents")
        findings = await self._searched(request)
        yield search_finished(findings)
        for warning in search_doubts(findings, library.readiness):
            yield warning
        async for draft in read_tables(library, findings):
            yield draft
        if findings.retrieval.hits:
            yield passages_artifact(findings.retrieval.hits, is_answered=findings.is_answered)

        yield StatusEvent(step_id="summarize", step="summarizing", label="Writing the answer")
        written = await in_thread(lambda: answer(library.corpus, findings), library.interrupt)
        for draft in drafts(written):
            yield draft
        detail = counted(len(written.quotes), "citation")
        yield StatusEvent(step_id="summarize", step="summarizing", state="finished", detail=detail)

    async def _searched(self, request: RunRequest) -> Findings:
        library = self._library

        def search() -> Findings:
            earlier = [turn.question for turn in request.history]
            asked = understand_in_turn(request.question, earlier, lambda words: knows(library.corpus, words))
            retrieval = retrieve(library.corpus, asked.question)
            evidence = find_evidence(library.corpus, retrieval)
            try:
                candidates = find_candidates(library.tables, library.corpus, retrieval)
            except QueryError as error:
                candidates = Candidates((), (f"The tables could not be looked at: {error}",))
            return Findings(asked, retrieval, evidence, candidates)

        try:
            return await library.read(search)
        except StoppedError as error:
            raise AgentFailure("interrupted", str(error), retryable=True) from error
