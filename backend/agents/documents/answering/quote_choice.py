"""Which statements to quote: those that have most of the topic, each saying something the others do not."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from backend.agents.documents.answering.candidates import Candidate
from backend.agents.documents.answering.contradictions import contradict
from backend.agents.documents.answering.evidence import ANSWERING_COVERAGE, QuotableEvidence, share
from backend.agents.documents.answering.figure_support import Names, gain_beside
from backend.agents.documents.answering.fitness import supports_change
from backend.agents.documents.answering.quotes import Quote
from backend.agents.documents.answering.topic import Topic
from backend.agents.documents.search.retrieval import FOUND_COVERAGE, Retrieval, newness_by_date

_OWN_COVERAGE = 0.2
"""The share of the topic that a sentence must have in itself."""
_ALONE = 0.6
"""What a sentence is worth by its own words, the rest of it by those of its context as well."""
_DECAY = 0.25
"""What a concept counts for the next quote once one of the same document has said something about it."""
_LIKENESS_COST = 0.5
_TOO_LIKE = 0.75
"""A sentence this like one that is chosen already says nothing new but its numbers."""
_NEWNESS_GAIN = 0.2
_WORTH_QUOTING = 0.6
"""Statements worth less than this share of what the best one is worth are left out."""
_LEAST_ON_THE_MEASURE = 0.4
"""The same of a sentence beside figures that it is known to speak of."""
_WORDS = re.compile(r"[^\W\d_]{3,}")


def pick_quotes(
    retrieval: Retrieval,
    evidence: QuotableEvidence,
    used: Iterable[Quote],
    most: int,
    *,
    beside: bool = False,
    names: Names = frozenset(),
    most_of_one: int = 0,
) -> list[Quote]:
    """The best statements as quotes, best first, none of them like another or like one of ``used``.

    ``beside`` figures, rows of tables are left out, and so is a sentence that would not answer the question by itself,
    or that has none of the ``names`` of the figures where there are any.
    ``most_of_one`` is the most of one document, 0 for any number; with it, the same sentence in two is quoted of both.
    """
    taken = list(used)
    keys = {quote.key for quote in taken}
    newness = newness_by_date(retrieval.question, (one.passage.document for one in evidence.candidates))
    unused = [one for one in _beside(retrieval.question.text, evidence, names) if one.quote.key not in keys]
    rest = _saying(evidence, unused, retrieval.question.text if most_of_one else "", beside=beside)
    chosen: list[Candidate] = []
    least = (_LEAST_ON_THE_MEASURE if names else FOUND_COVERAGE) if beside else 0.0
    while rest and len(chosen) < most:
        worth = [
            _worth(one, chosen, taken, evidence.topic, is_course=most_of_one > 0)
            + _NEWNESS_GAIN * newness[one.passage.document.date]
            for one in rest
        ]
        best = worth.index(max(worth))
        least = least if chosen else max(least, worth[best] * _WORTH_QUOTING)
        if worth[best] < least:
            break
        chosen.append(rest.pop(best))
        rest = _without_full(rest, chosen, most_of_one)
    return [one.full_quote for one in chosen]


def quotes_below_headings(evidence: QuotableEvidence, chosen: Sequence[Quote], most: int) -> list[Quote]:
    """Statements of the documents quoted that stand below a heading which names the topic, though they do not repeat
    its words, in the order of the text: what a section on legal proceedings says of each of them."""
    names, taken = {quote.document.name for quote in chosen}, list(chosen)
    below = [
        one
        for one in evidence.candidates
        if one.passage.document.name in names
        and one.fitness >= 1.0
        and share(evidence.topic, one.in_context) >= ANSWERING_COVERAGE
        and share(evidence.topic, one.alone) < _OWN_COVERAGE
    ]
    for one in sorted(below, key=lambda one: (one.passage.document.name, one.quote.start)):
        overlaps = any(one.quote.start < other.end and other.start < one.quote.end for other in taken)
        if len(taken) < most and not overlaps and not one.statement.leans_back:
            taken.append(one.quote)
    return taken[len(chosen) :]


def _beside(question: str, evidence: QuotableEvidence, names: Names) -> Sequence[Candidate]:
    """The candidates that belong beside figures with these names, those on the same measure counting more."""
    if not names:
        return evidence.candidates
    gains = [(one, gain_beside(question, one, evidence.topic, names)) for one in evidence.candidates]
    return [replace(one, fitness=one.fitness * gain) for one, gain in gains if gain]


def _without_full(rest: list[Candidate], chosen: Sequence[Candidate], most_of_one: int) -> list[Candidate]:
    """What is left once a document has as many quotes as it may have."""
    name = chosen[-1].passage.document.name
    if not most_of_one or sum(one.passage.document.name == name for one in chosen) < most_of_one:
        return rest
    return [one for one in rest if one.passage.document.name != name]


def _saying(
    evidence: QuotableEvidence, candidates: Sequence[Candidate], question: str, *, beside: bool
) -> list[Candidate]:
    """The candidates that have some of the topic in themselves. Where none has, those below a heading that has it are
    what is said of it."""
    prose = [one for one in candidates if not beside or _supports_figures(one, question)]
    saying = [one for one in prose if share(evidence.topic, one.alone) >= _OWN_COVERAGE]
    return saying or prose


def _supports_figures(candidate: Candidate, question: str) -> bool:
    """Whether a statement adds something to figures: a row does not, nor does a sentence without change or cause where
    one of them is asked for."""
    return not candidate.passage.document.is_table and supports_change(question, candidate.quote.text)


def _worth(
    candidate: Candidate, chosen: Sequence[Candidate], used: Sequence[Quote], topic: Topic, *, is_course: bool
) -> float:
    """What a statement adds to those chosen before, and to the quotes used beside them."""
    name = candidate.passage.document.name
    likeness = max((_sameness(candidate.quote, other) for other in used), default=0.0)
    decay = [1.0] * len(topic.concepts)
    for other in chosen:
        same_document = other.passage.document.name == name
        if same_document or not is_course:
            likeness = max(likeness, _sameness(candidate.quote, other.quote))
        if same_document:
            decay = [min(one, 1 - _DECAY * strength) for one, strength in zip(decay, other.in_context, strict=True)]
    if likeness >= _TOO_LIKE:
        return 0.0
    strengths = [
        one * (_ALONE * by_itself + (1 - _ALONE) * strength)
        for by_itself, strength, one in zip(candidate.alone, candidate.in_context, decay, strict=True)
    ]
    return share(topic, strengths) * candidate.fitness * (1 - _LIKENESS_COST * likeness)


def _sameness(one: Quote, other: Quote) -> float:
    """How little one quote adds to the other, 0 to 1. Two that contradict each other are both news."""
    return 0.0 if contradict(one, other) else _likeness(one.text, other.text)


def _likeness(one: str, other: str) -> float:
    """Words in common over words in all (Jaccard), numbers apart: the same sentence about another quarter is alike."""
    words, others = _words(one), _words(other)
    return len(words & others) / len(words | others) if words | others else 0.0


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(text.lower()))
