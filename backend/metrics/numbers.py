"""Numbers in text: how people write them, and when two of them say the same.

``$81,797 million``, ``81.8 billion``, ``(95)``, ``12,5 %``, ``1.234.567`` and ``3k`` are numbers with a magnitude, a
scale where one is written, and a unit. A *figure* is a number with a unit or a scale, or of at least three digits: what
an answer is about, and not a year, a list number or part of a name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from backend.metrics.number_words import (
    CODES,
    CURRENCIES,
    MONEY_SCALES,
    SCALE_SYMBOLS,
    SCALE_WORDS,
    SCALES,
    TIMES,
    UNITS,
    either,
    meant,
)

TOLERANCE: Final = 0.005
"""Two magnitudes say the same within this share of the expected one."""

FIGURE_DIGITS: Final = 3
"""A number without a unit is a figure from this many digits on."""

_FACTORS: Final = (1e3, 1e6, 1e9, 1e12)
"""What a number without a scale may be counted in."""

_MONEY_BEFORE: Final = rf"(?:US\$|[$€£¥₹]|(?<!\w)(?:{'|'.join(CODES)})\s?)"
_DIGITS: Final = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!,?\d)"
    "|\\d{1,3}(?:[\u00a0\u202f\u2009'’]\\d{3})+(?:[.,]\\d+)?(?!\\d)"
    r"|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?(?![.,]?\d)"
    r"|\d{1,3}(?:\.\d{3})+,\d+(?![.,]?\d)"
    r"|\d+,\d+(?![.,]?\d)"
    r"|\d*\.\d+(?![.,]?\d)"
    r"|\d+(?![.,]?\d)"
)
_NUMBER: Final = re.compile(
    rf"(?<![\w.,])(?P<sign>(?<![\w)])[+\-−–])?\s?(?P<before>{_MONEY_BEFORE})?\s?(?P<open>\()?(?P<inner>{_MONEY_BEFORE})?"
    rf"(?P<inner_sign>[+\-−])?(?<![\w])(?P<digits>{_DIGITS})"
    r"(?:(?P<exponent>[eE][+-]?\d{1,3})(?!\w))?"
    r"(?P<close>\s?%?\))?"
    rf"(?:(?:[\s-]?(?P<word>{either(SCALE_WORDS)})|(?P<symbol>\s?(?:{either(SCALE_SYMBOLS)})))\.?)?"
    rf"(?:[\s-]?(?P<unit>{either(UNITS)}))?"
)
_NAME_AFTER: Final = re.compile(r"-?[A-Za-z_]")
"""What makes a number part of a name: ``10-K``, ``3rd``, ``5b``."""

_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_PERIOD_BEFORE: Final = re.compile(r"(?i:\b(?:next|last|past|prior|previous|first|trailing|following)\s+(?:the\s+)?)\Z")
_PERIOD_AFTER: Final = re.compile(r"(?i:[\s-]+(?:period|ended|ending)\b)")
_LONGEST_BEFORE: Final = 30
"""Characters before a number among which a word such as "next" makes a period of it."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: ``magnitude`` times ``scale``, which is None where no scale stands beside it.

    ``sign`` is ``+`` or ``-`` where one is shown (parentheses are a minus), else empty. ``unit`` is ``%``, a currency's
    code, another unit, or empty. ``digits`` counts the digits from the first one that is not 0. ``alternative`` is the
    other reading of ``1.234``, where a point may also group thousands; None for all else.
    """

    magnitude: float
    scale: float | None = None
    unit: str = ""
    sign: str = ""
    digits: int = 0
    text: str = ""
    alternative: float | None = None
    is_year: bool = False

    @property
    def is_figure(self) -> bool:
        """Whether it has a unit, a scale or at least three digits, and is not a year."""
        return not self.is_year and (self.digits >= FIGURE_DIGITS or self.unit != "" or self.scale is not None)

    @property
    def readings(self) -> tuple[float, ...]:
        """The magnitude, and the other one that the same digits may mean."""
        return (self.magnitude,) if self.alternative is None else (self.magnitude, self.alternative)

    @property
    def may_be_scaled(self) -> bool:
        """Whether it may be counted in thousands, millions or more without saying so, as cells of a table are."""
        return self.scale is None and self.digits >= FIGURE_DIGITS and not self.is_year and self.unit not in ("%", "bp")

    def says(self, found: "Number") -> bool:
        """Whether ``found`` says the same as this expected number: within 0.5 %, in a unit that does not contradict.

        A number without a scale may stand for thousands, millions, billions or trillions, as in a table "in millions",
        if it has three digits or more and is not a year or a percentage. A sign contradicts only the other sign: "fell
        by 5 %" and "(5) %" are the same.
        """
        if self.unit and found.unit and self.unit != found.unit:
            return False
        if {self.sign, found.sign} == {"+", "-"}:
            return False
        return any(
            _alike(mine * factor, theirs * factor_found)
            for mine in self.readings
            for theirs in found.readings
            for factor, factor_found in _factors(self, found)
        )


def _factors(expected: Number, found: Number) -> Iterator[tuple[float, float]]:
    """The scales under which two numbers are compared."""
    mine, theirs = expected.scale or 1.0, found.scale or 1.0
    yield mine, theirs
    if "%" in (expected.unit, found.unit):
        return
    for factor in _FACTORS:
        if found.may_be_scaled and (expected.scale is not None or expected.may_be_scaled):
            yield mine, factor
        if expected.may_be_scaled and (found.scale is not None or found.may_be_scaled):
            yield factor, theirs


def _alike(expected: float, found: float) -> bool:
    return abs(expected - found) <= TOLERANCE * abs(expected)


def numbers(text: str) -> tuple[Number, ...]:
    """Every number in the text, in order. Digits inside words (``Q3``, ``10-K``) are not numbers."""
    return tuple(number for number, _, _ in _found(text))


def figures(text: str, question: str = "") -> tuple[Number, ...]:
    """The figures of a text, each once: numbers with a unit, a scale, a % or at least three digits.

    Years, quarters, lengths of a period ("the next 12 months", "the 9 months ended") and numbers of the question are
    not figures.
    """
    asked = {(number.magnitude, number.scale) for number in numbers(question)}
    kept: dict[tuple[float, float | None, str], Number] = {}
    for number, start, end in _found(text):
        if (
            number.is_figure
            and (number.magnitude, number.scale) not in asked
            and not _is_period(number, text, start, end)
        ):
            kept.setdefault((number.magnitude, number.scale, number.unit), number)
    return tuple(kept.values())


def _is_period(number: Number, text: str, start: int, end: int) -> bool:
    if number.unit not in TIMES.values():
        return False
    before = _PERIOD_BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start)
    return before is not None or _PERIOD_AFTER.match(text, end) is not None


def written_number(text: str) -> Number | None:
    """The number that a text is, such as ``1.2 billion`` or ``-5 %``; None where it is anything else."""
    found = list(_found(text))
    if len(found) != 1 or text[: found[0][1]].strip() or text[found[0][2] :].strip():
        return None
    return found[0][0]


def _found(text: str) -> Iterator[tuple[Number, int, int]]:
    """Every number with its place in the text."""
    for match in _NUMBER.finditer(text):
        if not _NAME_AFTER.match(text, match.end()):
            yield _number(match), match.start(), match.end()


def _number(match: re.Match[str]) -> Number:
    digits, money, close = match["digits"], match["before"] or match["inner"], match["close"] or ""
    scale = meant(match["word"], SCALES) or _symbolic_scale(match["symbol"], of_money=money is not None)
    unit = "%" if "%" in close else meant(match["unit"], UNITS) or ""
    if money and unit != "%":
        unit = CURRENCIES[money.strip()]
    plain, alternative = _plain(digits)
    return Number(
        magnitude=float(f"{plain}{match['exponent'] or ''}"),
        scale=scale,
        unit=unit,
        sign=_sign(match),
        digits=len(re.sub(r"\D", "", digits).lstrip("0")),
        text=_trimmed(match[0]),
        alternative=None if scale else alternative,
        is_year=bool(_YEAR.fullmatch(digits)) and not unit and not scale,
    )


def _symbolic_scale(symbol: str | None, *, of_money: bool) -> float | None:
    """What a letter stands for: only beside a currency where it may mean something else, as one that stands apart."""
    if symbol is None or (not of_money and (symbol[0].isspace() or symbol in MONEY_SCALES)):
        return None
    return SCALES[symbol.strip()]


def _sign(match: re.Match[str]) -> str:
    shown = match["inner_sign"] or match["sign"]
    if (match["open"] and match["close"]) or shown in ("-", "−"):
        return "-"
    return "+" if shown == "+" else ""


def _trimmed(text: str) -> str:
    """Without a parenthesis that is not the number's, and without the end of its sentence."""
    text = text.strip().rstrip(".")
    return text if ("(" in text) == (")" in text) else text.strip("() ")


def _plain(digits: str) -> tuple[str, float | None]:
    """The digits as Python reads them, and the other reading of ``1.234``."""
    compact = re.sub("[\u00a0\u202f\u2009'’]", "", digits)
    if "," in compact and "." in compact:
        grouping = "," if compact.rindex(".") > compact.rindex(",") else "."
        compact = compact.replace(grouping, "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(?:,\d{3})+", compact):
        compact = compact.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", compact):
        compact = compact.replace(".", "")
    else:
        compact = compact.replace(",", ".")
    grouped = digits == compact and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", compact)
    return compact, float(compact.replace(".", "")) if grouped else None
