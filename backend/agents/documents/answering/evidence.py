"""Which statements to quote: those that have most of the topic, each saying something the others do not."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from backend.agents.documents.answering.candidates import Candidate, candidates_in
from backend.agents.documents.answering.contradictions import contradict
from backend.agents.documents.answering.fitness import supports_change
from backend.agents.documents.answering.material import passages_for
from backend.agents.documents.answering.quotes import Quote
from backend.agents.documents.answering.statements import is_table_row
from backend.agents.documents.answering.topic import Topic, topic_of
from backend.agents.documents.answering.wanted import WantedThing, is_short, wanted_by
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.periods import find_periods
from backend.agents.documents.search.retrieval import FOUND_COVERAGE, Retrieval, newness_by_date

_OWN_COVERAGE = 0.2
"""The share of the topic that a sentence must have in itself."""
_ANSWERING_COVERAGE = 0.5
"""The share of the topic that the best statement must have, in its context, where the documents in scope are known."""
_ALONE = 0.6
"""What a sentence is worth by its own words, the rest of it by those of its context as well."""
_NAMING_COVERAGE = 0.72
"""The same for a question of a few words, or one that wants one thing: a figure, a day or a name."""
_LEAST_FITNESS = 0.5
"""A sentence that can hardly be read by itself, or only points elsewhere, answers nothing alone."""
_DECAY = 0.25
"""What a concept counts for the next quote once one of the same document has said something about it."""
_LIKENESS_COST = 0.5
_TOO_LIKE = 0.75
"""A sentence this like one that is chosen already says nothing new but its numbers."""
_NEWNESS_GAIN = 0.2
_WORTH_QUOTING = 0.6
"""Statements worth less than this share of what the best one is worth are left out."""
_WORDS = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class QuotableEvidence:
    """The statements that may be quoted, and whether they answer the question."""

    topic: Topic
    candidates: tuple[Candidate, ...]
    coverage: float
    """The share of the topic that the best statement has, in its context."""
    is_enough: bool
    """Whether the statements have enough of the topic to be quoted as an answer."""

    @property
    def said_alone(self) -> float:
        """The most of the topic that one sentence, which is not a row of a table, has in itself."""
        prose = (one for one in self.candidates if not is_table_row(one.passage, one.quote.text))
        return max((share(self.topic, one.alone) for one in prose), default=0.0)


def find_evidence(corpus: Corpus, retrieval: Retrieval) -> QuotableEvidence:
    """The statements of the documents in scope that have something of the topic."""
    topic = topic_of(corpus, retrieval)
    found = candidates_in(passages_for(corpus, retrieval, topic), retrieval.question, topic)
    found = [one for one in found if _is_of_period(one, retrieval) and _has_name(one, retrieval)]
    wanted = wanted_by(retrieval.question.text)
    found = _having(found, wanted, topic, retrieval)
    if retrieval.scope.documents is None:
        # Words alone decide where nothing is known of whom and when the question is about.
        coverage = _best(topic, found)
        names_it = not wanted.must_be_named or coverage >= _ANSWERING_COVERAGE
        is_enough = retrieval.is_answered and bool(found) and names_it
    else:
        coverage = _best(topic, found)
        together = coverage if wanted.is_one_thing else _best_together(topic, found)
        is_enough = together >= (
            _NAMING_COVERAGE if wanted.is_one_thing or is_short(retrieval.question.text) else _ANSWERING_COVERAGE
        )
    return QuotableEvidence(topic, tuple(found), coverage, is_enough and not retrieval.scope.unknown)


def _having(found: list[Candidate], wanted: WantedThing, topic: Topic, retrieval: Retrieval) -> list[Candidate]:
    """The candidates with the thing wanted, where it is known that others cannot answer or some with it do."""
    having = [one for one in found if wanted.is_in(one.quote.text)]
    is_known = retrieval.scope.documents is not None or bool(retrieval.scope.named_in_text)
    if is_known or wanted.must_be_named or _best(topic, having) >= _ANSWERING_COVERAGE:
        return having
    return found


def _best(topic: Topic, candidates: Sequence[Candidate]) -> float:
    return max((share(topic, one.in_context) for one in candidates if one.fitness >= _LEAST_FITNESS), default=0.0)


def _best_together(topic: Topic, candidates: Sequence[Candidate]) -> float:
    """The share that two statements of one document have together: a question of several parts is seldom answered by
    one sentence."""
    by_document: dict[str, list[Candidate]] = {}
    for one in candidates:
        if one.fitness < _LEAST_FITNESS:
            continue
        by_document.setdefault(one.passage.document.name, []).append(one)
    best = 0.0
    for of_one in by_document.values():
        first = max(of_one, key=lambda one: share(topic, one.in_context))
        for other in of_one:
            both = map(max, zip(first.in_context, other.in_context, strict=True))
            best = max(best, share(topic, both))
    return best


def _is_of_period(candidate: Candidate, retrieval: Retrieval) -> bool:
    """Whether a statement is of a period asked for: its document is about it, or it or its heading names it."""
    periods = retrieval.scope.periods
    document = candidate.passage.document
    if not periods or (retrieval.scope.in_period and document.name in (retrieval.scope.documents or ())):
        return True
    named = f"{candidate.quote.text} {candidate.passage.heading} {document.dated_title}"
    found = [*document.profile.periods, *(period for period, _, _ in find_periods(named))]
    return any(asked.contains(period) for asked in periods for period in found)


def _has_name(candidate: Candidate, retrieval: Retrieval) -> bool:
    """Whether a statement or what stands around it has a name that the documents only mention, if one was asked for."""
    names = retrieval.scope.named_in_text
    if not names:
        return True
    around = f"{candidate.passage.text} {candidate.passage.heading} {candidate.passage.document.dated_title}".casefold()
    return any(name.casefold() in around for name in names)


def share(topic: Topic, strengths: Iterable[float]) -> float:
    """The share of the topic that these strengths, one per concept, amount to."""
    total = topic.weight
    pairs = zip(topic.concepts, strengths, strict=True)
    return sum(concept.importance * strength for concept, strength in pairs) / total if total else 0.0


def pick_quotes(
    retrieval: Retrieval,
    evidence: QuotableEvidence,
    used: Iterable[Quote],
    most: int,
    *,
    beside: bool = False,
    most_of_one: int = 0,
) -> list[Quote]:
    """The best statements as quotes, best first, none of them like another or like one of ``used``.

    ``beside`` figures, rows of tables are left out, and so is a sentence that would not answer the question by itself.
    ``most_of_one`` is the most of one document, 0 for any number; with it, the same sentence in two is quoted of both.
    """
    taken = list(used)
    keys = {quote.key for quote in taken}
    newness = newness_by_date(retrieval.question, (one.passage.document for one in evidence.candidates))
    unused = [one for one in evidence.candidates if one.quote.key not in keys]
    rest = _saying(evidence, unused, retrieval.question.text if most_of_one else "", beside=beside)
    chosen: list[Candidate] = []
    least = FOUND_COVERAGE if beside else 0.0
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
        and share(evidence.topic, one.in_context) >= _ANSWERING_COVERAGE
        and share(evidence.topic, one.alone) < _OWN_COVERAGE
    ]
    for one in sorted(below, key=lambda one: (one.passage.document.name, one.quote.start)):
        overlaps = any(one.quote.start < other.end and other.start < one.quote.end for other in taken)
        if len(taken) < most and not overlaps and not one.statement.leans_back:
            taken.append(one.quote)
    return taken[len(chosen) :]


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
