"""HTML: what a browser would show as text, one paragraph per block element, without scripts, styles and navigation."""

import re
from collections import deque
from html.parser import HTMLParser

from backend.agents.documents.readers.decoding import decode
from backend.agents.documents.readers.extracted_table import ExtractedTable
from backend.agents.documents.readers.extraction import Extraction, TextBlock, origin_of
from backend.agents.documents.readers.html_tables import CellMark, OpenTable, cell_mark

_UNSEEN = frozenset({"script", "style", "noscript", "template", "nav", "svg", "head", "iframe", "object", "select"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
    }
    | {
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
    }
    | {"summary", "table", "tbody", "thead", "tfoot", "tr", "ul", *_HEADINGS}
)
_DECLARED = re.compile(rb"<meta[^>]+charset=[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
CELL_SIGN = " | "
_LONGEST_ROW = 300
"""Characters up to which the paragraphs within the cells of a row are one line."""
_MOST_NESTED = 20
_SEVERAL_BLANKS = re.compile(" {2,}")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_META_NAMES = {
    "article:published_time": "date",
    "dc.date": "date",
    "dcterms.date": "date",
    "og:site_name": "publisher",
    "og:url": "url",
}


def read_html(data: bytes) -> Extraction:
    """The visible text, blocks under their headings, and title, date, author and canonical address from the head."""
    declared = _DECLARED.search(data[:4096])
    page = _Page()
    page.feed(decode(data, declared[1].decode("ascii") if declared else None))
    page.close()
    page.end_block()
    origin = origin_of(page.fields, page.first_heading)
    return Extraction(
        text="".join(page.text),
        blocks=tuple(page.blocks),
        origin=origin,
        fields=page.fields,
        tables=tuple(sorted(page.tables, key=lambda table: table.start)),
    )


class _Page(HTMLParser):
    """Collects text and blocks. Unclosed and misnested tags are taken as they come."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.blocks: list[TextBlock] = []
        self.tables: list[ExtractedTable] = []
        self.fields: dict[str, str] = {}
        self.first_heading = ""
        self._length = 0
        self._pieces: list[str] = []
        self._unseen: list[str] = []
        self._headings: list[tuple[int, str]] = []
        self._in_title = False
        self._kept_blanks = 0
        self._recent: deque[str] = deque(maxlen=3)
        self._open_tables: list[OpenTable] = []
        self._cells: list[tuple[CellMark, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._read_head(tag, values)
        if tag in ("body", "main", "article", *_HEADINGS):
            # A head or menu that is never closed must not swallow the page.
            self._unseen.clear()
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag in _BLOCKS:
            self._begin_block(tag)
        elif tag == "br":
            self._pieces.append("\n" if self._kept_blanks else " ")
        elif tag in ("td", "th"):
            self._begin_cell(tag, values)
        self._kept_blanks += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"
        if tag in self._unseen:
            del self._unseen[self._unseen.index(tag) :]
        elif tag in _HEADINGS:
            self._end_heading(_HEADINGS[tag])
        elif tag in _BLOCKS:
            self._finish_block(tag)
        self._kept_blanks -= tag == "pre" and self._kept_blanks > 0

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.fields["title"] = (self.fields.get("title", "") + data).strip()
        elif not self._unseen:
            self._pieces.append(data if self._kept_blanks else _BLANKS.sub(" ", data))

    def end_block(self) -> None:
        """Close the paragraph that is being collected."""
        written = self._write()
        if written is not None:
            self._recent.append(self.text[-1].strip())
            self.blocks.append(TextBlock(*written, " > ".join(title for _, title in self._headings)))

    def _begin_block(self, tag: str) -> None:
        if self._is_within_cell(tag):
            self._pieces.append(" ")
            return
        self.end_block()
        if tag == "table" and len(self._open_tables) < _MOST_NESTED:
            self._open_tables.append(
                OpenTable(tuple(reversed(self._recent)), self._headings[-1][1] if self._headings else "")
            )
        elif self._open_tables and tag in ("thead", "tbody", "tfoot"):
            self._open_tables[-1].in_head = tag == "thead"

    def _finish_block(self, tag: str) -> None:
        if self._is_within_cell(tag):
            self._pieces.append(" ")
            return
        before = len(self.blocks)
        self.end_block()
        if self._open_tables and tag == "caption" and len(self.blocks) > before:
            self._open_tables[-1].caption = self._recent[-1]
        elif self._open_tables and tag == "table":
            table = self._open_tables.pop().closed()
            self.tables += [table] if table is not None else []

    def _is_within_cell(self, tag: str) -> bool:
        """Whether a paragraph is only a part of a cell: a cell with much text lays out the page instead."""
        in_cell = bool(self._cells) and not self._kept_blanks and tag in ("p", "div")
        return in_cell and sum(len(piece) for piece in self._pieces) <= _LONGEST_ROW

    def _begin_cell(self, tag: str, values: dict[str, str]) -> None:
        if any(piece.strip() for piece in self._pieces):
            self._pieces.append(CELL_SIGN)
        if self._open_tables:
            mark = cell_mark(tag, values, in_head=self._open_tables[-1].in_head)
            self._cells.append((mark, len(self._pieces)))

    def _end_heading(self, level: int) -> None:
        written = self._write()
        if written is None:
            return
        title = self.text[-1].strip()
        self._recent.clear()
        self._headings = [*((above, text) for above, text in self._headings if above < level), (level, title)]
        self.first_heading = self.first_heading or title

    def _write(self) -> tuple[int, int] | None:
        cells, self._cells = self._cells, []
        pieces, self._pieces = self._pieces, []
        start = self._length
        joined = "".join(pieces)
        paragraph = joined.strip() if self._kept_blanks else _squeezed(joined)
        if not paragraph:
            return None
        self.text.append(paragraph + "\n\n")
        self._length += len(paragraph) + 2
        if cells and self._open_tables and not self._kept_blanks:
            self._open_tables[-1].add_row(start, start + len(paragraph), _placed(pieces, cells, paragraph, start))
        return start, start + len(paragraph)

    def _read_head(self, tag: str, values: dict[str, str]) -> None:
        if tag == "title" and "title" not in self.fields:
            self._in_title = True
        elif tag == "meta" and values.get("content"):
            name = (values.get("name") or values.get("property") or "").lower()
            self.fields.setdefault(_META_NAMES.get(name, name), values["content"].strip())
        elif tag == "link" and "canonical" in values.get("rel", "").lower():
            self.fields["canonical"] = values.get("href", "").strip()


def _squeezed(text: str) -> str:
    return _SEVERAL_BLANKS.sub(" ", text).strip()


def _placed(
    pieces: list[str], cells: list[tuple[CellMark, int]], paragraph: str, start: int
) -> list[tuple[CellMark, str, int, int]]:
    """Each cell's mark, text and range. The pieces were written one after another, so each is searched from there."""
    found: list[tuple[CellMark, str, int, int]] = []
    position = 0
    ends = [first for _, first in cells[1:]] + [len(pieces)]
    for (mark, first), end in zip(cells, ends, strict=True):
        text = _squeezed("".join(piece for piece in pieces[first:end] if piece != CELL_SIGN))
        position = max(paragraph.find(text, position), position)
        found.append((mark, text, start + position, start + position + len(text)))
        position += len(text)
    return found
