"""Data as an HTML table that scrolls by itself, with numbers right-aligned; the pages' script sorts and saves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.present.markup import EMPTY, Markup, fragment, joined
from backend.present.words import run as words
from backend.present.words.durations import NO_VALUE


@dataclass(frozen=True, slots=True)
class SortedCell:
    """A cell whose text does not sort by itself, and the number that it sorts by."""

    text: str
    by: float


MAX_ROWS: Final = 200
MAX_COLUMNS: Final = 40


def table_html(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, title: str, element_id: str) -> Markup:
    """The table, cut after ``MAX_ROWS`` rows and ``MAX_COLUMNS`` columns with a sentence that says so.

    ``title`` is its name for screen readers and files, ``element_id`` is unique on the page. The CSV contains the table
    as shown, cut as it is.
    """
    shown, names = rows[:MAX_ROWS], columns[:MAX_COLUMNS]
    classes = [_column_class([row[index] for row in shown]) for index in range(len(names))]
    head = joined(fragment('<th scope="col"{}>{}</th>', css, name) for css, name in zip(classes, names, strict=True))
    body = joined(
        fragment(
            "<tr>{}</tr>",
            joined(_cell(css, cell) for css, cell in zip(classes, row, strict=False)),
        )
        for row in shown
    )
    return fragment(
        '<div class="ph-table-scroll" tabindex="0"><table class="ph-table" id="{}" aria-label="{}" data-ph-sortable>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
        '{}<p><button type="button" class="ph-button" data-ph-csv="#{}">{}</button></p>',
        element_id,
        title,
        head,
        body,
        _rest_html(len(rows), len(columns)),
        element_id,
        words.DOWNLOAD_CSV,
    )


def _cell(css: Markup, cell: Any) -> Markup:
    if isinstance(cell, SortedCell):
        return fragment('<td{} data-value="{}">{}</td>', css, f"{cell.by:.10g}", cell.text)
    return fragment("<td{}>{}</td>", css, cell_text(cell))


def cell_text(value: Any) -> str:
    """A cell as text: numbers as sent, a dash for nothing."""
    if value is None or value == "":
        return NO_VALUE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def _column_class(values: Sequence[Any]) -> Markup:
    numbers = [value for value in values if value is not None]
    numeric = bool(numbers) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers)
    return Markup(' class="ph-right"') if numeric else EMPTY


def _rest_html(row_count: int, column_count: int) -> Markup:
    cut = []
    if row_count > MAX_ROWS:
        cut.append(f"{MAX_ROWS:,} of {row_count:,} rows")
    if column_count > MAX_COLUMNS:
        cut.append(f"{MAX_COLUMNS:,} of {column_count:,} columns")
    return fragment('<p class="ph-hint">Showing {}.</p>', " and ".join(cut)) if cut else EMPTY
