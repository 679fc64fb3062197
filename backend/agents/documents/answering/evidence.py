"""Which sentences of the passages to quote: those that cover the question, each saying something the others do not."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from backend.agents.documents.answering.quotes import Quote, quotes_in
from backend.agents.documents.search.matching import TextMatcher, strongest
from backend.agents.documents.search.question import Question
from backend.agents.documents.search.retrieval import (
    FOUND_COVERAGE,
    Hit,
    Retrieval,
    coverage,
    has_period,
    newness_by_date,
)

_CONTEXT_FACTOR = 0.6
"""What a word counts for a sentence that stands in the heading or title above it only."""
_OWN_COVERAGE = 0.2
"""The share of the question that a sentence must have in itself."""
_LIKENESS_COST = 0.6
_TOO_LIKE = 0.75
"""A sentence this like one that is told already says nothing new but its numbers."""
_SAME_DOCUMENT_COST = 0.03
_NEWNESS_GAIN = 0.2
_WORTH_QUOTING = 0.55
"""Sentences covering less than this share of what the best one covers are left out."""
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)*_]*\Z")
_FEWEST_WORDS, _MOST_SIGNS = 4, 0.06
_WORDS = re.compile(r"[^\W\d_]{3,}")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence, and how well it and what stands above it answer the question."""

    quote: Quote
    score: float


def pick_quotes(
    retrieval: Retrieval, used: Iterable[Quote] = (), most: int = 5, *, beside_figures: bool = False
) -> list[Quote]:
    """The best sentences, best first, none of them among ``used`` and none like another.

    Beside figures, rows of tables are left out, and so is a sentence that would not answer the question by itself.
    """
    taken = list(used)
    hits = [
        hit for hit in retrieval.hits if hit.coverage > 0 and not (beside_figures and hit.passage.document.is_table)
    ]
    candidates = _candidates(retrieval.question, hits, {quote.key for quote in taken})
    if not candidates:
        return []
    floor = _floor(candidates, beside_figures=beside_figures)
    rest = [candidate for candidate in candidates if candidate.score >= floor]
    chosen: list[Quote] = []
    while rest and len(chosen) < most:
        worth = [_worth(candidate, chosen, taken, beside_figures=beside_figures) for candidate in rest]
        best = worth.index(max(worth))
        if worth[best] < floor / 2:
            break
        chosen.append(rest.pop(best).quote)
    return chosen


def _floor(candidates: list[_Candidate], *, beside_figures: bool) -> float:
    """The least score of a sentence that is quoted, against the best of them."""
    floor = max(candidate.score for candidate in candidates) * _WORTH_QUOTING
    return max(floor, FOUND_COVERAGE) if beside_figures else floor


def _worth(candidate: _Candidate, chosen: list[Quote], used: list[Quote], *, beside_figures: bool) -> float:
    """The score less what the sentences chosen or used before already say, and less for a document that was chosen."""
    quote = candidate.quote
    earlier = [*chosen, *used]
    if not beside_figures:
        # Figures give every value of their line; without them, the same sentence with another number is news.
        earlier = [other for other in earlier if not says_otherwise(quote, other)]
    likeness = max((_likeness(quote.text, other.text) for other in earlier), default=0.0)
    news = 0.0 if likeness >= _TOO_LIKE else candidate.score - _LIKENESS_COST * likeness
    return news - _SAME_DOCUMENT_COST * sum(other.document.name == quote.document.name for other in chosen)


def _candidates(question: Question, hits: list[Hit], used: set[tuple[str, int, int]]) -> list[_Candidate]:
    """Sentences that cover some of the question in themselves, and how much they do with what stands above them."""
    pairs = [(quote, hit) for hit in hits for quote in quotes_in(hit.passage) if quote.key not in used]
    if not pairs:
        return []
    alone, in_context = _strengths(question, pairs)
    newness = newness_by_date(question, (hit.passage.document for hit in hits))
    saying: list[_Candidate] = []
    standing_below: list[_Candidate] = []
    for place, (quote, _) in enumerate(pairs):
        if not has_period(question, in_context, place):
            continue
        covered = coverage(question, in_context, place)
        score = covered * _readability(quote) + _NEWNESS_GAIN * newness[quote.document.date]
        # A row of a table says what it says by the names of its columns.
        said = covered if quote.document.is_table else coverage(question, alone, place)
        (saying if said >= _OWN_COVERAGE else standing_below).append(_Candidate(quote, score))
    # Where no sentence has a word of the question, those below a heading that has them are what is said of it.
    return saying or standing_below


def _strengths(
    question: Question, pairs: list[tuple[Quote, Hit]]
) -> tuple[list[dict[int, float]], list[dict[int, float]]]:
    """How well each sentence has each concept: in itself, and with the heading and the title above it."""
    count = len(pairs)
    context = [f"{hit.passage.heading} {hit.passage.document.title}" for _, hit in pairs]
    with TextMatcher([*(quote.text for quote, _ in pairs), *context]) as matcher:
        found = [matcher.strengths(concept) for concept in question.concepts]
    alone = [{place: strength for place, strength in one.items() if place < count} for one in found]
    return alone, [strongest(one, count, (1.0, _CONTEXT_FACTOR)) for one in found]


def _readability(quote: Quote) -> float:
    """Less than 1 for what is not a sentence: a caption, a command, a line of code. Rows of tables stay as they are."""
    if quote.document.is_table:
        return 1.0
    ends = 1.0 if _SENTENCE_END.search(quote.text) else 0.85
    words = 1.0 if len(_WORDS.findall(quote.text)) >= _FEWEST_WORDS else 0.85
    signs = sum(character in "{}()[]=<>|;`$/\\#" for character in quote.text)
    return ends * words * (0.7 if signs > len(quote.text) * _MOST_SIGNS else 1.0)


def says_otherwise(one: Quote, other: Quote) -> bool:
    """Whether two documents say nearly the same with other numbers: one may be outdated, or about another case."""
    return (
        one.document.name != other.document.name
        and _likeness(one.text, other.text) >= _TOO_LIKE
        and set(_NUMBERS.findall(one.text)) != set(_NUMBERS.findall(other.text))
    )


def _likeness(one: str, other: str) -> float:
    """Words in common over words in all (Jaccard), numbers apart: the same sentence about another quarter is alike."""
    words, others = set(_WORDS.findall(one.lower())), set(_WORDS.findall(other.lower()))
    return len(words & others) / len(words | others) if words | others else 0.0
