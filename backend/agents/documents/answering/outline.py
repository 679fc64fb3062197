"""What there is in a document: how it begins, and its main sections with their first sentences."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from backend.agents.documents.answering.main_sections import FEWEST_SECTIONS, main_sections
from backend.agents.documents.answering.quotes import Quote, quote_of
from backend.agents.documents.answering.statements import is_table_row, statements_in, with_sentence_before
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.stored_documents import Document, Passage, Section

_LOOKED_AT, _LOOKED_AT_FIRST = 8, 40
_OPENING, _SPREAD = 2, 6
_READABLE, _FEWEST_WORDS = 0.9, 6
_LONGEST_HEADER = 600
_WORD = re.compile(r"[^\W\d_]{3,}")
_FRONTS = tuple(
    re.compile(rf"\A\W*(?:[\dA-Z]{{1,3}}[.)]\s*)?(?:{name})\W*\Z", re.IGNORECASE)
    for name in (
        r"(?:executive |study |brief |plain )?(?:abstract|summary|synopsis|overview|zusammenfassung|résumé|resumen)",
        r"at a glance|in brief|(?:key |main |recent )?(?:developments|findings|results|highlights|points)",
        r"(?:introduction|purpose|objectives?|background|scope|einleitung)(?:\s+(?:and|of|for)\b.{0,40})?",
        r".*\bdiscussion and analysis\b.*",
    )
)
"""Titles of the sections that say what a document is about, the likeliest first."""
_OF_THE_TEXT = re.compile(
    r"\A\W*(?:unless (?:otherwise|the context)|references? to|in this (?:report|document|section)|the following|"
    r"as used|so|thus|therefore|hence|otherwise|however)\b|\A[^\w“\"'▪•*`]|\A\W*\(\d|"
    r"\b(?:outstanding|registrant|herein|hereby)\b",
    re.IGNORECASE,
)
"""Of the text itself rather than of its matter, or of what stands before it."""
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)*_\]]*\Z")


@dataclass(frozen=True, slots=True)
class SectionOutline:
    """A section by its title and what it says first, if a sentence can be quoted from its beginning."""

    title: str
    page: int | None
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class DocumentOutline:
    """A document, or one section of it, in a few quotes."""

    document: Document
    opening: tuple[Quote, ...]
    sections: tuple[SectionOutline, ...] = ()
    left_out: int = 0
    """Further sections."""
    within: str = ""
    """The title of the section that is outlined; empty for the whole document."""
    rows: int = 0
    """Of a table how many rows it has."""
    columns: str = ""
    """Of a table the names of its columns, where its first line has them."""


def outline_of(corpus: Corpus, name: str, path: Sequence[str] = (), *, is_brief: bool = False) -> DocumentOutline:
    """The outline of a document, or of its section of this path; ``is_brief`` leaves its sections out."""
    document, within = corpus.document(name), path[-1] if path else ""
    sections = [one for one in corpus.sections(name) if one.path[: len(path)] == tuple(path)]
    if document.is_table:
        first = corpus.passages_below(name, (), 1)
        quotes = tuple(quote_of(one, 0, len(one.text)) for one in first)
        return DocumentOutline(
            document, quotes, rows=sum(one.passages for one in sections), columns=_columns(corpus, name)
        )
    nodes, left_out = main_sections(sections, len(path))
    taken = _Taken()
    opening = tuple(_opening(corpus, document, path, sections, 1 if is_brief else _OPENING, taken))
    if is_brief:
        return DocumentOutline(document, opening, within=within)
    if len(nodes) < FEWEST_SECTIONS:
        spread = _spread(corpus, name, path, sections, taken)
        return DocumentOutline(document, (*opening, *spread), within=within)
    told = [SectionOutline(node.title, node.page, _first_said(corpus, name, node.path, taken)) for node in nodes]
    kept = tuple(one for one in told if one.quote is not None or not _is_of_front(one, sections))
    return DocumentOutline(document, opening, kept, left_out, within)


def _columns(corpus: Corpus, name: str) -> str:
    if not name.lower().endswith((".csv", ".tsv")):
        return ""
    line = corpus.beginning(name, _LONGEST_HEADER).partition("\n")[0]
    return ", ".join(part.strip(" \"'") for part in re.split(r"[,;\t|]", line) if part.strip(" \"'"))


def _is_of_front(section: SectionOutline, sections: Sequence[Section]) -> bool:
    """Whether a section stands on the first page, where a title page has its lines."""
    return section.page is not None and section.page == sections[0].page


class _Taken:
    """The quotes of one outline: none of them is shown twice, in whole or in part."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._ends: dict[int, int] = {}

    def is_new(self, quote: Quote) -> bool:
        """Whether nothing of it is among the quotes; it is among them from now on."""
        text = " ".join(quote.text.split())
        overlaps = any(quote.start < end and start < quote.end for start, end in self._ends.items())
        if overlaps or text in self._texts:
            return False
        self._texts.add(text)
        self._ends[quote.start] = quote.end
        return True


def _opening(
    corpus: Corpus, document: Document, path: Sequence[str], sections: Sequence[Section], most: int, taken: _Taken
) -> Iterator[Quote]:
    """What a document says first: in its summary or introduction where it has one, else at its beginning."""
    within = [one.path for one in sections if not path]
    fronts = [next((one for one in within if form.match(one[-1])), None) for form in _FRONTS]
    found = 0
    for place in dict.fromkeys((*(front for front in fronts if front is not None), tuple(path))):
        for quote in _sentences(corpus, document.name, place, taken, _LOOKED_AT_FIRST):
            yield quote
            found += 1
            if found == most:
                return
    if not found:
        # A note of a few words is all that it says.
        yield from islice(_all_said(corpus.passages_below(document.name, path, _LOOKED_AT), taken), most)


def _all_said(passages: Iterable[Passage], taken: _Taken) -> Iterator[Quote]:
    quotes = (statement.quote for passage in passages for statement in statements_in(passage))
    return (quote for quote in quotes if taken.is_new(quote))


def _spread(
    corpus: Corpus, name: str, path: Sequence[str], sections: Sequence[Section], taken: _Taken
) -> Iterator[Quote]:
    """Sentences from all over a text without main sections."""
    count = sum(one.passages for one in sections)
    passages = corpus.passages_below(name, path, count)
    step = max(1, count // _SPREAD)
    for start in range(step, count, step):
        quote = next(_quotable(passages[start : start + step], taken), None)
        if quote is not None:
            yield quote


def _first_said(corpus: Corpus, name: str, path: Sequence[str], taken: _Taken) -> Quote | None:
    """The first sentence of a section, or its first field where it has no sentence."""
    found = next(_sentences(corpus, name, path, taken, _LOOKED_AT), None)
    return found or next(_quotable(corpus.passages_below(name, path, _LOOKED_AT), taken, fields=True), None)


def _sentences(corpus: Corpus, name: str, path: Sequence[str], taken: _Taken, most: int) -> Iterator[Quote]:
    return _quotable(corpus.passages_below(name, path, most), taken)


def _quotable(passages: Iterable[Passage], taken: _Taken, *, fields: bool = False) -> Iterator[Quote]:
    """The sentences that can be read by themselves, each text once; with ``fields`` also what ends like none."""
    for passage in passages:
        for statement in statements_in(passage):
            quote = with_sentence_before(passage, statement)
            is_alone = quote is not statement.quote or not statement.leans_back
            is_said = is_alone and statement.readability >= _READABLE
            if is_said and _says_something(passage, quote.text, fields=fields) and taken.is_new(quote):
                yield quote


def _says_something(passage: Passage, text: str, *, fields: bool) -> bool:
    if is_table_row(passage, text) or _OF_THE_TEXT.search(text) or text.isupper():
        return False
    return len(_WORD.findall(text)) >= _FEWEST_WORDS and (fields or bool(_SENTENCE_END.search(text)))
