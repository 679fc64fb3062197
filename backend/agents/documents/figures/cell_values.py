"""What a cell of a table in a document says: its number, and the unit out of the cell, its row, column and table."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from backend.agents.documents.figures.numbers import NOTHING, Unit, parse_number

_FOOTNOTE = re.compile(r"(?<=[\d)%])\s*(?:\((?:\d|[a-z])\)|\[\d\]|[*†‡]+|[¹²³⁴⁵])\s*\Z")
_SIGN_APART = re.compile(r"\A(?P<sign>[-−(]?)\s*(?P<money>[$€£¥])\s*(?P<open>\()?")
_SHARE = re.compile(r"(?:%|percent|pct|\bpts\b|percentage points?)", re.IGNORECASE)
_POINTS = re.compile(r"\bpts?\b|\bpp\b|percentage points?|\bppt\b", re.IGNORECASE)
_OF_WHOLE = re.compile(r"as a percentage of|percentage of|percent of|in percent|\bin %|% of", re.IGNORECASE)
_PER_ONE = re.compile(r"\bper\s+(?:\w+\s+)?(?:share|unit|ads|security)\b|\beps\b", re.IGNORECASE)
_SHARES = re.compile(
    r"\b(?:shares?\s+(?:used|outstanding|issued|repurchased)|number\s+of\s+shares|weighted[- ]average\s+.*shares?)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:number\s+of|headcount|employees|customers|subscribers|participants|patients|accidents)\b|\(number\)",
    re.IGNORECASE,
)
_SCALE = (
    r"(?P<scale>thousands?|millions?|billions?|trillions?|mio|mrd|bn|mn|(?<=[$€£ ])m|(?<=[$€£ ])k|000s?|tausend|"
    r"mill(?:ionen|iarden))\b\.?"
)
_SCALED = re.compile(
    r"(?:\bin\s+|[$€£¥]\s?|\b(?:usd|eur|gbp|chf|jpy)\s?|['’]|\()(?:[a-z]{2,6}\s+|[$€£¥]\s?)?" + _SCALE, re.IGNORECASE
)
_SHARES_SCALED = re.compile(rf"shares?\b[^;()]{{0,40}}?\bin\s+{_SCALE}", re.IGNORECASE)
_THOUSAND_EURO = re.compile(r"\bT(?:EUR|€|USD|CHF)\b|\bk€|\bEUR\s?k\b")
_LARGEST_SHARE = 1000.0
_FACTORS = {
    "thousand": 1e3, "k": 1e3, "000": 1e3, "000s": 1e3, "tausend": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "mio": 1e6,
    "millionen": 1e6, "billion": 1e9, "bn": 1e9, "mrd": 1e9, "milliarden": 1e9, "trillion": 1e12,
}  # fmt: skip
_WORDS = {1e3: "thousand", 1e6: "million", 1e9: "billion", 1e12: "trillion"}
_MONEY = {
    "$": r"[$]|\busd\b|\bu\.?s\.? dollars?\b|\bdollars?\b",
    "€": r"€|\bt?eur\b|\beuros?\b",
    "£": r"£|\bgbp\b|\bpounds? sterling\b",
    "CHF": r"\bchf\b|\bswiss francs?\b",
    "¥": r"¥|\bjpy\b|\byen\b",
}
_MONEY_FORMS = {sign: re.compile(form, re.IGNORECASE) for sign, form in _MONEY.items()}


@dataclass(frozen=True, slots=True)
class CellValue:
    """The number of a cell as written (``81,797`` is 81797, whatever its scale); its unit carries the scale."""

    number: float
    unit: Unit
    digits: str
    """The number as the cell has it, without signs of currency and percent: ``1.20``, ``-265``."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a cell and may name its unit. ``money`` is the currency sign of the table, empty without."""

    title: str = ""
    note: str = ""
    section: str = ""
    label: str = ""
    column: str = ""
    money: str = ""
    is_share: bool = False
    """Whether other cells of the row are percentages."""


def cell_number(text: str, *, decimal_comma: bool = False) -> float | None:
    """The number in a cell, without footnote marks, signs of currency and percent: ``$ (265)`` is -265, a dash None.

    ``(1)`` alone is -1: only a mark after a figure is a footnote's.
    """
    plain = " ".join(text.replace("\u00a0", " ").split())
    plain = re.sub(r"\s*(?:pts?|pp|ppt|bps|x)\.?\Z", "", plain, flags=re.IGNORECASE)
    if plain.lower() in NOTHING:
        return None
    unmarked = _FOOTNOTE.sub("", plain)
    plain = _SIGN_APART.sub(lambda match: f"{match['sign'] or ''}{match['open'] or ''}", unmarked)
    plain = re.sub(r"\)\s*%", "%)", plain).replace("( ", "(").replace(" )", ")").replace(" %", "%")
    plain = re.sub(r"\A\((.*)%\)\Z", r"(\1)", plain).strip()
    return parse_number(plain, decimal_comma=decimal_comma)


def cell_value(text: str, around: Surroundings, *, decimal_comma: bool = False) -> CellValue | None:
    """The number and unit of a cell, or None for one without a number."""
    number = cell_number(text, decimal_comma=decimal_comma)
    return None if number is None else CellValue(number, unit_of(text, around), _digits(text, number))


def unit_of(text: str, around: Surroundings) -> Unit:
    """The unit of a cell, the nearest word on it first: the cell, then label and column, then note and title."""
    if _POINTS.search(text):
        return Unit("", "percentage points")
    near, wide = f"{around.label} {around.column}", f"{around.note} {around.title}"
    if _SHARE.search(text) or (_is_small(text) and ("%" in near or around.is_share or _says_share(around))):
        return Unit("", "%")
    if _is_of_shares(around):
        scale = _SHARES_SCALED.search(wide)
        return _scaled("shares", _factor(scale) if scale else _scale_of(wide))
    if _PER_ONE.search(f"{around.section} {around.label}"):
        return Unit("", _money_around(text, around))
    if _COUNTED.search(around.label) and not _money_in(text):
        return Unit("", "")
    return _scaled(_money_around(text, around), _scale_of(near) if _SCALED.search(near) else _scale_of(wide))


def _is_small(text: str) -> bool:
    """Whether a number without a sign of its own may be a percentage."""
    return "," not in text and _money_in(text) == "" and abs(cell_number(text) or 0.0) <= _LARGEST_SHARE


def _is_of_shares(around: Surroundings) -> bool:
    if _SHARES.search(around.label):
        return True
    return _SHARES.search(f"{around.section} {around.label}") is not None and not _PER_ONE.search(around.label)


def _money_around(text: str, around: Surroundings) -> str:
    near = f"{around.label} {around.column}"
    return _money_in(text) or _money_in(near) or _money_in(around.note) or around.money


def names_scale(text: str) -> bool:
    """Whether a note names a scale, such as millions."""
    return _SCALED.search(text) is not None or _THOUSAND_EURO.search(text) is not None


def scale_named(text: str) -> str:
    """The scale that a note names, as a note: ``in millions``; empty without one."""
    word = _WORDS.get(_scale_of(text), "")
    return f"in {word}s" if word else ""


def money_of(texts: tuple[str, ...]) -> str:
    """The one currency sign that texts of a table have; empty without any, or with several."""
    found = {sign for text in texts if (sign := _money_in(text))}
    return found.pop() if len(found) == 1 else ""


def _digits(text: str, number: float) -> str:
    found = re.search(r"\d(?:[\d.,'’\s]*\d)?", _FOOTNOTE.sub("", text))
    return f"{'-' if number < 0 else ''}{found[0] if found else number}"


def _says_share(around: Surroundings) -> bool:
    """Whether a table of shares says so once for all its rows."""
    return (
        not _money_in(around.label)
        and _OF_WHOLE.search(f"{around.note} {around.title}") is not None
        and (not _SCALED.search(around.note))
    )


@lru_cache(maxsize=8192)
def _money_in(text: str) -> str:
    return next((sign for sign, form in _MONEY_FORMS.items() if form.search(text)), "")


def _scale_of(text: str) -> float:
    """The first scale that a text names; 1 without any."""
    if _THOUSAND_EURO.search(text):
        return 1e3
    return _factor(match) if (match := _SCALED.search(text)) else 1.0


def _factor(match: re.Match[str]) -> float:
    word = match["scale"].lower().rstrip(".")
    return _FACTORS.get(word) or _FACTORS[word.removesuffix("s")]


def _scaled(name: str, scale: float) -> Unit:
    return replace(Unit("", name, scale), scale_word=_WORDS.get(scale, ""))
