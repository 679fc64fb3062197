"""Numbers as tables write them, units, and numbers as an answer writes them."""

import re
from dataclasses import dataclass

_SIMPLE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_PLAIN = re.compile(r"[-+−]?(?:\d+|\d{1,3}(?:[,  '’]\d{3})+)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?")
_COMMA = re.compile(r"[-+−]?(?:\d+|\d{1,3}(?:[. ]\d{3})+)(?:,\d{1,6})?")
_MONEY = re.compile(r"\A(?:[$€£¥]|USD|EUR|GBP|CHF|JPY)\s*|\s*(?:[$€£¥%]|USD|EUR|GBP|CHF|JPY)\Z")
_SCALES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}

MONEY_SIGNS = frozenset("$€£¥")

NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "nan", "null", "none", "..", "."})
"""What a cell without a value may hold, in lower case."""


def parse_number(cell: str, *, decimal_comma: bool = False) -> float | None:
    """The number that a cell is, or None: ``1,234.5``, ``-3``, ``(3)``, ``12 %``, ``$5``, ``1.234,5``, ``1e6``.

    ``1,234`` and ``1.234`` can each be read in two ways: with ``decimal_comma`` dots group thousands and commas are
    decimal marks, without it the other way round. What fits one way only is read that way.
    """
    if _SIMPLE.fullmatch(cell) and not (decimal_comma and "." in cell):
        return float(cell)
    text = _MONEY.sub("", _MONEY.sub("", cell.strip()))
    negative = text.startswith("(") and text.endswith(")")
    text = _MONEY.sub("", text[1:-1].strip()) if negative else text
    forms = (_COMMA, _PLAIN) if decimal_comma else (_PLAIN, _COMMA)
    form = next((form for form in forms if form.fullmatch(text)), None)
    if form is None:
        return None
    number = re.sub(r"[,\s'’]", "", text) if form is _PLAIN else re.sub(r"[.\s]", "", text).replace(",", ".")
    value = float(number.replace("−", "-"))
    return -value if negative else value


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a table names it (``USD_million``, ``percent_of_revenue``, ``EUR``), taken apart."""

    raw: str
    name: str
    scale: float = 1.0
    scale_word: str = ""

    @property
    def is_share(self) -> bool:
        """Whether values are percentages."""
        return self.name.startswith("%")

    @property
    def label(self) -> str:
        """For an axis: ``USD billion``, ``% of revenue``."""
        return " ".join(part for part in (self.name, self.scale_word) if part)


def parse_unit(raw: str) -> Unit:
    """Take a unit apart; what is not recognised is kept as its name."""
    words = raw.replace("_", " ").split()
    if words and words[0].lower() in ("percent", "%", "pct"):
        return Unit(raw, " ".join(["%", *words[1:]]))
    scale = next((word for word in words if word.lower() in _SCALES), None)
    name = " ".join(word for word in words if word != scale)
    return Unit(raw, name, _SCALES[scale.lower()] if scale else 1.0, scale.lower() if scale else "")


def written(value: float) -> str:
    """The number with thousands separated by commas and no trailing zeros, to at most four significant decimals."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    digits = 2 if abs(value) >= 1 else 4
    text = f"{value:,.{digits}f}".rstrip("0").rstrip(".")
    return text if text not in ("0", "-0") else f"{value:.3g}"


def with_unit(number: str, unit: Unit) -> str:
    """A written number with its unit: ``16 % of revenue``, ``USD 279 billion``, ``-$265 million``, ``12.5 kg``."""
    if unit.name in MONEY_SIGNS:
        sign = "-" if number.startswith("-") else ""
        return " ".join(part for part in (f"{sign}{unit.name}{number.lstrip('-')}", unit.scale_word) if part)
    if unit.is_share:
        return f"{number} {unit.name}"
    if unit.name.isupper() and len(unit.name) == 3:
        return " ".join(part for part in (unit.name, number, unit.scale_word) if part)
    return " ".join(part for part in (number, unit.scale_word, unit.name) if part)


def spellings(value: float, cell: str) -> tuple[str, ...]:
    """How a text may write this value: as the table does, with and without separators."""
    plain = f"{value:.10f}".rstrip("0").rstrip(".")
    return tuple(dict.fromkeys((cell.strip(" %$€£()"), written(value), plain)))


def holds_number(text: str, spelling: str) -> bool:
    """Whether a text has the number as a number of its own, not as a part of a longer one."""
    return re.search(rf"(?<![\d.,]){re.escape(spelling)}(?!\d|[.,]\d)", text) is not None
