"""HTML: what a browser would show as text, one paragraph per block element, without scripts, styles and navigation."""

import re
from html.parser import HTMLParser

from backend.agents.documents.readers.decoding import decode
from backend.agents.documents.readers.extraction import Extraction, TextBlock, origin_of

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
    return Extraction(text="".join(page.text), blocks=tuple(page.blocks), origin=origin, fields=page.fields)


class _Page(HTMLParser):
    """Collects text and blocks. Unclosed and misnested tags are taken as they come."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.blocks: list[TextBlock] = []
        self.fields: dict[str, str] = {}
        self.first_heading = ""
        self._length = 0
        self._pieces: list[str] = []
        self._unseen: list[str] = []
        self._headings: list[tuple[int, str]] = []
        self._in_title = False
        self._kept_blanks = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._read_head(tag, values)
        if tag in ("body", "main", "article", *_HEADINGS):
            # A head or menu that is never closed must not swallow the page.
            self._unseen.clear()
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag in _BLOCKS:
            self.end_block()
        elif tag == "br":
            self._pieces.append("\n" if self._kept_blanks else " ")
        elif tag in ("td", "th") and any(piece.strip() for piece in self._pieces):
            self._pieces.append(" | ")
        self._kept_blanks += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"
        if tag in self._unseen:
            del self._unseen[self._unseen.index(tag) :]
        elif tag in _HEADINGS:
            self._end_heading(_HEADINGS[tag])
        elif tag in _BLOCKS:
            self.end_block()
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
            self.blocks.append(TextBlock(*written, " > ".join(title for _, title in self._headings)))

    def _end_heading(self, level: int) -> None:
        written = self._write()
        if written is None:
            return
        title = self.text[-1].strip()
        self._headings = [*((above, text) for above, text in self._headings if above < level), (level, title)]
        self.first_heading = self.first_heading or title

    def _write(self) -> tuple[int, int] | None:
        joined = "".join(self._pieces)
        paragraph = joined.strip() if self._kept_blanks else re.sub(" {2,}", " ", joined).strip()
        self._pieces.clear()
        if not paragraph:
            return None
        start = self._length
        self.text.append(paragraph + "\n\n")
        self._length += len(paragraph) + 2
        return start, start + len(paragraph)

    def _read_head(self, tag: str, values: dict[str, str]) -> None:
        if tag == "title" and "title" not in self.fields:
            self._in_title = True
        elif tag == "meta" and values.get("content"):
            name = (values.get("name") or values.get("property") or "").lower()
            self.fields.setdefault(_META_NAMES.get(name, name), values["content"].strip())
        elif tag == "link" and "canonical" in values.get("rel", "").lower():
            self.fields["canonical"] = values.get("href", "").strip()
