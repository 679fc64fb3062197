"""From a question to the passages that may answer it, and the decision that none does.

Passages are found by bm25 over any word of the question and ranked by coverage: the share of the question, each word
weighed by how rare it is (its inverse document frequency), that the passage has. A word no passage has weighs most, so
a question about something that is not in the documents is covered by little, whatever else it shares with them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.profile import subject_key
from backend.agents.documents.indexing.stored_documents import Document, Passage
from backend.agents.documents.search.candidates import scoped_candidates
from backend.agents.documents.search.matching import TextMatcher, expression, quoted
from backend.agents.documents.search.question import Concept, Question
from backend.agents.documents.search.scope import Scope, resolve_scope
from backend.agents.documents.search.vocabulary import WEAK
from backend.agents.documents.search.word_weights import SHORTEST_PREFIX, weighed_words

PASSAGES_SHOWN = 8
FOUND_COVERAGE = 0.5
"""A question is answered from passages only if one of them covers this share of it. Tuned on the sample and on the
handbook of the tests; see there for the questions."""

LONG_QUESTION_COVERAGE = 0.35
"""The same for a question of many words about somebody: the documents are then known to be the right ones."""

_CANDIDATES = {"prose": 120, "table": 60}
_HEADING_FACTOR, _TITLE_FACTOR = 0.8, 0.7
_TABLE_FACTOR = 0.85
_OTHER_PERIOD_FACTOR = 0.5
"""A passage about another period than the one asked for answers little, however like it reads."""
_ORDER_GAIN = 0.1
_WORTH_SEARCHING = 0.2
_NEARLY = 0.75
_ENOUGH_CONCEPTS = 5
_FEW = 4
"""Passages shown where none has a word of the question."""


Nearness = Literal["words", "spelling", "nothing"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage, the share of the question that it covers (0 to 1), and its rank score."""

    passage: Passage
    coverage: float
    score: float


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The best passages, best first. ``question`` carries the weights; ``unknown`` are its words in no passage."""

    question: Question
    expression: str
    hits: tuple[Hit, ...]
    unknown: tuple[str, ...]
    nearness: Nearness = "words"
    """What the passages have to do with the question: its words, words spelt like them, or nothing that is known."""
    scope: Scope = field(default_factory=Scope)
    """Whom and which periods the question is about, and the documents that are about them."""

    @property
    def is_answered(self) -> bool:
        """Whether a passage covers enough of the question to quote from."""
        content = sum(one.kind != "period" and one.word not in WEAK for one in self.question.concepts)
        least = FOUND_COVERAGE if content <= _ENOUGH_CONCEPTS or not self.scope.by_subject else LONG_QUESTION_COVERAGE
        return bool(self.hits) and max(hit.coverage for hit in self.hits) >= least

    @property
    def names(self) -> tuple[str, ...]:
        """The documents of the passages, in order of first appearance."""
        return tuple(dict.fromkeys(hit.passage.document.name for hit in self.hits))


def knows(corpus: Corpus, concepts: Sequence[Concept]) -> list[bool]:
    """Which of the concepts, or of what stands for them, occur in a passage."""
    return [count > 0 for count in corpus.frequencies(expression([concept]) for concept in concepts)]


def retrieve(corpus: Corpus, question: Question) -> Retrieval:
    """The passages nearest to the question within its scope, and whether they answer it."""
    scope = resolve_scope(corpus, question)
    weighed, unknown = weighed_words(corpus, _unresolved(question, scope))
    unknown = tuple(dict.fromkeys((*scope.unknown, *unknown)))
    searched = expression(weighed.concepts)
    if not searched or (scope.unknown and not scope.subjects):
        return Retrieval(weighed, searched, (), unknown, nearness="nothing", scope=scope)
    telling = expression(_telling(weighed))
    candidates = list(scoped_candidates(corpus, telling, scope, _CANDIDATES))
    if not candidates and telling != searched:
        candidates = list(scoped_candidates(corpus, searched, scope, _CANDIDATES))
    if not candidates:
        return _without_its_words(corpus, Retrieval(weighed, searched, (), unknown, scope=scope))
    ranked = _ranked(candidates, weighed, scope)
    return Retrieval(weighed, searched, tuple(_spread(ranked, scope)), unknown, scope=scope)


def _telling(question: Question) -> list[Concept]:
    """The words worth searching for: a passage that only has the most frequent ones is far down in any order."""
    weightiest = max(one.importance for one in question.concepts)
    return [one for one in question.concepts if one.importance >= _WORTH_SEARCHING * weightiest] or [*question.concepts]


def _unresolved(question: Question, scope: Scope) -> Question:
    """The question without the words that the choice of documents has answered, unless it has no others."""
    answered = {word for name in (*scope.resolved, *scope.regions) for word in subject_key(name).split()}
    rest = tuple(one for one in question.concepts if not set(subject_key(one.word).split()) <= answered)
    return replace(question, concepts=rest) if any(one.kind != "period" for one in rest) else question


def _without_its_words(corpus: Corpus, retrieval: Retrieval) -> Retrieval:
    """The nearest there is where no passage has a word of the question. Its passages cover nothing of it."""
    words = [one.word for one in retrieval.question.concepts if one.kind == "word"]
    alike = [quoted(like) for word in words if len(word) >= SHORTEST_PREFIX for like in corpus.words_like(word)]
    mistyped = (
        [
            passage
            for kind in _CANDIDATES
            for passage, _ in corpus.search(" OR ".join(alike), kind, _FEW, retrieval.scope.documents)
        ]
        if alike
        else []
    )
    found = mistyped or corpus.openings(_FEW, retrieval.scope.documents)
    hits = tuple(Hit(passage, 0.0, 0.0) for passage in found[:_FEW])
    return replace(retrieval, hits=hits, nearness="spelling" if mistyped else "nothing")


def coverage(question: Question, strengths: list[dict[int, float]], place: int) -> float:
    """The share of the question that one text has, 0 to 1: ``strengths`` has a dict of places per concept."""
    # A long question is not answered in one place by all of its words: the weightiest ones are enough.
    total = sum(sorted((concept.importance for concept in question.concepts), reverse=True)[:_ENOUGH_CONCEPTS])
    having = zip(question.concepts, strengths, strict=True)
    found = sum(concept.importance * found.get(place, 0.0) for concept, found in having)
    return min(1.0, found / total) if total else 0.0


def has_period(question: Question, strengths: list[dict[int, float]], place: int) -> bool:
    """Whether one text names a period that was asked for; true if none was. ``strengths`` is as for ``coverage``."""
    pairs = zip(question.concepts, strengths, strict=True)
    return all(place in found for concept, found in pairs if concept.kind == "period")


def newness_by_date(question: Question, documents: Iterable[Document]) -> dict[str, float]:
    """How new each of the documents' dates is among them, from 0 to below 1; 0 for all of them if the question names
    the periods that it is about."""
    dates = sorted({document.date for document in documents})
    return {date: 0.0 if question.periods else place / len(dates) for place, date in enumerate(dates)}


def _ranked(candidates: list[tuple[Passage, float]], question: Question, scope: Scope) -> list[Hit]:
    """The passages with their bm25 as hits, best first."""
    order = _order_gains(scope)
    passages = [passage for passage, _ in candidates]
    strengths = _strengths(passages, question)
    newness = newness_by_date(question, (passage.document for passage in passages))
    highest = max(bm25 for _, bm25 in candidates) or 1.0
    hits = []
    for place, (passage, bm25) in enumerate(candidates):
        covered = coverage(question, strengths, place)
        if not has_period(question, strengths, place):
            covered *= _OTHER_PERIOD_FACTOR
        factor = _TABLE_FACTOR if passage.document.is_table else 1.0
        gain = order.get(passage.document.name, 0.0) if order else newness[passage.document.date]
        score = factor * (covered + 0.1 * bm25 / highest + _ORDER_GAIN * gain)
        hits.append(Hit(passage, covered, score))
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.number))


def _order_gains(scope: Scope) -> dict[str, float]:
    """How early each document stands in the scope, from 1 down to above 0; empty without one."""
    names = scope.documents or ()
    return {name: 1.0 - place / len(names) for place, name in enumerate(names)}


def _strengths(passages: Sequence[Passage], question: Question) -> list[dict[int, float]]:
    """How well each passage has each concept, in its text, its heading or its title."""
    headings = list(dict.fromkeys(passage.heading for passage in passages))
    titles = list(dict.fromkeys(passage.document.dated_title for passage in passages))
    count = len(passages)
    heading_at = {heading: count + place for place, heading in enumerate(headings)}
    title_at = {title: count + len(headings) + place for place, title in enumerate(titles)}
    matcher = TextMatcher([*(passage.text for passage in passages), *headings, *titles])
    found = [matcher.strengths(concept) for concept in question.concepts]
    above = [(heading_at[passage.heading], title_at[passage.document.dated_title]) for passage in passages]
    return [_with_above(strengths, above) for strengths in found]


def _with_above(strengths: Mapping[int, float], above: Sequence[tuple[int, int]]) -> dict[int, float]:
    """The strength of one concept in each passage: its own, or what its heading or title counts for, if more."""
    found: dict[int, float] = {}
    for place, (heading, title) in enumerate(above):
        strength = max(
            strengths.get(place, 0.0),
            _HEADING_FACTOR * strengths.get(heading, 0.0),
            _TITLE_FACTOR * strengths.get(title, 0.0),
        )
        if strength:
            found[place] = strength
    return found


def _spread(ranked: list[Hit], scope: Scope) -> list[Hit]:
    """The best hits, at most a few of one document while others have any; of those about as good as the best, the one
    whose document stands first in the scope leads."""
    places = {name: place for place, name in enumerate(scope.documents or ())}
    if places and ranked:
        nearly = [hit for hit in ranked if hit.coverage >= _NEARLY * ranked[0].coverage]
        leading = min(nearly, key=lambda hit: places.get(hit.passage.document.name, len(places)))
        ranked = [leading, *(hit for hit in ranked if hit is not leading)]
    documents = len({hit.passage.document.name for hit in ranked})
    most = max(3, -(-PASSAGES_SHOWN // max(1, documents)))
    taken: dict[str, int] = {}
    chosen: list[Hit] = []
    for hit in ranked:
        name = hit.passage.document.name
        if taken.get(name, 0) < most and len(chosen) < PASSAGES_SHOWN:
            taken[name] = taken.get(name, 0) + 1
            chosen.append(hit)
    return chosen
