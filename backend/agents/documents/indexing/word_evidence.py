"""Which words of a text are names: those that it writes with a capital wherever they stand."""

import re
from collections import Counter

MAX_CHARS = 600_000
"""How much of a text is looked at: a name that a document is about is in its first pages as well."""

_WORD = re.compile(r"(?<![\w@/.])([^\W\d_][\w&’'-]*)(?!\w*[@/]|\.\w)")
_MODEL = re.compile(r"(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Z0-9][A-Za-z0-9]{0,7}(?:-[A-Za-z0-9]{1,8}){0,2}")
_LONG_NUMBER = re.compile(r"\d{5,}")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_CAPITALS_OF_NOUNS = 0.2
"""From this share of capitals after a word in lower case, nouns have capitals (German): they are then no evidence."""
_FEWEST_WORDS = 40
_FEW_LOWER = 0.05
_GERMAN = frozenset(
    """der das und den dem des ist wird für nicht ein eine einen einer mit zum zur vom bei auf im oder nach sich sind
    wurde werden beträgt""".split()  # noqa: SIM905
)
_FEWEST_GERMAN, _SHARE_GERMAN = 3, 0.04


class WordEvidence:
    """How a text writes its words."""

    def __init__(self, text: str) -> None:
        self._lower: Counter[str] = Counter()
        self._upper: Counter[str] = Counter()
        self._within: Counter[str] = Counter()
        self._spellings: dict[str, Counter[str]] = {}
        after_lower = capitals = 0
        before, end = "", 0
        for match in _WORD.finditer(text, 0, MAX_CHARS):
            word = _POSSESSIVE.sub("", match[1])
            key = word.casefold()
            follows = before.islower() and text[end : match.start()].strip() in ("", ",")
            after_lower += follows
            if word[0].islower():
                self._lower[key] += 1
            else:
                self._upper[key] += 1
                self._within[key] += follows
                capitals += follows
                self._spellings.setdefault(key, Counter())[word] += 1
            before, end = match[1], match.end()
        has_capitals = after_lower >= _FEWEST_WORDS and capitals > after_lower * _CAPITALS_OF_NOUNS
        self.nouns_have_capitals = has_capitals or self._is_german

    @property
    def _is_german(self) -> bool:
        """Whether the text, however short, has the small words of German."""
        found = sum(self._lower[word] for word in _GERMAN)
        return found >= _FEWEST_GERMAN and found > _SHARE_GERMAN * (self._lower.total() + self._upper.total())

    def count(self, word: str) -> int:
        """How often the word is written with a capital."""
        return self._upper[word.casefold()]

    def is_common(self, word: str) -> bool:
        """Whether the text writes the word in lower case as well."""
        key = word.casefold()
        return self._lower[key] > self._upper[key] * _FEW_LOWER

    def is_name(self, word: str) -> bool:
        """Whether the text writes the word as a name: with a capital within a sentence, and never without."""
        key = word.casefold()
        if self.is_common(word) or not self._upper[key]:
            return False
        return not self.nouns_have_capitals and self._within[key] > 0

    def as_written(self, word: str) -> str:
        """The word as the text mostly writes it."""
        spellings = self._spellings.get(word.casefold())
        return spellings.most_common(1)[0][0] if spellings else word


def is_model(word: str) -> bool:
    """Whether a word is a model or type number such as ``WX-200`` or ``A320``; a long number names nothing."""
    return _MODEL.fullmatch(word) is not None and _LONG_NUMBER.search(word) is None
