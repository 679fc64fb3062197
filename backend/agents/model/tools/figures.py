"""Figures from tables within the user's documents: each with its period, its unit and the number to cite it by."""

from dataclasses import dataclass

from pydantic_ai import RunContext
from pydantic_ai.exceptions import ToolFailed

from backend.agents.documents.answering.row_artifacts import row_chart, row_table
from backend.agents.documents.answering.row_sentences import full_name, row_quote
from backend.agents.documents.figures.document_rows import RowPoint
from backend.agents.documents.figures.row_figures import RowFigures, find_row_figures
from backend.agents.documents.figures.row_series import as_point
from backend.agents.documents.indexing.folder import FolderError
from backend.agents.documents.indexing.folder_index import StoppedError
from backend.agents.documents.indexing.schema import IndexUnusableError
from backend.agents.documents.search.question import understand
from backend.agents.documents.search.retrieval import retrieve
from backend.agents.model.work import Work

LONGEST_QUESTION = 1_000


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value as a document states it; ``number`` is that of its row."""

    period: str
    value: str
    number: int


@dataclass(frozen=True, slots=True)
class StatedFigures:
    """The values of one measure, the oldest first."""

    measure: str
    values: list[StatedValue]


@dataclass(frozen=True, slots=True)
class FiguresFound:
    """What the rows of tables state."""

    figures: list[StatedFigures]
    note: str


async def read_figures(ctx: RunContext[Work], question: str) -> FiguresFound:
    """Read figures from tables within the documents, such as a report's statements, and show them as table and chart.

    Args:
        ctx: The run.
        question: Which figure, of whom and for when, such as "total net sales of Globex over all quarters".
    """
    work, corpus = ctx.deps, ctx.deps.library.corpus
    asked = understand(question[:LONGEST_QUESTION])
    try:
        found = await work.library.read(lambda: find_row_figures(corpus, retrieve(corpus, asked)))
    except (FolderError, IndexUnusableError, StoppedError) as error:
        raise ToolFailed(str(error)) from error
    if not found.lines:
        return FiguresFound([], "No row of a table states this: search the documents, or name the figure otherwise.")
    await _show(work, found)
    figures = [StatedFigures(full_name(line), [_stated(work, point) for point in line.points]) for line in found.lines]
    figures += [StatedFigures(label, [_stated(work, point)]) for parts in found.parts for label, point in parts.members]
    return FiguresFound(figures, "")


async def _show(work: Work, found: RowFigures) -> None:
    table, chart = row_table(found), row_chart(found)
    await work.send(table.model_copy(update={"artifact_id": work.artifact_id("rows")}))
    if chart is not None:
        await work.send(chart.model_copy(update={"artifact_id": work.artifact_id("chart")}))


def _stated(work: Work, point: RowPoint) -> StatedValue:
    return StatedValue(point.period.label, as_point(point).text, work.sources.number_of_quote(row_quote(point)))
