"""Sentences of a text, as ranges, so that each can be quoted as it stands."""

import re

from backend.agents.documents import months
from backend.agents.documents.readers.lines import lines_of, trimmed

LONGEST_QUOTE = 420
"""Code points of the longest quote; a longer sentence is cut at a blank."""

_END = re.compile(r"(?:[.!?…]+[\"'”’»)\]*_]*(?=\s)|[。！？]+[」』”’]*)")
_NEW_LINE_STARTS = re.compile(r"\s*(?:[-*+•–]\s|\d{1,3}[.)]\s|\||>)")
_LEAD = re.compile(r"(?:[ \t]*(?:[-*+•–]|\d{1,3}[.)]|>)[ \t]+)+")
_COUNTS_ITEM = re.compile(
    r"\s*(?:(?:article|art\.?|section|clause|artikel|ziffer|abschnitt|rule|step|§+)\s*)?\d{1,3}(?:\.\d{1,2})*",
    re.IGNORECASE,
)
"""The number of an item or a clause: ``3``, ``Article 3``, ``§ 3``."""
_DAY_OF_MONTH = re.compile(rf"\b(?:0?[1-9]|[12]\d|3[01])\.\s+(?:{months.NAMES})\b", re.IGNORECASE)
"""A day as German writes it: ``3. März``."""
_SHORTENED = """
mr mrs ms dr prof st vs etc e.g i.e eg ie cf fig figs eq sec para approx ca al inc ltd corp co llc plc jr sr dept est
jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k e.u z.b d.h bzw usw nr abs vgl str pp vol ed eds a.m p.m
v n.d s.d e.d w.d d.c n.y ill wash cal tex mass del del.ch ct supp cir ave blvd mt ft
"""
_ABBREVIATIONS = frozenset(_SHORTENED.split())
_BEFORE_NUMBERS = frozenset({"no", "nos", "art", "p"})


def sentence_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Ranges of the sentences in ``text[start:end]``, without list signs and outer blanks; none is empty.

    A sentence ends at a full stop, question or exclamation mark that is followed by a blank and does not belong to an
    abbreviation, an initial or a number; and before a list item or table row.
    """
    spans: list[tuple[int, int]] = []
    for first, last in _logical_lines(text, start, end):
        begin = first
        for match in _END.finditer(text, first, last):
            if match.end() < last and not _is_abbreviation(text, begin, match.start(), match.end(), last):
                spans.append((begin, match.end()))
                begin = match.end()
        spans.append((begin, last))
    return [span for span in (_without_lead(text, *span) for span in spans) if span[0] < span[1]]


def quotable(text: str, start: int, end: int) -> tuple[int, int]:
    """The range, cut to the longest quote at a blank where there is one."""
    if end - start <= LONGEST_QUOTE:
        return start, end
    limit = start + LONGEST_QUOTE
    blank = max(text.rfind(" ", start, limit), text.rfind("\n", start, limit))
    return trimmed(text, start, blank if blank > start + LONGEST_QUOTE // 2 else limit)


def _logical_lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Lines joined where one only continues the other."""
    joined: list[tuple[int, int]] = []
    open_line = False
    for offset, line in lines_of(text, start, end):
        if not line.strip():
            open_line = False
        elif open_line and not _NEW_LINE_STARTS.match(line) and text[joined[-1][0] : joined[-1][1]].strip()[:1] != "|":
            joined[-1] = (joined[-1][0], offset + len(line))
        else:
            joined.append((offset, offset + len(line)))
            open_line = True
    return joined


def _is_abbreviation(text: str, begin: int, mark: int, end: int, last: int) -> bool:
    if text[mark] != "." or end - mark > 1:
        return False
    if _COUNTS_ITEM.fullmatch(text[begin:mark]):
        return True
    if _DAY_OF_MONTH.match(text, max(begin, mark - 2)) or _DAY_OF_MONTH.match(text, max(begin, mark - 1)):
        return True
    word = re.search(r"[\w.-]+\Z", text[max(begin, mark - 12) : mark])
    if word is None:
        return False
    following = text[end : min(last, end + 40)].lstrip()[:1]
    if word[0].lower() in _BEFORE_NUMBERS and following.isdigit():
        return True
    initial = len(word[0]) == 1 and word[0].isupper()
    return initial or word[0].lower() in _ABBREVIATIONS or following.islower()


def _without_lead(text: str, start: int, end: int) -> tuple[int, int]:
    start, end = trimmed(text, start, end)
    lead = _LEAD.match(text, start, end)
    return trimmed(text, lead.end() if lead else start, end)
