"""An extraction as JSON values: a reader's process is not trusted to send anything that could run."""

from itertools import starmap
from typing import Any

from backend.agents.documents.readers.extracted_table import ExtractedCell, ExtractedRow, ExtractedTable
from backend.agents.documents.readers.extraction import Extraction, Member, Origin, TextBlock


def encoded(extraction: Extraction) -> dict[str, Any]:
    """The extraction as values that JSON has."""
    origin = extraction.origin
    return {
        "text": extraction.text,
        "blocks": [(block.start, block.end, block.heading, block.in_table) for block in extraction.blocks],
        "kind": extraction.kind,
        "origin": (origin.title, origin.source, origin.date, origin.url),
        "fields": dict(extraction.fields),
        "pages": extraction.pages,
        "has_lines": extraction.has_lines,
        "tables": [
            (table.title, table.note, table.page, table.start, table.end, [_row(row) for row in table.rows])
            for table in extraction.tables
        ],
        "members": [
            (member.name, member.digest, member.content if isinstance(member.content, str) else encoded(member.content))
            for member in extraction.members
        ],
        "notices": extraction.notices,
    }


def decoded(values: dict[str, Any]) -> Extraction:
    """The extraction that ``encoded`` made these values of."""
    return Extraction(
        text=values["text"],
        blocks=tuple(starmap(TextBlock, values["blocks"])),
        kind=values["kind"],
        origin=Origin(*values["origin"]),
        fields=values["fields"],
        pages=tuple((offset, page) for offset, page in values["pages"]),
        has_lines=values["has_lines"],
        tables=tuple(
            ExtractedTable(title, note, page, start, end, tuple(_read_row(row) for row in rows))
            for title, note, page, start, end, rows in values["tables"]
        ),
        members=tuple(
            Member(name, digest, content if isinstance(content, str) else decoded(content))
            for name, digest, content in values["members"]
        ),
        notices=tuple(values["notices"]),
    )


def _row(row: ExtractedRow) -> tuple[Any, ...]:
    cells = [(cell.text, cell.column, cell.start, cell.end) for cell in row.cells]
    return row.label, row.section, cells, row.start, row.end


def _read_row(values: tuple[Any, ...]) -> ExtractedRow:
    label, section, cells, start, end = values
    return ExtractedRow(label, section, tuple(starmap(ExtractedCell, cells)), start, end)
