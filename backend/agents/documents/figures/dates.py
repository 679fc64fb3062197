"""Days as column headers write them: ``July 1, 2023``, ``31 December 2022``, ``30.06.2023``, ``2023-06-30``."""

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d{2})\b"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b{_NAME}\s*(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s*,?\s+{_YEAR}",
        rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_NAME},?\s+{_YEAR}",
        r"\b(?P<year>(?:19|20)\d{2})-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b",
        rf"\b(?P<day>[0-3]?\d)\.\s?(?P<month>[01]?\d)\.\s?{_YEAR}",
        rf"\b(?P<day>[0-3]?\d)/(?P<month>[01]?\d)/{_YEAR}",
        rf"\b(?P<month>[01]?\d)/(?P<day>[0-3]?\d)/{_YEAR}",
    )
)
_WITHOUT_YEAR = re.compile(rf"\b{_NAME}\s*(?P<day>[0-3]?\d)\b(?!\s*,?\s*(?:19|20)\d{{2}})", re.IGNORECASE)


def find_dates(text: str) -> list[tuple[date, int, int]]:
    """Every day in the text with its range, in order.

    ``4/5/2023``, which can be read in two ways, is not found; neither is a day that its month does not have.
    """
    found: list[tuple[date, int, int]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            day = _day(match)
            if day is not None and not any(start < match.end() and match.start() < end for _, start, end in found):
                found.append((day, *match.span()))
    return sorted(found, key=lambda item: item[1])


def day_in_year(text: str, year: int) -> date | None:
    """The one day that the text names without a year, such as ``September 30``, in this year."""
    found = {
        (_MONTHS.index(match["name"][:3].lower()) + 1, int(match["day"])) for match in _WITHOUT_YEAR.finditer(text)
    }
    return _valid(year, *found.pop()) if len(found) == 1 else None


def _day(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    named = _MONTHS.index(parts["name"][:3].lower()) + 1 if parts.get("name") else 0
    year, month = int(parts["year"]), named or int(parts["month"])
    day = int(parts["day"])
    if "/" in match[0] and day <= 12 and month <= 12 and day != month:
        return None
    return _valid(year, month, day)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
