"""The words and signs that stand beside numbers: scales, currencies and other units, and patterns that find them."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

Meaning = TypeVar("Meaning", str, float)

SCALES: Final[Mapping[str, float]] = {
    "thousand": 1e3, "thousands": 1e3, "k": 1e3, "K": 1e3, "Tsd": 1e3,
    "million": 1e6, "millions": 1e6, "mn": 1e6, "mln": 1e6, "M": 1e6, "Mio": 1e6, "m": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "bln": 1e9, "B": 1e9, "Mrd": 1e9, "b": 1e9,
    "trillion": 1e12, "trillions": 1e12, "tn": 1e12, "T": 1e12,
}  # fmt: skip

MONEY_SCALES: Final = frozenset({"m", "b", "K"})
"""Scales only beside a currency: ``5m`` may be a length, and ``4K`` a kind of screen."""

SCALE_SYMBOLS: Final = tuple(word for word in SCALES if len(word) == 1)
SCALE_WORDS: Final = tuple(word for word in SCALES if len(word) > 1)

SIGNS: Final[Mapping[str, str]] = {"US$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
CODES: Final = ("USD", "EUR", "GBP", "JPY", "CHF", "INR", "CNY", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "KRW", "BRL")

CURRENCIES: Final[Mapping[str, str]] = {
    **SIGNS, **{code: code for code in CODES},
    "dollar": "USD", "dollars": "USD", "euro": "EUR", "euros": "EUR", "pounds": "GBP", "yen": "JPY",
}  # fmt: skip

SHARES: Final[Mapping[str, str]] = {
    "%": "%", "percent": "%", "per cent": "%", "percentage points": "%", "percentage point": "%", "pp": "%",
    "basis points": "bp", "basis point": "bp", "bps": "bp",
}  # fmt: skip

TIMES: Final[Mapping[str, str]] = {
    f"{word}{plural}": word
    for word in ("second", "minute", "hour", "day", "week", "month", "year")
    for plural in ("", "s")
}

_SYMBOLS: Final = (
    *("kg", "mg", "km", "cm", "mm", "ml", "ft", "mi", "m²", "km/h", "°C", "°F", "kW", "MW", "GW", "kWh", "MWh", "GWh"),
    *("TWh", "MB", "GB", "TB", "ms", "Hz", "kHz", "MHz", "GHz"),
)
_MEASURES: Final[Mapping[str, str]] = {
    **{symbol: symbol for symbol in _SYMBOLS},
    "ton": "t",
    "tons": "t",
    "tonne": "t",
    "tonnes": "t",
    "litres": "l",
    "liters": "l",
    "mile": "mi",
    "miles": "mi",
}

UNITS: Final[Mapping[str, str]] = {**SHARES, **CURRENCIES, **_MEASURES, **TIMES}

_LONGEST_SYMBOL: Final = 3


def either(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first. A word does not end inside another one, and the case of a long
    one is ignored: only short ones (``MW``, ``mW``) mean something else in another case."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    spelt = (f"(?i:{re.escape(word)})" if len(word) > _LONGEST_SYMBOL else re.escape(word) for word in ordered)
    return "|".join(
        pattern + (r"(?!\w)" if word[-1].isalnum() else "") for pattern, word in zip(spelt, ordered, strict=True)
    )


def meant(word: str | None, known: Mapping[str, Meaning]) -> Meaning | None:
    """What a word or a sign found by ``either`` stands for; None for no word."""
    return None if word is None else known.get(word, known.get(word.lower()))
