"""Which sentences of the passages to quote: those that cover the question, each saying something the others do not."""

import re
from collections.abc import Iterable

from backend.agents.documents.answering.quotes import Quote, quotes_in
from backend.agents.documents.search.matching import TextMatcher
from backend.agents.documents.search.question import Question
from backend.agents.documents.search.retrieval import FOUND_COVERAGE, Hit, Retrieval, coverage

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


def pick_quotes(
    retrieval: Retrieval, used: Iterable[Quote] = (), most: int = 5, *, beside_figures: bool = False
) -> list[Quote]:
    """The best sentences, best first, none of them among ``used`` and none like another.

    Beside figures, rows of tables are left out, and so is a sentence that would not answer the question by itself.
    """
    taken = list(used)
    hits = [
        hit
        for hit in retrieval.hits
        if hit.coverage > 0 and not (beside_figures and hit.passage.document.kind == "table")
    ]
    candidates = _candidates(retrieval, hits, {quote.key for quote in taken})
    if not candidates:
        return []
    floor = max(score for _, score in candidates) * _WORTH_QUOTING
    floor = max(floor, FOUND_COVERAGE) if beside_figures else floor
    rest = [(quote, score) for quote, score in candidates if score >= floor]
    chosen: list[Quote] = []
    while rest and len(chosen) < most:
        told = [*chosen, *taken]
        worth = [
            # Figures tell every value of their line; without them, the same sentence with another number is news.
            _worth(quote, score, told if beside_figures else [one for one in told if not says_otherwise(quote, one)])
            - _SAME_DOCUMENT_COST * sum(other.document.name == quote.document.name for other in chosen)
            for quote, score in rest
        ]
        best = worth.index(max(worth))
        if worth[best] < floor / 2:
            break
        chosen.append(rest.pop(best)[0])
    return chosen


def _candidates(retrieval: Retrieval, hits: list[Hit], used: set[tuple[str, int, int]]) -> list[tuple[Quote, float]]:
    """Sentences that cover some of the question in themselves, and how much they do with what stands above them."""
    pairs = [(quote, hit) for hit in hits for quote in quotes_in(hit.passage) if quote.key not in used]
    count = len(pairs)
    if not count:
        return []
    context = [f"{hit.passage.heading} {hit.passage.document.title}" for _, hit in pairs]
    with TextMatcher([*(quote.text for quote, _ in pairs), *context]) as matcher:
        found = [matcher.strengths(concept) for concept in retrieval.question.concepts]
    own = [{place: strength for place, strength in one.items() if place < count} for one in found]
    joined = []
    for one in found:
        best: dict[int, float] = {}
        for place, strength in one.items():
            value = strength if place < count else strength * _CONTEXT_FACTOR
            best[place % count] = max(best.get(place % count, 0.0), value)
        joined.append(best)
    dates = sorted({hit.passage.document.date for hit in hits})
    saying: list[tuple[Quote, float]] = []
    standing_below: list[tuple[Quote, float]] = []
    for place, (quote, hit) in enumerate(pairs):
        if not _has_period(retrieval.question, joined, place):
            continue
        newness = dates.index(hit.passage.document.date) / len(dates) if not retrieval.question.periods else 0.0
        score = coverage(retrieval.question, joined, place) * _readability(quote) + _NEWNESS_GAIN * newness
        # A row of a table says what it says by the names of its columns.
        stands = joined if quote.document.kind == "table" else own
        says_it = coverage(retrieval.question, stands, place) >= _OWN_COVERAGE
        (saying if says_it else standing_below).append((quote, score))
    # Where no sentence has a word of the question, those below a heading that has them are what is said of it.
    return saying or standing_below


def _readability(quote: Quote) -> float:
    """Less than 1 for what is no sentence: a caption, a command, a line of code. Rows of tables stay as they are."""
    if quote.document.kind == "table":
        return 1.0
    ends = 1.0 if _SENTENCE_END.search(quote.text) else 0.85
    words = 1.0 if len(_WORDS.findall(quote.text)) >= _FEWEST_WORDS else 0.85
    signs = sum(character in "{}()[]=<>|;`$/\\#" for character in quote.text)
    return ends * words * (0.7 if signs > len(quote.text) * _MOST_SIGNS else 1.0)


def _has_period(question: Question, strengths: list[dict[int, float]], place: int) -> bool:
    """Whether the sentence, or what stands above it, names a period that was asked for; true if none was."""
    pairs = zip(question.concepts, strengths, strict=True)
    return all(place in found for concept, found in pairs if concept.kind == "period")


def _worth(quote: Quote, score: float, told: list[Quote]) -> float:
    """The score less what the sentences that are told already say."""
    likeness = max((_likeness(quote.text, other.text) for other in told), default=0.0)
    return 0.0 if likeness >= _TOO_LIKE else score - _LIKENESS_COST * likeness


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
