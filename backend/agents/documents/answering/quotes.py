"""Quotes: sentences as they stand in a document, with where to find them, and how they are shown in an answer."""

import re
from dataclasses import dataclass

from backend.agents.documents.indexing.sentences import quotable, sentence_spans
from backend.agents.documents.indexing.stored_documents import Document, FoundRow, Passage
from backend.protocol.events import CitationEvent, Locator
from backend.protocol.formulas import formula_at
from backend.protocol.markers import markers_in

_MARKDOWN_SUFFIXES = (".md", ".markdown")
_SURROUNDINGS = 180
"""Characters of the text around a quote that go with it, on each side."""

_SPECIAL = re.compile(r"(`|(?<!\s)[*~]|[*~](?!\s)|(?<!\w)_|_(?!\w)|\[|<(?=[a-zA-Z/!?])|&(?=#?\w+;))")


@dataclass(frozen=True, slots=True)
class Quote:
    """``text`` is the document's text from ``start`` to ``end`` (code points), character for character."""

    document: Document
    start: int
    end: int
    text: str
    page: int | None
    line: int | None
    before: str = ""
    after: str = ""
    """What stands around it in its passage, cut between words."""
    part: str = ""
    """The part of the document that it is from, such as a table's title, where the citation names it."""

    @property
    def key(self) -> tuple[str, int, int]:
        """What makes two quotes the same."""
        return self.document.name, self.start, self.end

    def citation(self, number: int) -> CitationEvent:
        """The quote as a citation with this marker."""
        document = self.document
        dated = document.date and document.date not in f"{document.title} {document.source}"
        return CitationEvent(
            citation_id=f"c{number}",
            number=number,
            title=f"{document.title}: {self.part}" if self.part else document.title,
            source=f"{document.source}, {document.date}" if dated else document.source,
            url=document.url or None,
            quote=self.text,
            before=self.before or None,
            after=self.after or None,
            document_id=document.name,
            locator=Locator(page=self.page, line=self.line, start=self.start, end=self.end),
        )


def quote_of(passage: Passage, start: int, end: int) -> Quote:
    """A range of the passage's own text as a quote."""
    line = passage.line + passage.text.count("\n", 0, start) if passage.line is not None else None
    first, last = passage.start + start, passage.start + end
    is_table = passage.document.is_table
    before = "" if is_table else _end_of(passage.text[:start])
    after = "" if is_table else _beginning_of(passage.text[end:])
    return Quote(passage.document, first, last, passage.text[start:end], passage.page, line, before, after)


def _end_of(text: str) -> str:
    line = " ".join(text[-2 * _SURROUNDINGS :].split())
    return line if len(line) <= _SURROUNDINGS else f"… {line[-_SURROUNDINGS:].partition(' ')[2]}"


def _beginning_of(text: str) -> str:
    line = " ".join(text[: 2 * _SURROUNDINGS].split())
    return line if len(line) <= _SURROUNDINGS else f"{line[:_SURROUNDINGS].rpartition(' ')[0]} …"


def quote_of_row(row: FoundRow) -> Quote:
    """A row of a table within a document as a quote, as it stands there; the table's title is its part."""
    return Quote(row.document, row.start, row.end, row.text, row.page, row.line, part=" ".join(row.title.split())[:120])


def quotes_in(passage: Passage) -> list[Quote]:
    """Every sentence of a passage as a quote; of a table, the row."""
    if passage.document.is_table:
        spans = [(0, len(passage.text))]
    else:
        spans = sentence_spans(passage.text, 0, len(passage.text))
    return [quote_of(passage, *quotable(passage.text, *span)) for span in spans]


def shown(quote: Quote) -> str:
    """The quote on one line of Markdown, in quotation marks.

    Nothing in it is taken for a marker or for active content. A Markdown document's own emphasis and links are kept; of
    other documents every sign is shown as it is.
    """
    line = " ".join(quote.text.split())
    if quote.document.name.lower().endswith(_MARKDOWN_SUFFIXES):
        line = _without_markers(line).replace("![", "!\\[").replace("<", "\\<")
    else:
        line = literal(line)
    return f"“{_without_formulas(line)}”"


def _without_markers(line: str) -> str:
    """The line with the brackets escaped that would be markers, the first of each pair: ``\\[ \\]`` is a formula."""
    parts, position = [], 0
    for marker in markers_in(line):
        opening = line[marker.start]
        parts += [line[position : marker.start], "\\[" if opening == "[" else f"&#{ord(opening)};"]
        position = marker.start + 1
    return "".join([*parts, line[position:]])


def _without_formulas(line: str) -> str:
    """The line with the dollar signs escaped that would open a formula."""
    position = line.find("$")
    while position >= 0:
        if formula_at(line, position):
            line = f"{line[:position]}\\{line[position:]}"
            position += 1
        position = line.find("$", position + 1)
    return line


def literal(text: str) -> str:
    """Text as Markdown that shows it as it is; signs that mean nothing where they stand are left alone."""
    return _SPECIAL.sub(r"\\\1", text.replace("\\", "\\\\"))
