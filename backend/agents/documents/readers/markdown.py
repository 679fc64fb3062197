"""Markdown: front matter, headings, blocks, tables and fenced code. The text is the file's own, markup and all."""

import re

from backend.agents.documents.readers.decoding import decode
from backend.agents.documents.readers.extracted_table import ExtractedTable
from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS, Extraction, TextBlock, origin_of
from backend.agents.documents.readers.lines import lines_of, trimmed
from backend.agents.documents.readers.markdown_tables import plain, table_in

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z][\w -]{0,40}):[ \t]+(\S.*)")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*\Z")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*\Z")
_FENCE = re.compile(r"[ \t]*(```|~~~)")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+\S")
_RULE = re.compile(r" {0,3}(?:[-*_][ \t]*){3,}\Z")


def read_markdown(data: bytes) -> Extraction:
    """The file's text as it is, its blocks, and what the front matter says about its origin."""
    text = decode(data)
    front = _FRONT_MATTER.match(text)
    fields = read_fields(front[1]) if front else {}
    outline = _Outline(text)
    outline.read(front.end() if front else 0)
    origin = origin_of(fields, outline.first_heading)
    return Extraction(
        text=text,
        blocks=tuple(outline.blocks),
        origin=origin,
        fields=fields,
        has_lines=True,
        tables=tuple(outline.tables),
    )


def read_fields(header: str) -> dict[str, str]:
    """``name: value`` lines; what is nested or has no value is left out."""
    found = (_FIELD.fullmatch(line.rstrip()) for _, line in lines_of(header))
    return {match[1].strip().lower().replace(" ", "_"): match[2].strip().strip("\"'") for match in found if match}


class _Outline:
    """Goes through the lines once and collects the blocks under their headings."""

    def __init__(self, text: str) -> None:
        self.blocks: list[TextBlock] = []
        self.tables: list[ExtractedTable] = []
        self.first_heading = ""
        self._text = text
        self._headings: list[tuple[int, str]] = []
        self._start = -1
        self._end = -1
        self._fence = ""

    def read(self, start: int) -> None:
        for offset, line in lines_of(self._text, start):
            self._line(offset, line)
        self._close()

    def _line(self, offset: int, line: str) -> None:
        fence = _FENCE.match(line)
        if self._fence or fence:
            self._fenced(offset, line, fence[1] if fence else "")
        elif heading := _HEADING.match(line):
            self._close()
            self._open_heading(len(heading[1]), heading[2])
        elif self._is_underline(line):
            title = self._text[self._start : self._end]
            self._start = -1
            self._open_heading(1 if "=" in line else 2, title)
        elif not line.strip() or _RULE.match(line):
            self._close()
        else:
            if _ITEM.match(line):
                self._close()
            self._extend(offset, line)

    def _is_underline(self, line: str) -> bool:
        """Whether the line makes the single line of text above it a heading."""
        above = self._text[self._start : self._end] if self._start >= 0 else "\n"
        return _UNDERLINE.match(line) is not None and "\n" not in above and len(above) <= MAX_LABEL_CHARS

    def _fenced(self, offset: int, line: str, mark: str) -> None:
        if not self._fence:
            self._close()
            self._fence = mark
        elif mark == self._fence:
            self._close()
            self._fence = ""
        elif line.strip():
            self._extend(offset, line)

    def _extend(self, offset: int, line: str) -> None:
        self._start = offset if self._start < 0 else self._start
        self._end = offset + len(line)

    def _close(self) -> None:
        if self._start >= 0:
            start, end = trimmed(self._text, self._start, self._end)
            self._keep_table(start, end)
            self.blocks.append(TextBlock(start, end, " > ".join(title for _, title in self._headings)))
        self._start = -1

    def _keep_table(self, start: int, end: int) -> None:
        heading = self._headings[-1][1] if self._headings else ""
        last = self.blocks[-1] if self.blocks else None
        is_next = last is not None and not self._text[last.end : start].strip()
        above = self._text[last.start : last.end] if last is not None and is_next else ""
        table = None if self._fence else table_in(self._text, start, end, heading, above)
        if table is not None:
            self.tables.append(table)

    def _open_heading(self, level: int, title: str) -> None:
        name = plain(title)[:MAX_LABEL_CHARS]
        self._headings = [*((above, text) for above, text in self._headings if above < level), (level, name)]
        self.first_heading = self.first_heading or name
