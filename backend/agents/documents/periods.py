"""Periods as people write them: ``FY2027 Q2``, ``second quarter of fiscal 2027``, ``2024-05``, ``May 2024``, ``2024``.

A fiscal year is never turned into a calendar year: the two are different years.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from backend.agents.documents import months

_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_FISCAL = r"(?:fy|fiscal(?:\s+year)?)"
_MONTH = rf"(?P<name>{months.NAMES})"
_ORDINAL = rf"(?P<ordinal>{'|'.join(_ORDINALS)})"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_CENTURY = r"(?P<year>(?:19|20)\d{2})"
_LONGEST_KEPT = 1_000
"""Characters of a text, such as a sentence, whose periods are kept for the next question about it."""
_TWO_DIGITS = re.compile(r"\d\d")
_FIRST_OF_LAST_CENTURY = 70
"""From which a year of two digits is one of the last century."""
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b(?P<fiscal>{_FISCAL})\s*'?(?P<year>\d{{4}}|\d{{2}})\s*[-/ ]?\s*q(?P<quarter>[1-4])\b",
        rf"\bq(?P<quarter>[1-4])\s*[-/, ]?\s*(?:of\s+)?(?P<fiscal>{_FISCAL})\s*'?(?P<year>\d{{4}}|\d{{2}})\b",
        rf"\b{_ORDINAL}\s+(?:(?P<fiscal>fiscal)\s+)?quarter\s+(?:of\s+|in\s+)?(?:the\s+)?(?:year\s+)?{_CENTURY}\b",
        rf"\b{_ORDINAL}\s+quarter\s+(?:of\s+|in\s+)?(?:the\s+|our\s+)?(?P<fiscal>{_FISCAL})\s*(?P<year>\d{{4}}|\d{{2}})\b",
        rf"\b(?P<fiscal>{_FISCAL})\s*(?P<year>\d{{4}}|\d{{2}}),?\s+{_ORDINAL}\s+quarter\b",
        rf"\b{_CENTURY}\s+{_ORDINAL}\s+quarter\b",
        r"\b(?P<year>(?:19|20)\d{2})\s*[-/ ]?\s*q(?P<quarter>[1-4])\b",
        r"\bq(?P<quarter>[1-4])\s*[-/, ]?\s*(?:of\s+)?(?P<year>(?:19|20)\d{2})\b",
        r"\bq(?P<quarter>[1-4])\s*['’](?P<year>\d{2})\b",
        r"\b(?P<quarter>[1-4])q\s*['’]?(?P<year>(?:19|20)\d{2}|\d{2})\b",
        rf"\b(?P<fiscal>{_FISCAL})\s*'?(?P<year>\d{{4}}|\d{{2}})\b",
        r"\b(?P<year>(?:19|20)\d{2})[-/](?P<month>0[1-9]|1[0-2])(?:[-/](?P<day>0[1-9]|[12]\d|3[01]))?\b",
        r"\b(?P<day>0?[1-9]|[12]\d|3[01])\.(?P<month>0?[1-9]|1[0-2])\.(?P<year>(?:19|20)\d{2})\b",
        # With a day above 12 it is clear which of the two numbers is the month.
        rf"\b(?P<month>0?[1-9]|1[0-2])/(?P<day>1[3-9]|2\d|3[01])/{_CENTURY}\b",
        rf"\b(?P<day>1[3-9]|2\d|3[01])/(?P<month>0?[1-9]|1[0-2])/{_CENTURY}\b",
        rf"\b{_MONTH}\.?\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_CENTURY}\b",
        rf"\b{_DAY}(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?{_MONTH}\.?,?\s+(?:de\s+)?{_CENTURY}\b",
        rf"\b(?!mars\b){_MONTH}\.?,?\s+(?:of\s+|de\s+)?{_CENTURY}\b",
        r"\b(?P<year>(?:19|20)\d{2})\b",
    )
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A year, or a quarter, month or day of one; ``fiscal`` years are the company's own."""

    year: int
    quarter: int = 0
    month: int = 0
    day: int = 0
    fiscal: bool = False

    @property
    def label(self) -> str:
        """The period as it is shown, such as ``FY2027 Q2``."""
        if self.month:
            return f"{self.year}-{self.month:02}" + (f"-{self.day:02}" if self.day else "")
        return f"{'FY' if self.fiscal else ''}{self.year}" + (f" Q{self.quarter}" if self.quarter else "")

    @property
    def sort_key(self) -> tuple[int, int, int]:
        """Order in time among periods of one kind; a whole year stands at its end."""
        month = self.month or (self.quarter * 3 if self.quarter else 12)
        return self.year, month, self.day or 31

    @property
    def end(self) -> date:
        """Its last day by the calendar."""
        year, month, _ = self.sort_key
        last = monthrange(year, month)[1]
        return date(year, month, min(self.day or last, last))

    def contains(self, other: "Period") -> bool:
        """Whether ``other`` is this period or a part of it. A bare year also contains fiscal periods of its name."""
        return (
            self.year == other.year
            and (self.fiscal == other.fiscal or not self.fiscal)
            and (not self.quarter or self.quarter == (other.quarter or (other.month + 2) // 3))
            and (not self.month or self.month == other.month)
            and (not self.day or self.day == other.day)
        )

    def shifted(self, unit: str, by: int) -> "Period | None":
        """The period so many units later (earlier, if negative): ``quarter``, ``month`` or ``year``; any other word
        means a period of this one's own length. None if this one is not a quarter or month to count from."""
        if unit not in ("quarter", "month", "year"):
            unit = "quarter" if self.quarter else "month" if self.month else "year"
        if self.day or (unit == "quarter" and not self.quarter) or (unit == "month" and not self.month):
            return None
        if unit == "year":
            return replace(self, year=self.year + by)
        if unit == "quarter":
            years, place = divmod(self.quarter - 1 + by, 4)
            return replace(self, year=self.year + years, quarter=place + 1)
        years, place = divmod(self.month - 1 + by, 12)
        return replace(self, year=self.year + years, month=place + 1)

    @property
    def _day_and_month(self) -> list[tuple[str, str]]:
        """Both orders in which a date in numbers may have them, with and without leading zeros."""
        pairs = [(str(self.month), str(self.day)), (f"{self.month:02}", f"{self.day:02}")]
        return [pair for one, two in pairs for pair in ((one, two), (two, one))]

    def spellings(self) -> tuple[str, ...]:
        """How a document may write the period."""
        short, quarter = f"{self.year % 100:02}", self.quarter
        if self.month:
            name, others = months.ENGLISH[self.month - 1], months.OTHERS[self.month]
            if self.day:
                numbers = {f"{one} {two} {self.year}" for one, two in self._day_and_month}
                spelt = [f"{self.day} {one} {self.year}" for one in (name, *others)]
                return self.label, f"{name} {self.day} {self.year}", *spelt, *sorted(numbers)
            return self.label, *(f"{one} {self.year}" for one in (name, name[:3], *others))
        fiscal = [f"fy{self.year}", f"fy {self.year}", f"fy{short}", f"fiscal {self.year}", f"fiscal year {self.year}"]
        years = fiscal if self.fiscal else [str(self.year), *fiscal]
        if not quarter:
            return tuple(years)
        ordinal = next(name for name, number in _ORDINALS.items() if number == quarter)
        forms = ("{y} q{q}", "{y}q{q}", "q{q} {y}", "q{q} of {y}", "{o} quarter of {y}", "{o} quarter {y}")
        return tuple(form.format(y=year, q=quarter, o=ordinal) for year in years for form in forms)


def find_periods(text: str) -> list[tuple[Period, int, int]]:
    """Every period named in the text with its range, in order; of two that overlap the more exact one."""
    # Every form has two digits in a row.
    if not _TWO_DIGITS.search(text):
        return []
    return list(_kept_periods(text) if len(text) <= _LONGEST_KEPT else _periods_in(text))


@lru_cache(maxsize=8192)
def _kept_periods(text: str) -> tuple[tuple[Period, int, int], ...]:
    return _periods_in(text)


def _periods_in(text: str) -> tuple[tuple[Period, int, int], ...]:
    found: list[tuple[Period, int, int]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            is_new = not any(start < match.end() and match.start() < end for _, start, end in found)
            if is_new and (period := _period(match)):
                found.append((period, *match.span()))
    return tuple(sorted(found, key=lambda item: item[1]))


@lru_cache(maxsize=8192)
def parse_period(label: str) -> Period | None:
    """The period that a label is, all of it, or None."""
    for form in _FORMS:
        if (match := form.fullmatch(label.strip())) and (period := _period(match)):
            return period
    return None


def _period(match: re.Match[str]) -> Period | None:
    """The period that was matched; none for a day that the calendar does not have."""
    parts = match.groupdict()
    year = int(parts["year"])
    named = months.NUMBERS[parts["name"].lower()] if parts.get("name") else 0
    period = Period(
        year=year + (2000 if year < _FIRST_OF_LAST_CENTURY else 1900 if year < 100 else 0),
        quarter=int(parts.get("quarter") or 0) or _ORDINALS.get((parts.get("ordinal") or "").lower(), 0),
        month=int(parts.get("month") or 0) or named,
        day=int(parts.get("day") or 0),
        fiscal=bool(parts.get("fiscal")),
    )
    return period if period.day <= monthrange(period.year, period.month or 1)[1] else None
