"""Cells found by their names, as an answer states them: row, column and what stands there."""

from collections.abc import Sequence

from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.quotes import literal, quote_of_row
from backend.agents.documents.figures.named_cells import NamedCells
from backend.protocol.events import ArtifactEvent, ToolLog

_NAMELESS = frozenset({"", "value", "values", "wert", "amount", "description", "details"})
"""Headers that say nothing about the cells below them."""


def cells_told(found: Sequence[NamedCells]) -> Composition:
    """A line for each row: ``Norway, Daily allowance: 75 euros``, with the row as its source."""
    told = Composition()
    for place, one in enumerate(found):
        told.say("\n\n" if place else "").say(_named(one)).say(_values(one)).say(_remark(one))
        told.cite(quote_of_row(one.row))
    return told.say(".")


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
