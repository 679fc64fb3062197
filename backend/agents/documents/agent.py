"""The documents agent: retrieve, compute where a table matters, then tell it with citations.

It is extractive. It quotes sentences as they stand, states figures that it read or computed from tables, and writes
nothing else but the words between them, which are fixed templates. What it cannot find it says it cannot find.
"""

import textwrap
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from backend.agents.agent import AgentFailure, RunContext, RunRequest
from backend.agents.documents.answering.answer import answer
from backend.agents.documents.answering.artifacts import (
    chart_artifact,
    passages_artifact,
    query_log,
    rows_artifact,
    value_artifact,
)
from backend.agents.documents.answering.cell_sentences import cells_log, cells_table
from backend.agents.documents.answering.composition import Composition, drafts
from backend.agents.documents.answering.evidence import QuotableEvidence, find_evidence
from backend.agents.documents.answering.row_artifacts import row_chart, row_table, rows_log
from backend.agents.documents.answering.wanted import asks_one_fact, wanted_by
from backend.agents.documents.blocking import in_thread
from backend.agents.documents.figures.measure_series import Query
from backend.agents.documents.figures.named_cells import NamedCells, named_cells
from backend.agents.documents.figures.row_figures import RowFigures, find_row_figures
from backend.agents.documents.figures.selection import (
    Candidates,
    Figures,
    find_candidates,
    read_figures,
    read_rows,
)
from backend.agents.documents.figures.tables import QueryError
from backend.agents.documents.indexing.folder import FolderError
from backend.agents.documents.indexing.folder_index import StoppedError
from backend.agents.documents.indexing.readiness import FolderReadiness
from backend.agents.documents.indexing.schema import IndexUnusableError
from backend.agents.documents.library import Library
from backend.agents.documents.search.follow_up import RequestInContext, understand_in_turn
from backend.agents.documents.search.retrieval import PASSAGES_SHOWN, Retrieval, knows, retrieve
from backend.protocol.events import ArtifactEvent, Draft, StatusEvent, ToolLog, WarningEvent

_LONGEST_QUOTED = 120
"""Characters of an earlier question that a status shows."""


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
        asked, retrieval, evidence, candidates = await self._searched(request)
        yield _retrieved(retrieval, evidence, asked)
        for warning in _doubts(asked, library.readiness):
            yield warning
        if retrieval.hits:
            yield passages_artifact(retrieval.hits, is_answered=evidence.is_enough)
        for problem in candidates.problems:
            yield WarningEvent(code="table_left_out", message=problem, step_id="retrieve")

        findings = _Findings()
        async for draft in self._figures(retrieval, evidence, candidates, findings):
            yield draft
        for artifact in _figure_artifacts(retrieval, findings.figures):
            yield artifact

        yield StatusEvent(step_id="summarize", step="summarizing", label="Writing the answer")
        told = await in_thread(
            lambda: answer(library.corpus, retrieval, findings.figures, evidence, findings.from_rows, findings.cells),
            library.interrupt,
        )
        for draft in drafts(told):
            yield draft
        yield StatusEvent(step_id="summarize", step="summarizing", state="finished", detail=_summary(told))

    async def _figures(
        self, retrieval: Retrieval, evidence: QuotableEvidence, candidates: Candidates, findings: "_Findings"
    ) -> AsyncIterator[Draft]:
        """The steps and artifacts of reading figures, from the first of the sources that has any; what is read goes
        into ``findings``."""
        library = self._library
        if candidates.first is not None:
            label = f"Reading figures: {candidates.first.label}"
            yield StatusEvent(step_id="query", step="running_tool", label=label)
            try:
                findings.figures = await in_thread(
                    lambda: read_figures(library.tables, retrieval, candidates.measures), library.interrupt
                )
            except QueryError as error:
                yield StatusEvent(step_id="query", step="running_tool", state="failed", detail=str(error))
            else:
                yield _queried(candidates, findings.figures)
        elif (from_rows := await self._row_figures(retrieval)) is not None:
            findings.from_rows = from_rows
            label = f"Reading table rows: {from_rows.label}"
            for status in _read(label, from_rows.detail, rows_log(from_rows)):
                yield status
            yield row_table(from_rows)
            chart = row_chart(from_rows)
            if chart is not None:
                yield chart
        elif cells := await self._named_cells(retrieval, evidence):
            findings.cells = cells
            detail = f"{_count(len(cells), 'row')} of {cells[0].row.document.title}"
            for status in _read(f"Reading a table: {cells[0].row.label}", detail, cells_log(cells)):
                yield status
            yield cells_table(cells)
        elif evidence.is_enough and (rows := await self._rows(retrieval)) is not None:
            name, query = rows
            for status in _read(f"Reading rows of {name}", f"{len(query.result.rows)} rows", query_log(query)):
                yield status
            yield rows_artifact(f"Rows of {name}", query)

    async def _searched(self, request: RunRequest) -> tuple[RequestInContext, Retrieval, QuotableEvidence, Candidates]:
        library = self._library

        def search() -> tuple[RequestInContext, Retrieval, QuotableEvidence, Candidates]:
            earlier = [turn.question for turn in request.history]
            asked = understand_in_turn(request.question, earlier, lambda words: knows(library.corpus, words))
            retrieval = retrieve(library.corpus, asked.question)
            evidence = find_evidence(library.corpus, retrieval)
            try:
                return asked, retrieval, evidence, find_candidates(library.tables, library.corpus, retrieval)
            except QueryError as error:
                return asked, retrieval, evidence, Candidates((), (f"The tables could not be looked at: {error}",))

        try:
            return await library.read(search)
        except StoppedError as error:
            raise AgentFailure("interrupted", str(error), retryable=True) from error

    async def _row_figures(self, retrieval: Retrieval) -> RowFigures | None:
        library = self._library
        if wanted_by(retrieval.question.text).needs_words:
            return None
        return await in_thread(lambda: find_row_figures(library.corpus, retrieval), library.interrupt)

    async def _named_cells(self, retrieval: Retrieval, evidence: QuotableEvidence) -> list[NamedCells]:
        """Cells of tables without periods, unless a sentence says more of what is asked."""
        question, scope = retrieval.question.text, retrieval.scope
        if scope.unknown or not asks_one_fact(question):
            return []
        corpus = self._library.corpus
        found = await in_thread(
            lambda: named_cells(corpus, [*evidence.topic.concepts, *scope.resolved_concepts], scope.documents),
            self._library.interrupt,
        )
        is_better = found and (not evidence.is_enough or found[0].share > evidence.said_alone)
        return found if is_better else []

    async def _rows(self, retrieval: Retrieval) -> tuple[str, Query] | None:
        library = self._library
        try:
            return await in_thread(lambda: read_rows(library.tables, library.corpus, retrieval), library.interrupt)
        except QueryError:
            return None


@dataclass(slots=True)
class _Findings:
    """What was read from tables for one answer."""

    figures: Figures | None = None
    from_rows: RowFigures | None = None
    cells: Sequence[NamedCells] = ()


def _read(label: str, detail: str, log: ToolLog) -> list[StatusEvent]:
    """The beginning and the end of a step that read something."""
    begun = StatusEvent(step_id="query", step="running_tool", label=label)
    return [
        begun,
        StatusEvent(step_id="query", step="running_tool", state="finished", detail=detail, tool=log),
    ]


def _retrieved(retrieval: Retrieval, evidence: QuotableEvidence, asked: RequestInContext) -> StatusEvent:
    hits, names = retrieval.hits, retrieval.names
    detail = f"{_count(len(hits), 'passage')} from {_count(len(names), 'document')}" if hits else "no passage"
    if hits and not evidence.is_enough:
        detail = f"{detail}, none of which answers the question"
    joined = {"read_together_with": list(asked.joined)} if asked.joined else {}
    return StatusEvent(
        step_id="retrieve",
        step="retrieving",
        state="finished",
        detail=f"{_read_together(asked)} · {detail}" if asked.joined else detail,
        tool=ToolLog(
            name="search_documents",
            arguments={"query": retrieval.expression, "limit": PASSAGES_SHOWN, **joined},
            result={
                "passages": len(hits),
                "documents": list(names),
                "best_coverage": round(max((hit.coverage for hit in hits), default=0.0), 3),
                "words_not_found": list(retrieval.unknown),
            },
        ),
    )


def _read_together(asked: RequestInContext) -> str:
    """That the question was not taken by itself, with the question before as it was asked."""
    quoted = [f"“{textwrap.shorten(text, _LONGEST_QUOTED, placeholder=' …')}”" for text in asked.joined]
    return f"Read together with the question{'' if len(quoted) == 1 else 's'} before: {', '.join(quoted)}"


def _doubts(asked: RequestInContext, readiness: FolderReadiness) -> list[WarningEvent]:
    """What makes the search itself doubtful."""
    found = []
    if not readiness.is_complete:
        found.append(WarningEvent(code="still_reading", message=readiness.sentence(), step_id="retrieve"))
    if asked.unresolved:
        found.append(WarningEvent(code="period_unclear", message=_unresolved(asked), step_id="retrieve"))
    return found


def _unresolved(asked: RequestInContext) -> str:
    return (
        f"It is not clear which period “{asked.unresolved}” means: the question before names none to count from. "
        "Name the period."
    )


def _queried(candidates: Candidates, figures: Figures | None) -> StatusEvent:
    if figures is None:
        return StatusEvent(step_id="query", step="running_tool", state="finished", detail="no figure that can be used")
    detail = f"{_count(len(figures.line.points), 'value')} from {figures.reading.measure.table.document}"
    return StatusEvent(
        step_id="query", step="running_tool", state="finished", detail=detail, tool=query_log(figures.reading.query)
    )


def _figure_artifacts(retrieval: Retrieval, figures: Figures | None) -> list[ArtifactEvent]:
    if figures is None:
        return []
    found = [chart_artifact(figures.reading)]
    if retrieval.question.periods and figures.reading.measure.kind != "parts":
        points = figures.line.within(retrieval.question.periods)
        found += [value_artifact(figures.reading, points[0])] if len(points) == 1 else []
    return found


def _summary(told: Composition) -> str:
    return f"{_count(len(told.quotes), 'citation')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
