"""What a question asks for: its content words and phrases, the periods it names, and the direction it asks about."""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

from backend.agents.documents.periods import Period, find_periods
from backend.agents.documents.search.framing_words import FRAMING
from backend.agents.documents.search.stop_words import STOP_WORDS
from backend.agents.documents.search.vocabulary import (
    CHANGING,
    FALLING,
    FRAMING_FACTOR,
    HIGHEST,
    LOWEST,
    RISING,
    WEAK,
    WEAK_FACTOR,
    related,
)

Direction = Literal["", "rising", "falling", "changing"]
Extreme = Literal["", "highest", "lowest"]

_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{2,80})[\"”“»]")
_WORD = re.compile(r"[^\W_]+(?:[.'’&+-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_ELIDED = re.compile(r"\A[^\W_]{1,2}['’](?=[^\W_]{3})")
_MOST_CONCEPTS = 24
_ASIDE = re.compile(
    r"""(?:
        (?<=\w)\W*(?:,|\band\b|\bor\b|;)\s*(?:and\s+|or\s+)?(?:what|how|why|who|where|which|if\s+so|if\s+any)\b
        (?=[^.?!;]*\b(?:this|that|these|those|it|its|they|their|them|so)\b)[^.?!;]*
      | (?<=[.?!])\s*(?:if\s+so|please|list|detail|describe|explain|provide|give|also)\b[^.?!]*
      | ,?\s+(?:particularly|especially|in\s+particular|notably|above\s+all)\b[^.?!;,]*
      | \s+(?:in|within|under|from)\s+(?:the|its|their)\s+(?:[\w&-]+\s+){1,3}(?:section|chapter|part|appendix)\b
      | \s+to\s+(?:understand|determine|assess|evaluate|gauge)\b[^.?!;]*
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""A part of a question that asks more about its matter, or says where it may stand: ", and what might this mean",
"especially new ones", "in the human resources section", "Please list these"."""
ASIDE_FACTOR = 0.35
_TRANSACTION = re.compile(
    r"""(\b(?:how\ (?:much|many)|what|which)\s+(?!(?:do|does|did|is|are|was|were|must|should|will|can)\b)
        [^\W\d_]+(?:\s+[^\W\d_]+){0,3}?\s+(?:do|does|did|must|should|will|can)\b[^?.]*?)
        \b(?:pay|owe|receive|charge|earn|own|spend|hold)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""``How much deposit does the tenant pay``: the noun is asked for, and the verb only says whose it is."""
_TAKING_PLACE = re.compile(
    r"\b(?:tak(?:e|es|en|ing)|took)\s+place\b|\b(?:a|ont|aura|auront|avoir|avait|eu|t-il|t-elle)\s+lieu\b",
    re.IGNORECASE,
)
"""That something happens, in words which say of nothing what it is."""
_EDGE_OF_PERIOD = re.compile(
    r"\b(?:end|close|beginning|start|ende|anfang|fin|début)\s+(?:(?:of|de|des)\s+)?(?:the\s+)?\Z", re.IGNORECASE
)
"""``at the end of 2023``: the period is meant, and its end needs no word in the text."""
_OPENING_WORDS = "is are was were has have had do does did will can could should"
_OPENINGS = frozenset(_OPENING_WORDS.split())

RELATED_FACTOR = 0.8
"""How much a related word counts against the word itself."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing asked for: the word as asked, what stands for it with how much it counts, and how much it matters."""

    word: str
    phrases: tuple[tuple[str, float], ...]
    importance: float = 1.0
    kind: Literal["word", "phrase", "period"] = "word"


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart. Without concepts there is nothing to search for."""

    text: str
    concepts: tuple[Concept, ...]
    periods: tuple[Period, ...] = ()
    direction: Direction = ""
    is_yes_or_no: bool = False
    extreme: Extreme = ""
    """Whether it asks for the highest or the lowest value."""

    def with_importance(self, importance: tuple[float, ...]) -> "Question":
        """The same question with each concept's importance multiplied."""
        pairs = zip(self.concepts, importance, strict=True)
        return replace(self, concepts=tuple(replace(one, importance=one.importance * by) for one, by in pairs))


def understand(text: str) -> Question:
    """Take a question apart. Never fails: any text is a question."""
    clean = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8")).replace("\x00", " ")
    periods = find_periods(clean)
    rest = list(clean)
    for _, start, end in periods:
        edge = _EDGE_OF_PERIOD.search(clean, 0, start)
        first = edge.start() if edge else start
        rest[first:end] = " " * (end - first)
    unread = _TAKING_PLACE.sub(" ", _TRANSACTION.sub(r"\1 ", "".join(rest)))
    phrases = [match[1].strip() for match in _QUOTED.finditer(unread)]
    words = _content_words(_QUOTED.sub(" ", unread))
    concepts = [_phrase(phrase) for phrase in phrases if _WORD.search(phrase)]
    aside = words_aside(unread)
    concepts += [_concept(word, ASIDE_FACTOR if word in aside else 1.0) for word in words]
    if periods:
        concepts.append(_period_concept([period for period, _, _ in periods]))
    every = [match[0].lower() for match in _WORD.finditer(clean)]
    return Question(
        text=clean,
        concepts=tuple(concepts[:_MOST_CONCEPTS]),
        periods=tuple(period for period, _, _ in periods),
        direction=_direction(every),
        is_yes_or_no=bool(every) and every[0] in _OPENINGS,
        extreme="highest" if not HIGHEST.isdisjoint(every) else "lowest" if not LOWEST.isdisjoint(every) else "",
    )


def _bare(word: str) -> str:
    return _ELIDED.sub("", _POSSESSIVE.sub("", word.lower()))


def _content_words(text: str) -> list[str]:
    """The words in lower case, each once, without those that say nothing. An abbreviation (US, IT) is kept."""
    shouted = text.isupper()
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        word = _bare(match[0])
        abbreviation = match[0].isupper() and len(match[0]) > 1 and not shouted
        if word and (abbreviation or word not in STOP_WORDS):
            found[word] = None
    return list(found)


def _direction(words: list[str]) -> Direction:
    if not RISING.isdisjoint(words):
        return "rising"
    if not FALLING.isdisjoint(words):
        return "falling"
    return "changing" if not CHANGING.isdisjoint(words) else ""


def words_aside(text: str) -> frozenset[str]:
    """The words in lower case that only stand in a part that asks further about what another part is about."""
    main = _ASIDE.sub(" ", text)
    return frozenset(_content_words(text)) - frozenset(_content_words(main))


def _concept(word: str, factor: float) -> Concept:
    phrases = ((word, 1.0), *((other, RELATED_FACTOR) for other in related(word)))
    weight = FRAMING_FACTOR if word in FRAMING else WEAK_FACTOR if word in WEAK else 1.0
    return Concept(word, phrases, weight * factor)


def _phrase(phrase: str) -> Concept:
    return Concept(phrase, ((phrase, 1.0),), 2.0, "phrase")


def _period_concept(periods: list[Period]) -> Concept:
    """All periods of the question as one: a passage about any of them is wanted."""
    spellings = dict.fromkeys(spelling for period in periods for spelling in period.spellings())
    return Concept(", ".join(period.label for period in periods), tuple((one, 1.0) for one in spellings), 1.0, "period")
