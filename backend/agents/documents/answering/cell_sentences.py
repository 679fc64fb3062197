"""Cells found by their names, as an answer states them: row, column and what stands there."""

from collections.abc import Sequence

from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.later_documents import later_document, latest_first
from backend.agents.documents.answering.leads import leads_of
from backend.agents.documents.answering.quotes import literal, quote_of_row
from backend.agents.documents.figures.named_cells import NamedCells
from backend.agents.documents.figures.row_totals import RowTotal
from backend.protocol.events import ArtifactEvent, ToolLog

_MOST_CITED = 6
_NAMELESS = frozenset({"", "value", "values", "wert", "amount", "description", "details"})
"""Headers that say nothing about the cells below them."""


def cells_told(found: Sequence[NamedCells]) -> Composition:
    """A line for each row: ``Norway, Daily allowance: 75 euros``, with the row as its source. Rows of several documents
    come with the names of these, and where the documents are of several dates, the latest first, with a warning."""
    told, several = Composition(), len({one.row.document.name for one in found}) > 1
    ordered = latest_first(found, lambda one: one.row.document) if several else found
    leads = leads_of(one.row.document for one in found)
    for place, one in enumerate(ordered):
        told.say("\n\n" if place else "")
        told.say(f"{leads[one.row.document.name]}: " if several else "")
        told.say(_named(one)).say(_values(one)).say(_remark(one)).cite(quote_of_row(one.row))
    told.say(".")
    return told.add(later_document([quote_of_row(one.row) for one in ordered])) if several else told


def total_told(total: RowTotal) -> Composition:
    """The total, and of what; its rows as sources, a few of them if they are many."""
    of = f" with {', '.join(map(literal, total.named))}" if total.named else ""
    rows = f"{len(total.rows)} row{'' if len(total.rows) == 1 else 's'}{of}"
    title = literal(total.rows[0].row.title or total.rows[0].row.document.title)
    said = f"{literal(total.column)}, sum of {rows}: {literal(total.text)}" if total.column else rows
    told = Composition().say(f"{said} in {title}" if not total.column else said)
    cited = total.rows[:_MOST_CITED]
    told.cite(*(quote_of_row(one.row) for one in cited)).say(".")
    if len(total.rows) > len(cited):
        told.say(f" The first {len(cited)} of these rows are cited.")
    return told


def cells_log(found: Sequence[NamedCells]) -> ToolLog:
    """What was read, for the tool log."""
    return ToolLog(
        name="read_table_cells",
        arguments={"rows": [one.row.label for one in found]},
        result={"cells": [cell.text for one in found for cell in one.cells]},
    )


def cells_table(found: Sequence[NamedCells]) -> ArtifactEvent:
    """The rows with all their cells."""
    columns = list(dict.fromkeys(cell.column for one in found for cell in one.row.cells))
    rows = []
    for one in found:
        by_column = {cell.column: cell.text for cell in one.row.cells}
        rows.append([one.row.label, *(by_column.get(column, "") for column in columns)])
    title = found[0].row.title or found[0].row.document.title
    return ArtifactEvent(
        artifact_id="rows",
        kind="table",
        title=title,
        content={"columns": [found[0].label_column, *columns], "rows": rows},
    )


def _named(one: NamedCells) -> str:
    above = one.row.section.rpartition(" > ")[2]
    return literal(f"{above}, {one.row.label}" if above and above != one.row.title else one.row.label)


def _values(one: NamedCells) -> str:
    if len(one.cells) == 1:
        column = one.cells[0].column
        return f"{_column(column, ', ')}: {literal(one.cells[0].text)}"
    return f": {'; '.join(f'{literal(cell.column)} {literal(cell.text)}' for cell in one.cells if cell.text.strip())}"


def _remark(one: NamedCells) -> str:
    return f" ({one.remark})" if one.remark else ""


def _column(column: str, before: str) -> str:
    return "" if column.strip().lower() in _NAMELESS else f"{before}{literal(column)}"
