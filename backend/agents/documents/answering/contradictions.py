"""When two quotes contradict each other: the same said of the same subject, period and scope with other numbers."""

import re

from backend.agents.documents.answering.quotes import Quote
from backend.agents.documents.indexing.stored_documents import Document
from backend.agents.documents.periods import Period, find_periods
from backend.agents.documents.search.stop_words import STOP_WORDS

_ALIKE = 0.85
"""The share of words in common, of all words of two sentences, from which they say the same but for their numbers."""

_WORDS = re.compile(r"[^\W\d_]{3,}")
_CAPITALS = re.compile(r"(?<!\A)\b[^\W\d_a-zà-öø-ÿ][^\W\d_]+")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_SCOPE_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|first|second|third|fourth|"
    r"months?|quarters?|years?|weeks?|days?|hours?|million|billion|thousand|total|net|gross|before|after|per)\b",
    re.IGNORECASE,
)


def contradict(one: Quote, other: Quote) -> bool:
    """Whether two documents say the same of the same thing with different numbers, so that one of them is wrong or
    outdated. Sentences about other periods, or in documents about other subjects or periods, never do."""
    return one.document.name != other.document.name and _same_about(one, other) and _differ_in_numbers(one, other)


def _differ_in_numbers(one: Quote, other: Quote) -> bool:
    """Whether two sentences are of the same periods, names and scope, nearly word for word, with different numbers."""
    (text, periods), (other_text, other_periods) = _without_periods(one.text), _without_periods(other.text)
    if periods != other_periods or _capitals(text) != _capitals(other_text):
        return False
    if _matches(_SCOPE_WORDS, text) != _matches(_SCOPE_WORDS, other_text) or _likeness(text, other_text) < _ALIKE:
        return False
    numbers, other_numbers = set(_NUMBERS.findall(text)), set(_NUMBERS.findall(other_text))
    return bool(numbers) and bool(other_numbers) and numbers != other_numbers


def says_otherwise_later(one: Quote, other: Quote) -> bool:
    """Whether ``one`` is from a later document than ``other`` and says the same of the same subject with other numbers:
    the next version of a manual, of a policy or of a price list. The periods that the sentences name must agree."""
    if not "" < other.document.time < one.document.time or not _are_of_same_subject(one, other):
        return False
    return _differ_in_numbers(one, other)


def _same_about(one: Quote, other: Quote) -> bool:
    """Whether the documents of both are about the same subject and period, as far as they say what they are about."""
    return (
        _are_of_same_subject(one, other)
        and one.document.profile.period_end == other.document.profile.period_end
        and (_periods_about(one.document) == _periods_about(other.document))
    )


def _are_of_same_subject(one: Quote, other: Quote) -> bool:
    subjects, others = _subjects(one.document), _subjects(other.document)
    return not (subjects and others and subjects.isdisjoint(others))


def _subjects(document: Document) -> set[str]:
    return {subject.casefold() for subject in document.profile.subjects}


def _periods_about(document: Document) -> set[Period]:
    """The years, quarters and months that a document is about. A day is when it was written."""
    periods = {*document.profile.periods, *(period for period, _, _ in find_periods(document.dated_title))}
    days = [period for period in periods if period.day]
    return {period for period in periods if not any(period.contains(day) for day in days)}


def _without_periods(text: str) -> tuple[str, set[Period]]:
    """The text without the periods it names, and those."""
    found = find_periods(text)
    for _, start, end in reversed(found):
        text = f"{text[:start]} {text[end:]}"
    return text, {period for period, _, _ in found}


def _matches(form: re.Pattern[str], text: str) -> set[str]:
    return {match.lower() for match in form.findall(text)}


def _capitals(text: str) -> set[str]:
    """Names within the sentence: regions, products, people."""
    return _matches(_CAPITALS, text)


def _likeness(one: str, other: str) -> float:
    words, others = _matches(_WORDS, one) - STOP_WORDS, _matches(_WORDS, other) - STOP_WORDS
    return len(words & others) / len(words | others) if words | others else 0.0
