"""Pipe tables of Markdown: cells with their place in the text, rows with label, section and column headers."""

import re
from itertools import pairwise

from backend.agents.documents.readers.captions import title_and_note
from backend.agents.documents.readers.extracted_table import ExtractedTable
from backend.agents.documents.readers.grid import GridCell, GridRow, extracted_rows
from backend.agents.documents.readers.lines import lines_of, trimmed

_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)*[ \t]*:?-+:?[ \t]*\|?[ \t]*")
_CELL_END = re.compile(r"(?<!\\)\|")
_MARKUP = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|\[([^\]]*)\]\([^)]*\)")


def table_in(text: str, start: int, end: int, heading: str, above: str) -> ExtractedTable | None:
    """The table that a block of Markdown is, or None.

    ``heading`` is the nearest one, ``above`` the paragraph right above the table: its caption, or the line that names
    its units, if it reads as one.
    """
    lines = list(lines_of(text, start, end))
    rule = next((index for index, (_, line) in enumerate(lines[:3]) if index and _is_rule(line)), None)
    if rule is None:
        return None
    rows = [
        GridRow(_cells(text, offset, line), *trimmed(text, offset, offset + len(line)), is_header=index < rule)
        for index, (offset, line) in enumerate(lines)
        if index != rule and line.strip()
    ]
    found = extracted_rows(rows)
    if not found:
        return None
    title, note = title_and_note([plain(above)] if above else [], heading, rows[:rule])
    return ExtractedTable(title, note, None, start, end, found)


def plain(text: str) -> str:
    """The text without signs of emphasis and code, and with the words of links only."""
    return _MARKUP.sub(lambda match: match[1] or "", text).strip()


def _is_rule(line: str) -> bool:
    return "|" in line and "-" in line and _RULE.fullmatch(line) is not None


def _cells(text: str, offset: int, line: str) -> tuple[GridCell, ...]:
    first, last = trimmed(text, offset, offset + len(line))
    first += text.startswith("|", first)
    bounds = [first, *(first + match.end() for match in _CELL_END.finditer(text[first:last]))]
    if bounds[-1] != last:
        bounds.append(last + 1)
    found = []
    for column, (begin, end) in enumerate(pairwise(bounds)):
        cell = trimmed(text, begin, end - 1)
        if cell[0] < cell[1]:
            found.append(GridCell(plain(text[slice(*cell)]).replace("\\|", "|"), *cell, column))
    return tuple(found)
