"""From a question to the passages that may answer it, and the decision that none does.

Passages are found by bm25 over any word of the question and ranked by coverage: the share of the question, each word
weighed by how rare it is (its inverse document frequency), that the passage has. A word no passage has weighs most, so
a question about something the documents do not hold is covered by little, whatever else it shares with them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from backend.agents.documents.indexing.corpus import Corpus, Passage
from backend.agents.documents.search.matching import TextMatcher, expression, quoted
from backend.agents.documents.search.question import RELATED_FACTOR, Concept, Question
from backend.agents.documents.search.vocabulary import WEAK

PASSAGES_SHOWN = 8
FOUND_COVERAGE = 0.5
"""A question is answered from passages only if one of them covers this share of it. Tuned on the sample and on the
handbook of the tests; see there for the questions."""

_CANDIDATES = {"prose": 120, "table": 60}
_HEADING_FACTOR, _TITLE_FACTOR = 0.8, 0.7
_TABLE_FACTOR = 0.85
_SUBJECT_FACTOR = 0.2
"""What most titles of a folder name (the company, say) tells little about what is asked."""
_UNKNOWN_FACTOR, _UNKNOWN_FLOOR = 1.3, 4.0
_OTHER_PERIOD_FACTOR = 0.5
"""A passage about another period than the one asked for answers little, however like it reads."""
_FEWEST_TITLES, _MOST_TITLES = 3, 0.6
_SHORTEST_PREFIX = 5
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

    @property
    def is_answered(self) -> bool:
        """Whether a passage covers enough of the question to quote from."""
        return bool(self.hits) and max(hit.coverage for hit in self.hits) >= FOUND_COVERAGE

    @property
    def names(self) -> tuple[str, ...]:
        """The documents of the passages, in order of first appearance."""
        return tuple(dict.fromkeys(hit.passage.document.name for hit in self.hits))


def knows(corpus: Corpus, concepts: Sequence[Concept]) -> list[bool]:
    """Which of the concepts, or of what stands for them, occur in a passage."""
    return [count > 0 for count in corpus.frequencies(expression([concept]) for concept in concepts)]


def retrieve(corpus: Corpus, question: Question) -> Retrieval:
    """The passages nearest to the question, and whether they answer it."""
    weighed, unknown = _weighed(corpus, question)
    searched = expression(weighed.concepts)
    if not searched:
        return Retrieval(weighed, "", (), ())
    candidates = [found for kind, limit in _CANDIDATES.items() for found in corpus.search(searched, kind, limit)]
    if not candidates:
        return _without_its_words(corpus, Retrieval(weighed, searched, (), unknown))
    return Retrieval(weighed, searched, tuple(_spread(_ranked(candidates, weighed))), unknown)


def _without_its_words(corpus: Corpus, retrieval: Retrieval) -> Retrieval:
    """The nearest there is where no passage has a word of the question. Its passages cover nothing of it."""
    words = [one.word for one in retrieval.question.concepts if one.kind == "word"]
    alike = [quoted(like) for word in words if len(word) >= _SHORTEST_PREFIX for like in corpus.words_like(word)]
    mistyped = (
        [passage for kind in _CANDIDATES for passage, _ in corpus.search(" OR ".join(alike), kind, _FEW)]
        if alike
        else []
    )
    found = mistyped or corpus.openings(_FEW)
    hits = tuple(Hit(passage, 0.0, 0.0) for passage in found[:_FEW])
    return replace(retrieval, hits=hits, nearness="spelling" if mistyped else "nothing")


def coverage(question: Question, strengths: list[dict[int, float]], place: int) -> float:
    """The share of the question that one text has, 0 to 1: ``strengths`` holds a dict of places per concept."""
    total = sum(concept.importance for concept in question.concepts)
    having = zip(question.concepts, strengths, strict=True)
    return sum(concept.importance * found.get(place, 0.0) for concept, found in having) / total if total else 0.0


def _weighed(corpus: Corpus, question: Question) -> tuple[Question, tuple[str, ...]]:
    """The question with its words weighed, and those that occur nowhere."""
    documents, passages = corpus.sizes()
    concepts = list(question.concepts)
    counts = corpus.frequencies(expression([concept]) for concept in concepts)
    for place, (concept, count) in enumerate(zip(concepts, counts, strict=True)):
        if not count and concept.kind == "word" and len(concept.word) >= _SHORTEST_PREFIX + 2:
            concepts[place] = _with_prefix(concept)
            counts[place] = corpus.frequencies([expression([concepts[place]])])[0]
    # What most titles name is what the whole folder is about.
    titled = corpus.titled(quoted(concept.word) for concept in concepts)
    weights = [math.log(1 + (passages - count + 0.5) / (count + 0.5)) for count in counts]
    # In a large folder a word that is nowhere would outweigh all others: it counts little more than a rare one.
    rarest = max((weight for weight, count in zip(weights, counts, strict=True) if count), default=0.0)
    limit = max(_UNKNOWN_FLOOR, _UNKNOWN_FACTOR * rarest)
    for place, (concept, count) in enumerate(zip(concepts, counts, strict=True)):
        if not count:
            weights[place] = 0.0 if concept.word in WEAK else min(weights[place], limit)
        elif documents >= _FEWEST_TITLES and titled[place] >= _MOST_TITLES:
            weights[place] *= _SUBJECT_FACTOR
    unknown = tuple(one.word for one, count in zip(concepts, counts, strict=True) if not count and one.word not in WEAK)
    return replace(question, concepts=tuple(concepts)).with_importance(tuple(weights)), unknown


def _with_prefix(concept: Concept) -> Concept:
    return replace(concept, phrases=(*concept.phrases, (concept.word[:-2] + "*", RELATED_FACTOR)))


def _ranked(candidates: list[tuple[Passage, float]], question: Question) -> list[Hit]:
    if not candidates:
        return []
    count = len(candidates)
    texts = [passage.text for passage, _ in candidates]
    texts += [passage.heading for passage, _ in candidates]
    texts += [f"{p.document.title} {p.document.fields.get('fiscal_period', '')}" for p, _ in candidates]
    with TextMatcher(texts) as matcher:
        strengths = [_joined(matcher.strengths(concept), count) for concept in question.concepts]
    highest = max(score for _, score in candidates) or 1.0
    newest = sorted({passage.document.date for passage, _ in candidates})
    hits = []
    for place, (passage, bm25) in enumerate(candidates):
        covered = coverage(question, strengths, place)
        if any(
            one.kind == "period" and place not in found for one, found in zip(question.concepts, strengths, strict=True)
        ):
            covered *= _OTHER_PERIOD_FACTOR
        recency = newest.index(passage.document.date) / len(newest) if not question.periods else 0.0
        factor = _TABLE_FACTOR if passage.document.kind == "table" else 1.0
        hits.append(Hit(passage, covered, factor * (covered + 0.1 * bm25 / highest + 0.1 * recency)))
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.number))


def _joined(found: dict[int, float], count: int) -> dict[int, float]:
    """Strength per candidate out of its text, its heading and its title, whichever is strongest."""
    factors = (1.0, _HEADING_FACTOR, _TITLE_FACTOR)
    best: dict[int, float] = {}
    for place, strength in found.items():
        kind, candidate = divmod(place, count)
        best[candidate] = max(best.get(candidate, 0.0), strength * factors[kind])
    return best


def _spread(ranked: list[Hit]) -> list[Hit]:
    """The best hits, at most a few of one document while others have any."""
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
