"""What an answer is made from: the passages and sentences found, and the figures read from tables, with the steps and
artifacts that show how they were read."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from backend.agents.documents.answering.artifacts import chart_artifact, query_log, rows_artifact, value_artifact
from backend.agents.documents.answering.cell_sentences import cells_log, cells_table
from backend.agents.documents.answering.evidence import QuotableEvidence
from backend.agents.documents.answering.outline import DocumentOutline
from backend.agents.documents.answering.row_artifacts import row_chart, row_table, rows_log
from backend.agents.documents.answering.wanted import asks_one_fact, wanted_by
from backend.agents.documents.blocking import in_thread
from backend.agents.documents.figures.listed_rows import listed_rows, names_in
from backend.agents.documents.figures.measure_series import Query
from backend.agents.documents.figures.named_cells import NamedCells, named_cells
from backend.agents.documents.figures.row_figures import RowFigures, find_row_figures
from backend.agents.documents.figures.row_totals import RowTotal, row_total
from backend.agents.documents.figures.selection import Candidates, Figures, read_figures, read_rows
from backend.agents.documents.figures.tables import QueryError
from backend.agents.documents.library import Library
from backend.agents.documents.periods import find_periods
from backend.agents.documents.search.follow_up import RequestInContext
from backend.agents.documents.search.retrieval import Retrieval
from backend.protocol.events import ArtifactEvent, Draft, StatusEvent, ToolLog

_MOST_ROWS_SHOWN = 50
"""Of those that a total is made of."""


@dataclass(slots=True)
class Findings:
    """All that was found for one question. The figures are filled in while they are read."""

    asked: RequestInContext
    retrieval: Retrieval
    evidence: QuotableEvidence
    candidates: Candidates
    """Measures of CSV files that may be meant."""
    figures: Figures | None = None
    from_rows: RowFigures | None = None
    cells: Sequence[NamedCells] = ()
    total: RowTotal | None = None
    """The total that is asked for, of the rows in ``cells``."""
    missing: tuple[str, ...] = ()
    """Measures that were asked for and no row states, by the words of the question."""
    outlines: Sequence[DocumentOutline] = ()
    """Documents or sections in a few quotes, where the question asks what is in them."""
    still_reading: str = ""
    """A sentence on the documents that are not read yet; empty if all are."""

    @property
    def has_periods_asked(self) -> bool:
        """Whether cells or figures were read of every period that is asked for."""
        asked = self.retrieval.question.periods
        names = {name for one in self.cells for name in (one.row.label, *(cell.column for cell in one.cells))}
        named = [period for name in names for period, _, _ in find_periods(name)]
        if self.figures is not None:
            named += [point.parsed for point in self.figures.line.points if point.parsed is not None]
        return bool(asked) and all(any(one.contains(period) for period in named) for one in asked)

    @property
    def is_answered(self) -> bool:
        """Whether sentences or tables answer the question."""
        return bool(self.evidence.is_enough or self.figures or self.from_rows or self.cells or self.outlines)


async def read_tables(library: Library, findings: Findings) -> AsyncIterator[Draft]:
    """Read figures into ``findings`` from the first of the sources that has any: a CSV file, rows with periods, cells
    by their names. Yields the steps and artifacts of the reading."""
    candidates = findings.candidates
    if candidates.first is not None:
        async for draft in _from_csv(library, findings):
            yield draft
    elif (from_rows := await _row_figures(library, findings)) is not None:
        findings.from_rows = from_rows
        label = f"Reading table rows: {from_rows.label}"
        for status in _read(label, from_rows.detail, rows_log(from_rows)):
            yield status
        yield row_table(from_rows)
        chart = row_chart(from_rows)
        if chart is not None:
            yield chart
    elif (total := await _total(library, findings)) is not None:
        findings.total, findings.cells = total, total.rows[:_MOST_ROWS_SHOWN]
        detail = f"{counted(len(total.rows), 'row')} of {total.rows[0].row.document.title}"
        for status in _read(f"Adding up rows: {total.column or 'number'}", detail, cells_log(findings.cells)):
            yield status
        yield cells_table(findings.cells)
    elif cells := await _named_cells(library, findings):
        findings.cells = cells
        detail = f"{counted(len(cells), 'row')} of {cells[0].row.document.title}"
        for status in _read(f"Reading a table: {cells[0].row.label}", detail, cells_log(cells)):
            yield status
        yield cells_table(cells)
    elif findings.evidence.is_enough and (rows := await _rows(library, findings.retrieval)) is not None:
        name, query = rows
        for status in _read(f"Reading rows of {name}", f"{len(query.result.rows)} rows", query_log(query)):
            yield status
        yield rows_artifact(f"Rows of {name}", query)


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the singular for one."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


async def _from_csv(library: Library, findings: Findings) -> AsyncIterator[Draft]:
    retrieval, measures = findings.retrieval, findings.candidates.measures
    label = f"Reading figures: {measures[0].label}"
    yield StatusEvent(step_id="query", step="running_tool", label=label)
    try:
        read = await in_thread(lambda: read_figures(library.tables, retrieval, measures), library.interrupt)
    except QueryError as error:
        yield StatusEvent(step_id="query", step="running_tool", state="failed", detail=str(error))
        return
    findings.figures = read
    yield _queried(read)
    for artifact in _figure_artifacts(retrieval, read):
        yield artifact


async def _row_figures(library: Library, findings: Findings) -> RowFigures | None:
    retrieval = findings.retrieval
    if wanted_by(retrieval.question.text).needs_words:
        return None
    found = await in_thread(lambda: find_row_figures(library.corpus, retrieval), library.interrupt)
    if retrieval.scope.wants_course or found.lines:
        findings.missing = found.missing
    return found if found.lines else None


async def _total(library: Library, findings: Findings) -> RowTotal | None:
    retrieval, scope = findings.retrieval, findings.retrieval.scope
    if scope.unknown or not asks_one_fact(retrieval.question.text):
        return None
    concepts = [*findings.evidence.topic.concepts, *scope.resolved_concepts]
    return await in_thread(lambda: row_total(library.corpus, retrieval, concepts), library.interrupt)


async def _named_cells(library: Library, findings: Findings) -> list[NamedCells]:
    """Cells of tables by their names, unless a sentence says more of what is asked."""
    evidence, scope = findings.evidence, findings.retrieval.scope
    if scope.unknown or not asks_one_fact(findings.retrieval.question.text):
        return []
    listed = await in_thread(lambda: _listed(library, findings), library.interrupt)
    if listed:
        return listed
    if scope.named_in_text:
        return []
    concepts = [*evidence.topic.concepts, *scope.resolved_concepts]
    found = await in_thread(
        lambda: named_cells(library.corpus, concepts, scope.documents, scope.periods), library.interrupt
    )
    is_better = found and (not evidence.is_enough or found[0].share > evidence.said_alone)
    return found if is_better else []


def _listed(library: Library, findings: Findings) -> list[NamedCells]:
    """Rows of a list, where all that the question names in its text stands in them."""
    concepts = [*findings.evidence.topic.concepts, *findings.retrieval.scope.resolved_concepts]
    found = listed_rows(library.corpus, findings.retrieval, concepts)
    return found if all(name.casefold() in names_in(found) for name in findings.retrieval.scope.named_in_text) else []


async def _rows(library: Library, retrieval: Retrieval) -> tuple[str, Query] | None:
    try:
        return await in_thread(lambda: read_rows(library.tables, library.corpus, retrieval), library.interrupt)
    except QueryError:
        return None


def _read(label: str, detail: str, log: ToolLog) -> list[StatusEvent]:
    """The beginning and the end of a step that read something."""
    begun = StatusEvent(step_id="query", step="running_tool", label=label)
    return [
        begun,
        StatusEvent(step_id="query", step="running_tool", state="finished", detail=detail, tool=log),
    ]


def _queried(figures: Figures | None) -> StatusEvent:
    if figures is None:
        return StatusEvent(step_id="query", step="running_tool", state="finished", detail="no figure that can be used")
    detail = f"{counted(len(figures.line.points), 'value')} from {figures.reading.measure.table.document}"
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
