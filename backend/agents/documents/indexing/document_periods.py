"""Which periods a document is about: by its file name, its fields, its title page and its most frequent quarter."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from backend.agents.documents.indexing.file_names import without_numbers
from backend.agents.documents.periods import Period, find_periods

_TITLE_PAGE_CHARS = 4_000
_WHOLE_CHARS = 400_000
_SPACED = re.compile(r"[_./\\()\[\]-]+")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?![\dA-Za-z])")
_ENDED = re.compile(
    r"(?:(?:period|quarter|year|months?|weeks?)\s+(?:then\s+)?end(?:ed|ing|s)?(?:\s+on)?|period\s*:|as\s+of)\W{0,3}",
    re.IGNORECASE,
)
_HEAD_CHARS, _HEAD_LINES, _MOST_HEAD_WORDS = 600, 5, 10
_ENDS_THEN = re.compile(
    r"\b(?:until|till|to|by|before|ends?|expires|due|deadline|bis|endet|fällig|jusqu\W?au|avant|fin)\b", re.IGNORECASE
)
"""Before a day: something ends on it, and it is not that of the text."""
_PERIOD_FIELDS = ("fiscal_period", "period", "quarter", "year", "reporting_period")
_MID_OF_QUARTER = timedelta(days=45)
_FEWEST_MENTIONS = 4
_QUARTER = re.compile(
    r"\b(?:(?:first|second|third|fourth|1st|2nd|3rd|4th)\s+(?:fiscal\s+)?quarter|Q[1-4]|[1-4]Q)\b", re.IGNORECASE
)
_QUARTER_CHARS = 45


def periods_of(name: str, title: str, text: str, fields: Mapping[str, str]) -> tuple[list[Period], str]:
    """The periods of a document, strongest first, and the ISO date on which its own period ends (or an empty text).

    The date that a document gives itself is none of them: it may be that of publication.
    """
    page = text[:_TITLE_PAGE_CHARS]
    end = _period_end(" ".join([*fields.values(), page]))
    found = [*in_name(name)]
    found += (period for key in _PERIOD_FIELDS for period in _named(fields.get(key, "")))
    # A day in a title may be that of filing, and its order of day and month is uncertain.
    found += (one for one in _named(title) if not one.day)
    found += (one for one in _named(page) if one.fiscal)
    found += _own_quarter(text[:_WHOLE_CHARS], end)
    if end:
        found += (_month(end), _calendar_quarter(end), Period(end.year))
    return list(dict.fromkeys(found)), end.isoformat() if end else ""


def day_in_head(text: str) -> str:
    """The ISO date that the first lines of a letter, a protocol or the like give it; empty without one.

    A line of many words speaks of something that happened on its day.
    """
    lines = [line for line in text[:_HEAD_CHARS].splitlines() if line.strip()][:_HEAD_LINES]
    for line in lines:
        days = [(start, day) for period, start, _ in find_periods(line) if period.day and (day := _date(period))]
        if len(days) == 1 and len(line.split()) <= _MOST_HEAD_WORDS and not _ENDS_THEN.search(line, 0, days[0][0]):
            return days[0][1].isoformat()
    return ""


def in_name(name: str) -> Iterable[Period]:
    """The periods that a path names, the file's own before those of its folders."""
    stem, *folders = reversed(re.sub(r"\.\w{1,5}\Z", "", name).split("/"))
    for part in (stem, *folders):
        part = without_numbers(part).replace("_", " ")
        dated = _COMPACT.sub(r"\1-\2-\3 ", part)
        spaced = _SPACED.sub(" ", part)
        yield from _named(dated) or _named(spaced)


def _named(text: str) -> list[Period]:
    return [period for period, _, _ in find_periods(text)]


def _period_end(text: str) -> date | None:
    """The first date that a period is said to end on."""
    for match in _ENDED.finditer(text):
        for period, start, _ in find_periods(text[match.end() : match.end() + 40]):
            if start < 3 and period.day and (day := _date(period)):
                return day
    return None


def _date(period: Period) -> date | None:
    try:
        return date(period.year, period.month, period.day)
    except ValueError:
        return None


def _own_quarter(text: str, end: date | None) -> list[Period]:
    """The quarter that the text speaks of most, which is its own: a report speaks of the one before less, or as often
    and then the later one is meant. Only one that may end when the document's period does."""
    counts = Counter(
        period
        for match in _QUARTER.finditer(text)
        for period, start, _ in find_periods(text[match.start() : match.start() + _QUARTER_CHARS])[:1]
        if period.quarter and start == 0
    )
    if end is not None:
        counts = Counter({one: count for one, count in counts.items() if abs(one.year - end.year) <= 1})
    most = max(counts.values(), default=0)
    if most < _FEWEST_MENTIONS:
        return []
    return [max(one for one, count in counts.items() if count >= most * 0.6)]


def _month(day: date) -> Period:
    return Period(day.year, month=day.month)


def _calendar_quarter(end: date) -> Period:
    """The calendar quarter that most of a quarter with this end is in."""
    middle = end - _MID_OF_QUARTER
    return Period(middle.year, quarter=(middle.month + 2) // 3)
