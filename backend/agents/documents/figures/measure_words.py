"""Words of labels and questions in one form, and the measures that they name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from backend.agents.documents.figures.business_measures import LONGEST_NAME, MEASURES

_WORD = re.compile(r"[^\W_]+(?:[&'’.-][^\W_]+)*")
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_LITTLE_WORDS = """
a an the of and or in on for from to by with at as its their our your
"""
_LITTLE = frozenset(_LITTLE_WORDS.split())
_GENERIC_WORDS = """
total overall combined consolidated reported net gross level amount figure number value segment division unit
business company group category line item current condensed unaudited operation result information common corporate
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
"""Words of a label that do not say which thing is counted."""

_UNCHANGED = (
    "series",
    "business",
    "gaming",
    "less",
    "plus",
    "gross",
    "status",
    "analysis",
    "basis",
    "loss",
    "opex",
    "capex",
)
_IRREGULAR = {
    **dict(zip(_UNCHANGED, _UNCHANGED, strict=True)),
    "aws": "aws",
    "losses": "loss",
    "premises": "premise",
    "taxes": "tax",
    "men": "man",
    "women": "woman",
    "children": "child",
}


@lru_cache(maxsize=16384)
def plain_word(word: str) -> str:
    """A word in lower case and in the singular; a possessive ending is cut."""
    plain = re.sub(r"['’]s?\Z", "", word.lower()).replace("’", "'")
    if plain in _IRREGULAR:
        return _IRREGULAR[plain]
    if len(plain) > 4 and plain.endswith("ies"):
        return f"{plain[:-3]}y"
    if len(plain) > 4 and plain.endswith(("sses", "xes", "ches", "shes")):
        return plain[:-2]
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith(("ss", "us", "is")) else plain


@dataclass(frozen=True, slots=True)
class Named:
    """A text as what it names: measures it has, in order, and its other words."""

    measures: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def matter(self) -> frozenset[str]:
        """The words that say which thing is meant."""
        return frozenset(word for word in self.words if word not in _GENERIC)


def is_generic(word: str) -> bool:
    """Whether a word in its plain form leaves open which thing is meant."""
    return word in _GENERIC


@lru_cache(maxsize=65536)
def named(text: str) -> Named:
    """What a label, section or title names. What stands in parentheses is left out where the rest names something."""
    outside = _PARENTHESES.sub(" ", text)
    words = [plain_word(match[0]) for match in _WORD.finditer(outside)]
    measures, others = split_measures([word for word in words if word not in _LITTLE])
    return Named(tuple(measures), tuple(word for word in others if not word.isdigit()))


def split_measures(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The measures that words in their plain form name, the longest name first, and the words left over."""
    measures: list[str] = []
    others: list[str] = []
    place = 0
    while place < len(words):
        length = measure_at(words, place)
        if length:
            measures.append(MEASURES[tuple(words[place : place + length])])
            place += length
        else:
            others.append(words[place])
            place += 1
    return measures, others


def measure_at(words: Sequence[str], place: int) -> int:
    """How many words from ``place`` on name a measure; 0 if none begins there."""
    for length in range(min(LONGEST_NAME, len(words) - place), 0, -1):
        if tuple(words[place : place + length]) in MEASURES:
            return length
    return 0


def words_of(text: str) -> list[tuple[str, int, int]]:
    """The words of a text in their plain form, with their ranges."""
    return [(plain_word(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]


def words_in(text: str) -> list[str]:
    """The words of a text in their plain form, without little ones."""
    return [word for word, _, _ in words_of(text) if word not in _LITTLE]


def is_little(word: str) -> bool:
    """Whether a word is one of the little ones that names of measures leave out."""
    return word in _LITTLE
