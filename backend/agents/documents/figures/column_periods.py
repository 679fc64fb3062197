"""The stretch of time that a column is about, out of its header: how many months, and the day on which they end."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from backend.agents.documents.figures.dates import day_in_year, find_dates
from backend.agents.documents.periods import Period, find_periods

_COUNTS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "nine": 9, "twelve": 12, "thirteen": 13, "twenty-six": 26,
    "thirty-nine": 39, "fifty-two": 52, "fifty-three": 53,
}  # fmt: skip
_LENGTH = re.compile(
    rf"\b(?P<count>{'|'.join(_COUNTS)}|\d{{1,2}})[\s-]*(?P<unit>months?|weeks?|quarters?)\b(?:\s+(?:period\s+)?ended)?"
    r"|\b(?P<quarter>(?:fiscal\s+)?quarter(?:ly\s+period)?)\s+ended\b"
    r"|\b(?P<year>(?:fiscal\s+)?years?)\s+end(?:ed|ing)\b"
    r"|\b(?P<half>half[\s-]year(?:\s+ended)?|h[12](?=\s*[-/]?\s*(?:19|20)\d{2}))",
    re.IGNORECASE,
)
_MONTHS_OF = {13: 3, 26: 6, 39: 9, 52: 12, 53: 12}
_YEAR_TO_DATE = re.compile(r"\b(?:ytd|year[\s-]to[\s-]date)\b", re.IGNORECASE)
_CHANGE = re.compile(
    r"\b(?:change[sd]?|variance|vs\.?|versus|increase|decrease|growth|difference|delta)\b|±", re.IGNORECASE
)
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b")
_NO_MATTER = re.compile(
    r"\bpart\s+[ivx]+\b|\bitem\s+\d+[a-z]?\b|financial (?:information|statements)|table of contents"
    r"|(?:condensed |consolidated )*statements? of (?:comprehensive |financial |cash )?\w+"
    r"|(?:comprehensive )?income statements?"
    r"|\((?:unaudited|audited|note[^)]*|\d{1,2}|[a-z])\)"
    r"|\b(?:unaudited|audited|as of|as at|at|on|in|thousands|millions|billions|ended|ending|the|for|to)\b"
    r"|[$€£¥%*†‡:,;.()]",
    re.IGNORECASE,
)
_WORDS_OF_LENGTH = {1: "month", 3: "three months", 6: "six months", 9: "nine months", 12: "twelve months"}


@dataclass(frozen=True, slots=True)
class ColumnPeriod:
    """A period as a column has it.

    ``order`` is the ISO day it ends (of a quarter or year that is only named, the day a calendar gives it: it sorts,
    and is never shown). ``months`` is its length, 0 for a moment and None where the header leaves it open. ``named`` is
    the period where the header names one (``Q3 2023``) instead of a day. ``qualifier`` is what else the header says.
    """

    order: str
    months: int | None
    named: Period | None = None
    qualifier: str = ""

    @property
    def kind(self) -> tuple[int | None, bool, str]:
        """What two columns must share to stand in one line."""
        return self.months, self.named is not None, self.qualifier

    @property
    def label(self) -> str:
        """As an answer writes it: ``the three months ended July 1, 2023``, ``July 1, 2023``, ``Q3 2023``."""
        named = self.named.label if self.named is not None else self._dated_label
        return f"{named} ({self.qualifier})" if self.qualifier else named

    @property
    def short(self) -> str:
        """In few characters, without its length: ``Jul 1, 2023``, ``Q3 2023``."""
        if self.named is not None:
            short = self.named.label
        else:
            day = date.fromisoformat(self.order)
            short = f"{day:%b} {day.day}, {day.year}"
        return f"{short} ({self.qualifier})" if self.qualifier else short

    @property
    def each(self) -> str:
        """What a value stands for, where it is not a moment or a named period: ``per quarter``, ``per six months``."""
        if self.named is not None or not self.months:
            return ""
        names = {1: "month", 3: "quarter", 12: "year"}
        return f"per {names.get(self.months) or _WORDS_OF_LENGTH.get(self.months, f'{self.months} months')}"

    @property
    def _dated_label(self) -> str:
        day = written_day(date.fromisoformat(self.order))
        if not self.months:
            return day
        if self.months == 12:
            return f"the year ended {day}"
        return f"the {_WORDS_OF_LENGTH.get(self.months, f'{self.months} months')} ended {day}"

    @property
    def phrase(self) -> str:
        """With its preposition: ``in the three months ended July 1, 2023``, ``on July 1, 2023``."""
        return f"{'on' if self.named is None and not self.months else 'in'} {self.label}"


def written_day(day: date) -> str:
    """A day as an answer writes it: ``July 1, 2023``."""
    return f"{day:%B} {day.day}, {day.year}"


@lru_cache(maxsize=8192)
def column_period(header: str, context: str = "") -> ColumnPeriod | None:
    """The period of a column, or None for one without, with several, or of changes between two.

    ``context`` is the table's title and note: a header that is only a year takes the rest from there, where they say it
    once (``For the three months ended September 30``).
    """
    if _CHANGE.search(header):
        return None
    lengths = {_months(match) for match in _LENGTH.finditer(header)}
    if len(lengths) > 1:
        return None
    months = lengths.pop() if lengths else None
    rest = _LENGTH.sub(" ", header)
    dates = find_dates(rest)
    if dates:
        return _dated(rest, dates, months)
    return _named(rest, months, header, context)


def _named(rest: str, months: int | None, header: str, context: str) -> ColumnPeriod | None:
    """A header that names a period instead of a day: ``Q3 2023``, ``2023``."""
    plain, until_now = _YEAR_TO_DATE.sub(" ", rest), _YEAR_TO_DATE.search(rest) is not None
    named = find_periods(plain)
    if len({period for period, _, _ in named}) != 1:
        return None
    period, start, end = named[0]
    if period.day:
        return None
    qualifier = _qualifier(f"{plain[:start]} {plain[end:]}")
    if until_now:
        return ColumnPeriod(_order_of(period), None, period, f"{qualifier} year to date".strip())
    if _MONTH.search(qualifier):
        return _of_year(period, months, header, context, qualifier) if not period.month else None
    if period.quarter or period.month or period.fiscal:
        length = months or (3 if period.quarter else 1 if period.month else 12)
        return ColumnPeriod(_order_of(period), length, period, qualifier)
    return _of_year(period, months, header, context, qualifier)


def _dated(rest: str, dates: list[tuple[date, int, int]], months: int | None) -> ColumnPeriod | None:
    *earlier, (day, start, end) = dates
    if len({one for one, _, _ in dates}) > 1:
        # "January 1 to June 30" names one period by its first and last day; any other two days are two columns in one.
        first = earlier[0][0]
        between = rest[earlier[0][2] : start]
        if len(dates) != 2 or not re.fullmatch(r"\s*(?:to|through|until|[-–])\s*", between):
            return None
        months = months or round((day - first).days / 30.4)
        start = earlier[0][1]
    qualifier = _qualifier(f"{rest[:start]} {rest[end:]}")
    # A month that is left over is one end of a stretch whose length is not said.
    return None if _MONTH.search(qualifier) else ColumnPeriod(day.isoformat(), months or 0, None, qualifier)


def _of_year(period: Period, months: int | None, header: str, context: str, qualifier: str) -> ColumnPeriod | None:
    """A header that names a year and nothing finer, but perhaps a day of it."""
    day = day_in_year(header, period.year)
    if day is not None:
        return ColumnPeriod(day.isoformat(), months or 0, None, _without_day(qualifier))
    if _MONTH.search(qualifier) or re.search(r"\d", qualifier):
        return None
    lengths = {_months(match) for match in _LENGTH.finditer(context)}
    if months is None and len(lengths) == 1:
        months = next(iter(lengths))
        day = _day_of_context(context, period.year)
        if day is not None:
            return ColumnPeriod(day.isoformat(), months, None, qualifier)
    if len(lengths) > 1 or (months is not None and months != 12):
        return None
    return ColumnPeriod(_order_of(period), months, period, qualifier)


def _day_of_context(context: str, year: int) -> date | None:
    """The day in this year on which the table's periods end, where the context names one."""
    days = {day for day, _, _ in find_dates(context)}
    of_year = {day for day in days if day.year == year}
    if len(of_year) == 1:
        return of_year.pop()
    named = {(day.month, day.day) for day in days}
    if len(named) == 1 and not of_year:
        month, day = named.pop()
        return None if (month, day) == (2, 29) else date(year, month, day)
    return day_in_year(context, year) if not days else None


def _months(match: re.Match[str]) -> int:
    if match["count"]:
        count = _COUNTS.get(match["count"].lower()) or int(match["count"])
        if match["unit"].lower().startswith("week"):
            return _MONTHS_OF.get(count, max(1, round(count / 4.345)))
        return count * 3 if match["unit"].lower().startswith("quarter") else count
    if match["quarter"]:
        return 3
    return 12 if match["year"] else 6


def _order_of(period: Period) -> str:
    year, month, day = period.sort_key
    return f"{year:04}-{month:02}-{min(day, 28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31):02}"


def _qualifier(text: str) -> str:
    return " ".join(_NO_MATTER.sub(" ", text).lower().split())


def _without_day(text: str) -> str:
    return " ".join(re.sub(r"\b[a-z]{3,9}\s*\d{1,2}\b", " ", text).split())
