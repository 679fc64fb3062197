"""Names of metrics and columns, taken apart and put into words.

``direct_customer_ge10:2 (nine months)`` has the base ``direct_customer_ge10``, the member ``2`` and a scope. What
belongs to another scope (nine months, full year) or another definition (``[basis: …]``) is another measure: it is never
put into one line with the quarter's.
"""

import re
from dataclasses import dataclass

_BRACKETS = re.compile(r"\s*\[([^\]]*)\]")
_PARENTHESES = re.compile(r"\s*\(([^)]*)\)")
_RESTATED = re.compile(r",?\s*\brestated\b.*\Z", re.IGNORECASE)
_SCOPE = re.compile(
    r"\A(?:the\s+)?(?:(?:three|six|nine|twelve|\d+)[ -]months?|(?:full|half)[ -]year|year[ -]to[ -]date|ytd|annual)\Z",
    re.IGNORECASE,
)
_SCOPE_IN_TEXT = re.compile(r"\b(?:(?:six|nine|twelve)[ -]months?|full[ -]year|year to date)\b", re.IGNORECASE)
_RANK = re.compile(r"\A(?:(?:end\s+)?customer\s+|no\.?\s*|#|rank\s*|top\s*)?(?:[A-Z]|\d{1,3})\Z", re.IGNORECASE)
_THRESHOLD = re.compile(r"\bge(\d+)\b")
_TOTALS = frozenset({"sum", "total", "all", "overall"})
_AGGREGATES = frozenset({"count", "number", "average", "mean", "median", "min", "max"})
_CAPITALS = frozenset({"us", "uk", "eu", "ai", "oem", "hk", "hr", "it", "vat", "ebit", "ebitda", "usd", "eur", "gbp"})
_COLUMN_UNIT = re.compile(
    r"\A(?P<name>.+?)[\s_]*(?:[(\[](?P<given>[^)\]]{1,24})[)\]]|[\s_]in[\s_](?P<named>[\w% ]{1,24})"
    r"|[\s_](?P<known>(?:"
    r"(?:usd|eur|gbp|chf|jpy)(?:_(?:thousand|million|mn|billion|bn))?|percent|pct|kg|t|km|hours|days)))\Z",
    re.IGNORECASE,
)
_POINT_IN_TIME = re.compile(
    r"receivable|payable|inventor|commitment|obligation|balance|cash|debt|headcount|employees|backlog|stock|assets|equity",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MetricName:
    """A metric's name in parts; what it does not have is empty."""

    raw: str
    base: str
    member: str = ""
    definition: str = ""
    """How it is counted, such as ``basis: billing location``."""
    scope: str = ""
    """The stretch of time it covers where the name says so, such as ``nine months``."""
    is_restated: bool = False

    @property
    def is_rank(self) -> bool:
        """Whether the member is a number or letter that is given anew in each period."""
        return _RANK.match(self.member) is not None

    @property
    def is_total(self) -> bool:
        """Whether it is the whole of its base."""
        return not _TOTALS.isdisjoint(re.split(r"[\W_]+", f"{self.base} {self.member}".lower()))

    @property
    def is_aggregate(self) -> bool:
        """Whether it is a sum, count or the like over its base, and so no part of it."""
        return self.is_total or self.member.lower() in _AGGREGATES

    @property
    def is_point_in_time(self) -> bool:
        """Whether it is measured on one day, so that year ends and quarter ends form one line."""
        return _POINT_IN_TIME.search(self.base) is not None

    @property
    def label(self) -> str:
        """The name in words: ``Platform revenue: data center``."""
        member = in_words(self.member, capital=not self.is_aggregate)
        base = in_words(self.base, capital=True)
        if not member:
            return base
        return f"{base} ({member})" if self.is_aggregate else f"{base}: {member}"


def parse_metric(raw: str) -> MetricName:
    """Take a metric's name apart. Notes in parentheses that name no scope are left out of its label."""
    rest = _RESTATED.sub("", raw)
    definition = "; ".join(match[1].strip() for match in _BRACKETS.finditer(rest))
    notes = [match[1].strip() for match in _PARENTHESES.finditer(rest)]
    base, _, member = _PARENTHESES.sub("", _BRACKETS.sub("", rest)).partition(":")
    return MetricName(
        raw=raw,
        base=base.strip(),
        member=member.strip(),
        definition=definition,
        scope=next((note for note in notes if _SCOPE.match(note)), ""),
        is_restated=_RESTATED.search(raw) is not None,
    )


def names_scope(text: str) -> bool:
    """Whether a sentence speaks of six or nine months, a full year or the year to date."""
    return _SCOPE_IN_TEXT.search(text) is not None


def in_words(name: str, *, capital: bool = False) -> str:
    """A column's or metric's name as people write it: blanks for underscores, ``ge10`` as ``of 10 % or more``."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", name.replace("_", " "))
    spelled = " ".join(word.upper() if word in _CAPITALS else word for word in words.split())
    text = _THRESHOLD.sub(r"of \1 % or more", spelled)
    text = "summed" if text == "sum" else text
    return text[:1].upper() + text[1:] if capital else text


def column_unit(column: str) -> tuple[str, str]:
    """A column's name in words, and the unit that it ends in: ``revenue_eur``, ``Weight (kg)``, ``share in %``."""
    match = _COLUMN_UNIT.match(column)
    if match is None:
        return in_words(column, capital=True), ""
    unit = match["given"] or match["named"] or match["known"]
    currency = re.sub(r"\A(?:usd|eur|gbp|chf|jpy)\b", lambda found: found[0].upper(), unit.replace("_", " "))
    return in_words(match["name"], capital=True), currency
