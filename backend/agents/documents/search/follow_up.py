"""Follow-up questions: which of them lean on the question before, and what both ask for together.

The rule is lexical and knows no meaning. A question leans on the one before if it has no word of its own to search for
("And the quarter before?"), or one or two, which the documents know, and begins or points back like a follow-up ("What
about gaming?", "Did it fall?"). It is then searched with the words of both, its own counting more; a period of its own
stands in the place of the earlier one. A word that the documents do not have makes a question one that stands alone:
it is better not found than answered with something else.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from backend.agents.documents.periods import Period, find_periods
from backend.agents.documents.search.question import Concept, Question, understand
from backend.agents.documents.search.vocabulary import TOPICAL, WEAK

Known = Callable[[Sequence[Concept]], Sequence[bool]]
"""Which of the concepts occur in the documents."""

EARLIER_FACTOR = 1 / 3
"""How much a word of the question before counts against one of the question itself."""

MOST_JOINED = 3
"""How many earlier questions a chain of follow-ups may reach back."""

_FEW_WORDS = 2
_OPENS_LIKE_ONE = re.compile(
    r"\A\W*(?:and|but|also|then|plus|what about|how about|what of|und|wie steht es mit|et|y)\b", re.IGNORECASE
)
_POINTS_BACK = re.compile(r"\b(?:it|its|they|their|them|those|same)\b", re.IGNORECASE)

_UNIT = "quarter|year|month|period|one"
_RELATIVE = re.compile(
    r"\b(?:(?:the|a|one)\s+)?\b(?:"
    rf"(?P<before>{_UNIT})\s+(?:before|earlier|ago|prior)|(?:previous|prior|preceding)\s+(?P<previous>{_UNIT})"
    rf"|(?P<after>{_UNIT})\s+(?:after|later)|(?:next|following)\s+(?P<next>{_UNIT})"
    r")\b(?:\s+(?:that|then|it|this)\b)?",
    re.IGNORECASE,
)
"""A period named by its distance from another one. ``last quarter`` is not one: it may be the newest."""


@dataclass(frozen=True, slots=True)
class RequestInContext:
    """What a question asks for in its conversation."""

    question: Question
    joined: tuple[str, ...] = ()
    """The earlier questions it was read together with, the first of them first; empty for one that stands alone."""
    unresolved: str = ""
    """What points to a period that the earlier questions do not settle, such as ``the quarter before``."""


def understand_in_turn(text: str, earlier: Sequence[str], known: Known) -> RequestInContext:
    """Take a question apart as it is meant after the earlier ones of its conversation, the latest of them last."""
    alone = understand(text)
    if not earlier or not _leans(alone, known):
        return RequestInContext(alone)
    before = understand_in_turn(earlier[-1], earlier[-MOST_JOINED:-1], known)
    return _together(text, before, earlier[-1])


def _leans(question: Question, known: Known) -> bool:
    """Whether the question says too little by itself, and something that can be read with another."""
    own = [one for one in question.concepts if one.kind != "period" and (one.word not in WEAK or one.word in TOPICAL)]
    if not own:
        return bool(question.concepts)
    points = _OPENS_LIKE_ONE.search(question.text) or _POINTS_BACK.search(question.text)
    return points is not None and len(own) <= _FEW_WORDS and all(known(own))


def _together(text: str, before: RequestInContext, last: str) -> RequestInContext:
    """Both questions as one: the words of the earlier one behind, and its periods unless there are new ones."""
    earlier = before.question
    resolved, unresolved = _with_relative_period(text, earlier.periods)
    own = understand(resolved)
    both = understand(f"{resolved} {_without_periods(earlier.text) if own.periods else earlier.text}")
    question = replace(
        _with_manner(both, own, earlier),
        concepts=tuple(_joined(both.concepts, own.concepts, earlier.concepts)),
    )
    return RequestInContext(question, (*before.joined, last), unresolved)


def _joined(both: Sequence[Concept], own: Sequence[Concept], earlier: Sequence[Concept]) -> Iterator[Concept]:
    """The concepts of both questions; those that only the earlier one has count less. Words that neither has by
    itself, which only come about where the two texts meet, are left out."""
    words = {concept.word for concept in own}
    weights = {concept.word: concept.importance * EARLIER_FACTOR for concept in earlier}
    for concept in both:
        if concept.word in words or concept.kind == "period":
            yield concept
        elif concept.word in weights:
            yield replace(concept, importance=weights[concept.word])


def _with_manner(both: Question, own: Question, earlier: Question) -> Question:
    """Both questions with what is wanted to be known: a direction, an extreme, a yes or a no. What the question itself
    wants stands in the place of what the earlier one does."""
    if own.direction or own.extreme:
        return replace(both, direction=own.direction, extreme=own.extreme, is_yes_or_no=own.is_yes_or_no)
    return replace(
        both,
        direction=earlier.direction,
        extreme=earlier.extreme,
        is_yes_or_no=own.is_yes_or_no or earlier.is_yes_or_no,
    )


def _with_relative_period(text: str, periods: Sequence[Period]) -> tuple[str, str]:
    """The text with ``the quarter before`` and the like replaced by the period that is meant; and what could not be,
    since the earlier question names no period, several, or one of another kind."""
    match = _RELATIVE.search(text)
    if match is None or find_periods(text):
        return text, ""
    unit = next(value for value in match.groups() if value).lower()
    by = -1 if match["before"] or match["previous"] else 1
    meant = periods[0].shifted(unit, by) if len(periods) == 1 else None
    if meant is None:
        return text, match[0].strip()
    return f"{text[: match.start()]} {meant.label} {text[match.end() :]}", ""


def _without_periods(text: str) -> str:
    for _, start, end in reversed(find_periods(text)):
        text = f"{text[:start]} {text[end:]}"
    return text
