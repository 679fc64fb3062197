"""Statements: the whole sentences of a passage, each as a quote, with how well it can be read by itself.

The text of a PDF has no markup: headings, rows of tables and running headers stand on lines beside the sentences. What
is quoted from one begins and ends like a sentence; a heading or a row above it on the same span is left off.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from backend.agents.documents.answering.boilerplate import is_boilerplate, only_points_elsewhere
from backend.agents.documents.answering.line_kinds import field_spans, is_row
from backend.agents.documents.answering.quotes import Quote, quote_of
from backend.agents.documents.indexing.sentences import quotable, sentence_spans
from backend.agents.documents.indexing.stored_documents import Passage
from backend.agents.documents.readers.lines import lines_of, trimmed
from backend.agents.documents.search.stop_words import STOP_WORDS

LONGEST_STATEMENT = 700
"""Code points: a longer sentence is not quoted from a paged document, and cut from any other."""

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)*_\]]*\Z")
_LINE_END = re.compile(r"[.!?…:;,。！？—–-][\"'”’»)*_\]]*\s*\Z")
_BEGINS_SMALL = re.compile(r"\A[^\w]*(?:(?:19|20)\d{2}\s+)?[a-zà-öø-ÿ]+(?![a-zà-öø-ÿ]*[A-Z])")
_CLOSES_FIRST = re.compile(r"[^(\[“]{0,200}?(?:(?<!\d)[)\]]|”)|[(\s]*“[^”]{0,80}(?:,”|”\)?,)")
"""The rest of a sentence that was cut within brackets or a list of names: it closes what it never opens, or begins with
the short form of a name that stands before it."""
_OPENS_LINE = re.compile(r"\s*[“\"'(•▪*-]*\s*[^\W\da-zà-öø-ÿ_]")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_LEANS_BACK = re.compile(
    r"\A[“\"]?(?:this|these|those|such|they|both|it|its|their"
    r"|the (?:increase|decrease|decline|growth|change)s?(?! (?:in|of)\b))\b",
    re.IGNORECASE,
)
_CELL_BORDER = " | "
_SIGNS = "{}()[]=<>|;`$/\\#"

_ITEM_SIGN = re.compile(r"[\s>]*(?:(?:[-*+•–]|[§(]?\s?\d{1,3}(?:\.\d{1,3})*[.)]?|[(]?[a-z][.)])\s+)*")
_LONGEST_RUN_IN = 3
"""Words of a heading that stands before the text of its clause, on the same line."""
_FEWEST_STATING = 2
_FEWEST_WORDS, _FEWEST_PAGED_WORDS, _MOST_SIGNS = 4, 5, 0.06
_NARROW = 0.62
"""A line that ends no sentence and is shorter than this share of the widest is taken for a heading."""
_LONGEST_HEADING_WORDS = 12
_SHORTEST_CAPITAL, _FEWEST_CAPITALS, _MOST_CAPITALS = 4, 3, 0.8
"""A line is in title case if of at least so many words of so many letters this share begins with a capital."""

_LINE, _POINTER, _FEW_WORDS, _CODE, _FIELD = 0.6, 0.45, 0.85, 0.7, 0.9


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that may be quoted, and how well it can be read by itself, up to 1."""

    quote: Quote
    readability: float
    previous: str = ""
    """The sentence before it in its passage, which may name the matter."""
    heading: str = ""
    """A heading that stands on the lines just above it."""
    begin: int = -1
    """Where the sentence before begins, in code points of the passage; -1 without one."""

    @property
    def leans_back(self) -> bool:
        """Whether it begins with a word such as "these" that means something of the sentence before."""
        return _LEANS_BACK.match(self.quote.text) is not None


@lru_cache(maxsize=2048)
def statements_in(passage: Passage) -> tuple[Statement, ...]:
    """The sentences of a passage that can be quoted; of a table, the row."""
    if passage.document.is_table:
        return (Statement(quote_of(passage, *quotable(passage.text, 0, len(passage.text))), 1.0),)
    return tuple(_paged(passage) if passage.page is not None else _marked_up(passage))


def is_table_row(passage: Passage, text: str) -> bool:
    """Whether a text is a row of a table, or the names of its columns."""
    return passage.in_table or passage.document.is_table or _CELL_BORDER in text


def with_sentence_before(passage: Passage, statement: Statement) -> Quote:
    """The statement's quote, begun at the sentence before if it leans on that and both together are not too long."""
    end = statement.quote.end - passage.start
    if statement.begin < 0 or not statement.leans_back or end - statement.begin > LONGEST_STATEMENT:
        return statement.quote
    return quote_of(passage, statement.begin, end)


def _marked_up(passage: Passage) -> Iterator[Statement]:
    """Sentences of a text whose paragraphs and list items are known; a list item need not end like a sentence."""
    previous, begin, heading, headed = "", -1, "", -1
    for first, last in sentence_spans(passage.text, 0, len(passage.text)):
        if _begins_line(passage.text, first):
            heading = _run_in_heading(passage.text, first, last)
            headed = first if heading else -1
            if heading:
                previous, begin = "", -1
                continue
        span = (first if headed < 0 else headed, last)
        headed = -1
        if len(list(field_spans(passage.text, *span))) > 1:
            yield from _fields(passage, *span)
            continue
        start, end = span if span[1] - span[0] <= LONGEST_STATEMENT else quotable(passage.text, *span)
        text = passage.text[start:end]
        if not is_boilerplate(text) and not _is_mere_name(text) and not _is_header(passage, text):
            yield Statement(quote_of(passage, start, end), _readability(text), previous, heading, begin)
        previous, begin = (text, start) if _SENTENCE_END.search(text) else ("", -1)


def _begins_line(text: str, start: int) -> bool:
    """Whether a sentence begins a line, but for the sign or number of a list item."""
    return _ITEM_SIGN.fullmatch(text[text.rfind("\n", 0, start) + 1 : start]) is not None


def _run_in_heading(text: str, start: int, end: int) -> str:
    """The heading that a clause or an item begins with (``2. Rent. 3,450 euros a month``); empty without one."""
    first, after = (
        _without_item_sign(text[start:end]).strip("*_ "),
        text[end : text.find("\n", end) if "\n" in text[end:] else len(text)],
    )
    is_one = (
        bool(after.strip(" *_"))
        and len(first.split()) <= _LONGEST_RUN_IN
        and _has_no_digit(first)
        and first.endswith((".", ":"))
    )
    return first.rstrip(".:* _") if is_one else ""


def _paged(passage: Passage) -> Iterator[Statement]:
    """Sentences of a text that knows no more than its lines."""
    text = passage.text
    width = max((len(line.strip()) for _, line in lines_of(text)), default=0)
    previous, begin, heading = "", -1, ""
    for first, end in sentence_spans(text, 0, len(text)):
        start = _below_layout(text, first, end, width)
        heading = _last_line(text[first:start]) or heading
        sentence = text[start:end]
        if not _is_whole(sentence, text[first:start]) or len(list(field_spans(text, start, end))) > 1:
            yield from _fields(passage, first, end, heading)
            previous, begin = "", -1
            continue
        yield from _fields(passage, first, start, heading)
        if not is_boilerplate(sentence):
            joins = start == first
            readable = _readability(sentence)
            quote = quote_of(passage, start, end)
            yield Statement(quote, readable, previous if joins else "", heading, begin if joins else -1)
        previous, begin = sentence, start


def _fields(passage: Passage, start: int, end: int, heading: str = "") -> Iterator[Statement]:
    """The fields of a range that say something."""
    for first, last in field_spans(passage.text, start, end):
        if not is_boilerplate(passage.text[first:last]):
            yield Statement(quote_of(passage, first, last), _FIELD, heading=heading)


def _last_line(above: str) -> str:
    """The heading on the lines left off above a sentence; empty where there is none but rows."""
    lines = [line.strip() for line in above.splitlines() if line.strip()]
    return lines[-1] if lines and not is_row(lines[-1]) else ""


def _below_layout(text: str, start: int, end: int, width: int) -> int:
    """Where the sentence begins after the headings and rows that stand above it in its span."""
    lines = list(lines_of(text, start, end))
    begin = 0
    for place, (_, line) in enumerate(lines):
        is_last = place == len(lines) - 1
        if (is_row(line) and not is_last) or (
            place == begin and not is_last and _is_heading(line, lines[place + 1][1], width)
        ):
            begin = place + 1
    return trimmed(text, lines[begin][0], end)[0] if lines else start


def _is_heading(line: str, below: str, width: int) -> bool:
    line = line.strip()
    narrow = len(line) < width * _NARROW and len(line.split()) <= _LONGEST_HEADING_WORDS
    is_title = narrow or _is_in_title_case(line)
    # No heading ends in the middle of a phrase.
    breaks_off = line.rpartition(" ")[2].lower() in STOP_WORDS
    return is_title and not breaks_off and not _LINE_END.search(line) and _OPENS_LINE.match(below) is not None


def _is_in_title_case(line: str) -> bool:
    longer = [word for word in _WORDS.findall(line) if len(word) >= _SHORTEST_CAPITAL]
    capitals = sum(word[0].isupper() for word in longer)
    return len(longer) >= _FEWEST_CAPITALS and capitals >= len(longer) * _MOST_CAPITALS


def _is_whole(sentence: str, above: str) -> bool:
    """Whether a sentence begins and ends like one and is not a row, a caption or the rest of one cut by a page."""
    if len(sentence) > LONGEST_STATEMENT or _BEGINS_SMALL.match(sentence) or is_row(sentence):
        return False
    if _CLOSES_FIRST.match(sentence):
        return False
    words = len(_WORDS.findall(sentence))
    if _SENTENCE_END.search(sentence):
        return words >= _FEWEST_PAGED_WORDS
    # An item of a list on a slide or in a leaflet: one line of its own.
    is_item = not above and "\n" not in sentence and "|" not in sentence and not _is_in_title_case(sentence)
    return is_item and words >= _FEWEST_PAGED_WORDS


def _is_header(passage: Passage, text: str) -> bool:
    """Whether a row of a table within prose has no figure: as it may be the names of the columns, it is not quoted."""
    return is_table_row(passage, text) and _has_no_digit(text)


def _has_no_digit(text: str) -> bool:
    return not any(sign.isdigit() for sign in text)


def _is_mere_name(text: str) -> bool:
    """Whether a text is a lone word, such as the name of a clause ("3. Liability."), and states nothing."""
    name = _without_item_sign(text)
    return len(name.split()) < _FEWEST_STATING and _has_no_digit(name)


def _without_item_sign(text: str) -> str:
    """A text without the number or sign of a list item or clause before it."""
    sign = _ITEM_SIGN.match(text)
    return text[sign.end() :] if sign is not None else text


def _readability(text: str) -> float:
    """Less than 1 for what is not a plain sentence: a caption, a command, a line of code, a mere reference."""
    ends = 1.0 if _SENTENCE_END.search(text) else _LINE
    words = 1.0 if len(_WORDS.findall(text)) >= _FEWEST_WORDS else _FEW_WORDS
    code = _CODE if sum(character in _SIGNS for character in text) > len(text) * _MOST_SIGNS else 1.0
    return ends * words * code * (_POINTER if only_points_elsewhere(text) else 1.0)
