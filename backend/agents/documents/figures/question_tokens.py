"""The words of a question that may name a figure or a member of it, in their plain form, with what stands between."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from backend.agents.documents.figures.measure_words import is_generic, is_little, words_of
from backend.agents.documents.periods import find_periods
from backend.agents.documents.search.stop_words import STOP_WORDS
from backend.agents.documents.search.vocabulary import WEAK

_FILLERS_WORDS = """
expenditure spending cost investment expense trend change shift fluctuation variation pattern comparison activity
program programme impact effect insight detail report reporting filing period quarter year month week fiscal recent
latest position status structure configuration new various different significant substantial notable major main key
factor driver primary chief previous prior past historical earlier financial statement section discussion market
specific report 10-q 10-k ended ending trailing rolling three six nine twelve ttm ltm
"""
_FILLERS = frozenset(_FILLERS_WORDS.split())
_VERBS_WORDS = """
affecting driving influencing regarding including concerning impacting causing explaining seen been relative relate
relates related correlate correlates align aligns stack measure measures across throughout between versus vs against
reflect reflects suggest suggests indicate indicates differ differs
"""
_VERBS = frozenset(_VERBS_WORDS.split())

_BOUNDARY = re.compile(r"[.,;:?!()\"“”]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a question: in its plain form, and as it was written."""

    word: str
    written: str
    is_broken: bool
    """Whether a sign that parts clauses stands before it."""

    @property
    def said(self) -> str:
        """As it was written, in lower case."""
        return self.written.lower()


def tokens_of(text: str, subjects: Collection[str]) -> Iterator[Token]:
    """The words of the question without periods and subjects; what they stood between stays apart."""
    blank = list(text)
    for _, start, end in find_periods(text):
        blank[start:end] = "," * (end - start)
    clean = re.sub(r"\([^)]{0,40}\)", lambda match: " " * len(match[0]), "".join(blank))
    own = {word for subject in subjects for word, _, _ in words_of(subject)}
    last = 0
    for word, start, end in words_of(clean):
        broken = _BOUNDARY.search(clean, last, start) is not None
        last = end
        if word not in own:
            yield Token(word, clean[start:end], broken)


def words_from(tokens: Sequence[Token], start: int) -> tuple[list[str], list[int]]:
    """Words from here on within the clause, without little words, and their places."""
    words: list[str] = []
    places: list[int] = []
    for place in range(start, len(tokens)):
        # The one name with a comma inside is "selling, general and administrative".
        if place > start and tokens[place].is_broken and words[-1:] != ["selling"]:
            break
        if not is_little(tokens[place].word):
            words.append(tokens[place].word)
            places.append(place)
        elif place == start:
            break
        if len(words) > 8:
            break
    return words, places


def says_little(word: str) -> bool:
    """Whether a word in its plain form does not say which row or member is meant."""
    return (
        word in STOP_WORDS or word in WEAK or word in _FILLERS or is_generic(word) or is_little(word) or word.isdigit()
    )


def is_content(token: Token) -> bool:
    """Whether a word may say which member is meant."""
    said = token.said
    return not (says_little(token.word) or said in STOP_WORDS or said in WEAK or said in _VERBS)


def is_filler(word: str) -> bool:
    """Whether a word only says what kind of thing a figure is: a trend, an amount spent, a quarter."""
    return word in _FILLERS


def is_skipped(word: str) -> bool:
    """Words within a name that say nothing: they neither belong to it nor end it."""
    return word in _FILLERS or is_generic(word) or word in WEAK or word in ("the", "its", "their", "more", "other")


def is_verb(token: Token) -> bool:
    """Whether a word ends a name that stands before it, as a verb does."""
    return token.said.endswith("ed") or token.said in _VERBS
