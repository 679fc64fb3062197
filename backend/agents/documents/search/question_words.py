"""The words of a question as they may name somebody: how they are written, and how far two spellings are apart."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.agents.documents.indexing.profile import subject_key
from backend.agents.documents.periods import find_periods
from backend.agents.documents.search.stop_words import STOP_WORDS
from backend.agents.documents.search.vocabulary import WEAK

_WORD = re.compile(r"[^\W_]+(?:[.&’'+-][^\W_]+)*")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])\Z")
_SENTENCE_START = re.compile(r"(?:\A|[.!?:]\s|[\"“])\W*\Z")
_CALENDAR_WORDS = """
january february march april may june july august september october november december monday tuesday wednesday thursday
friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays weekday weekdays weekend
weekends spring summer autumn winter montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag montags
dienstags mittwochs donnerstags freitags samstags sonntags frühling frühjahr sommer herbst lundi mardi mercredi jeudi
vendredi samedi dimanche i q1 q2 q3 q4 fy form
"""
NO_NAMES = frozenset(_CALENDAR_WORDS.split()) | WEAK
"""Words that name nobody, however they are written."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: ``text`` without its possessive ending."""

    text: str
    start: int
    end: int
    is_capital: bool
    is_first: bool
    is_possessive: bool

    @property
    def key(self) -> str:
        """The word as names are looked up."""
        return subject_key(self.text)

    @property
    def may_name(self) -> bool:
        """Whether it is written as a name, and is not a word of the calendar."""
        written = self.is_possessive or (self.text[0].isupper() and not self.is_first)
        return written and self.key not in NO_NAMES and self.key not in STOP_WORDS


def words_of(text: str) -> Iterator[Word]:
    """The words of a question, without those of the periods that it names."""
    periods = [(start, end) for _, start, end in find_periods(text)]
    for match in _WORD.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in periods):
            continue
        bare = _POSSESSIVE.sub("", match[0])
        yield Word(
            bare,
            match.start(),
            match.end(),
            is_capital=bare[0].isupper() or any(sign.isdigit() for sign in bare),
            is_first=_SENTENCE_START.search(text[: match.start()]) is not None,
            is_possessive=bare != match[0],
        )


def runs_of(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words side by side, together; a possessive ends a run."""
    run: list[Word] = []
    for word in words:
        if run and (word.start - run[-1].end > 1 or run[-1].is_possessive):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def numbers_of_names(text: str, names: Sequence[str], documents: Sequence[str]) -> Iterator[str]:
    """The numbers right after these names in a question (``flat 7``) that the names of all the documents have: they
    have chosen the documents, and no sentence needs them."""
    for name in names:
        for match in re.finditer(rf"\b{re.escape(name)}\s+(\d{{1,4}})\b", text):
            if documents and all(re.search(rf"\b{match[1]}\b", document) for document in documents):
                yield match[1]


def letters_apart(one: str, other: str) -> int:
    """Letters to change, add, leave out or swap with their neighbour to make one word the other."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        current = [row]
        for column, against in enumerate(other, start=1):
            cost = min(above[column] + 1, current[-1] + 1, above[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, above = above, current
    return above[-1]
