"""The statements that may answer a question, each with how much of its topic it has."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.agents.documents.answering.fitness import (
    fitness,
    names_place_only,
    names_place_or_time,
    stands_below_cause,
)
from backend.agents.documents.answering.quotes import Quote
from backend.agents.documents.answering.statements import Statement, statements_in, with_sentence_before
from backend.agents.documents.answering.topic import Topic, is_filler
from backend.agents.documents.indexing.stored_documents import Passage
from backend.agents.documents.search.matching import TextMatcher
from backend.agents.documents.search.question import Concept, Question

_WORD = re.compile(r"[^\W\d_]+")
_ABBREVIATION = re.compile(r"[a-z]{3,8}")
_OF_OWN_MATTER, _FIELD_GAIN = 0.85, 1.5
_FEWEST_OF_TITLE, _MUCH_OF_TOPIC = 2, 0.35
_LONE_WORD = 0.5
_LAYERS = (1.0, 0.55, 0.75, 0.35)
"""What a word counts in the sentence itself, in the one before it, in the heading and in the title above it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement with how strongly it has each concept of the topic, by itself and in context (0 to 1 each)."""

    statement: Statement
    passage: Passage
    alone: tuple[float, ...]
    in_context: tuple[float, ...]
    fitness: float
    """Above 1 for a sentence of the kind that is asked for, below 1 for one that can hardly be read by itself."""

    @property
    def quote(self) -> Quote:
        """The quote of the statement by itself."""
        return self.statement.quote

    @property
    def full_quote(self) -> Quote:
        """The quote, with the sentence before it where it needs that."""
        return with_sentence_before(self.passage, self.statement)


def candidates_in(passages: Sequence[Passage], question: Question, topic: Topic) -> list[Candidate]:
    """Every statement of the passages that has a concept of the topic, in itself or in context."""
    pairs = [(statement, passage) for passage in passages for statement in statements_in(passage)]
    if not pairs or not topic.concepts:
        return []
    told = _without_places(question.text, _weighed(pairs, question.text, topic), topic)
    return [one for one in _with_own_fields(question.text, told) if any(one.in_context)]


def _weighed(pairs: Sequence[tuple[Statement, Passage]], question: str, topic: Topic) -> list[Candidate]:
    """Every statement with how strongly it has each concept."""
    layers = [_layers_of(*pair) for pair in pairs]
    places = {text: place for place, text in enumerate(dict.fromkeys(text for layer in layers for text in layer))}
    matcher = TextMatcher(places)
    found = [matcher.strengths(concept) for concept in topic.concepts]
    repeated = _repeated(pairs)
    return [
        _candidate(
            *pair,
            [[strengths.get(places[text], 0.0) for strengths in found] for text in layer],
            fitness(question, pair[0].quote, is_repeated=flat(pair[0].quote.text) in repeated),
            topic,
        )
        for pair, layer in zip(pairs, layers, strict=True)
    ]


def _without_places(question: str, made: Sequence[Candidate], topic: Topic) -> list[Candidate]:
    """The candidates without places whose names only sound like the topic."""
    return [one for one in made if not (names_place_only(question, one.quote.text) and _is_by_likeness(one, topic))]


def _is_by_likeness(candidate: Candidate, topic: Topic) -> bool:
    """Whether half of the topic or more is in a statement only by words that stand for those asked for, or not at all:
    "Death Valley" is not about deaths."""
    pairs = zip(topic.concepts, candidate.alone, strict=True)
    return sum(concept.importance for concept, strength in pairs if strength >= 1.0) <= topic.weight / 2


def _with_own_fields(question: str, made: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, those that are fields of their document's own matter with what it has of the topic."""
    most: dict[str, list[float]] = {}
    for one in made:
        so_far = most.setdefault(one.passage.document.name, [0.0] * len(one.in_context))
        most[one.passage.document.name] = list(map(max, so_far, one.in_context))
    return [_of_document_itself(question, one, most[one.passage.document.name]) for one in made]


def _layers_of(statement: Statement, passage: Passage) -> tuple[str, ...]:
    """The texts that make up a statement's context, in the order of ``_LAYERS``."""
    headings = f"{passage.heading} {statement.heading}"
    return statement.quote.text, statement.previous, headings, _called(passage)


def _called(passage: Passage) -> str:
    """What the document is called: its title, and the name of its file where that says more."""
    document = passage.document
    stem = document.name.rpartition("/")[2].rpartition(".")[0]
    return document.dated_title if stem in document.title else f"{document.dated_title} {stem}"


def _repeated(pairs: Sequence[tuple[Statement, Passage]]) -> frozenset[str]:
    """The sentences that stand in several documents word for word."""
    named = {(flat(statement.quote.text), passage.document.name) for statement, passage in pairs}
    return frozenset(text for text, count in Counter(text for text, _ in named).items() if count > 1)


def flat(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def _of_document_itself(question: str, candidate: Candidate, found: Sequence[float]) -> Candidate:
    """A field that says where or when, if that is asked, or what stands below a heading such as "Cause", if it is asked
    why: it has what its document has of the topic, since it is about the document's own matter. ``found`` is the most
    that any statement of the document has of each concept."""
    is_cause = stands_below_cause(question, candidate.passage.heading)
    if not (is_cause or names_place_or_time(question, candidate.quote.text)):
        return candidate
    lifted = tuple(max(own, _OF_OWN_MATTER * most) for own, most in zip(candidate.in_context, found, strict=True))
    return replace(candidate, alone=lifted, in_context=lifted, fitness=candidate.fitness * _FIELD_GAIN)


def _initials(text: str) -> str:
    return "".join(word[0] for word in _WORD.findall(text.lower()))


def _parts(concept: Concept) -> list[str]:
    """The words of a matter, or a word by itself."""
    return concept.word.split() if concept.kind == "phrase" else [concept.word]


def _known_by_title(passage: Passage, topic: Topic, in_title: Sequence[float]) -> frozenset[int]:
    """The places of the concepts that say which document is meant: those in its title, where they are much of the
    topic. An abbreviation is in a title that spells it out."""
    initials = _initials(passage.document.title)
    words = {one.word for one, strength in zip(topic.concepts, in_title, strict=True) if strength}
    words |= {one.word for one in topic.concepts if _ABBREVIATION.fullmatch(one.word) and one.word in initials}
    known = [place for place, one in enumerate(topic.concepts) if words.issuperset(_parts(one))]
    matters = sum(topic.concepts[place].kind == "word" and not is_filler(topic.concepts[place].word) for place in known)
    weight = sum(topic.concepts[place].importance for place in known)
    if matters < _FEWEST_OF_TITLE or weight < _MUCH_OF_TOPIC * topic.weight or len(known) == len(topic.concepts):
        return frozenset()
    return frozenset(known)


def _without_known(topic: Topic, strengths: tuple[float, ...], known: frozenset[int]) -> tuple[float, ...]:
    """The strengths with those of the concepts known by the title as strong as the others are on average, so that only
    the others decide."""
    if not known:
        return strengths
    rest = [place for place in range(len(strengths)) if place not in known]
    weight = sum(topic.concepts[place].importance for place in rest)
    mean = sum(topic.concepts[place].importance * strengths[place] for place in rest) / weight if weight else 0.0
    return tuple(mean if place in known else strength for place, strength in enumerate(strengths))


def _candidate(
    statement: Statement, passage: Passage, by_layer: list[list[float]], fits: float, topic: Topic
) -> Candidate:
    in_context = tuple(
        max(factor * strength for factor, strength in zip(_LAYERS, column, strict=True))
        for column in zip(*by_layer, strict=True)
    )
    known = _known_by_title(passage, topic, by_layer[-1])
    alone = _without_known(topic, _without_halves(tuple(by_layer[0]), in_context, topic.pairs), known)
    within = _without_known(topic, _without_halves(in_context, in_context, topic.pairs), known)
    return Candidate(statement, passage, alone, within, statement.readability * fits)


def _without_halves(
    strengths: tuple[float, ...], in_context: tuple[float, ...], pairs: Sequence[tuple[int, int]]
) -> tuple[float, ...]:
    """The strengths with less for a word whose matter lacks its other word: an active market is not a market risk."""
    lone = {one for one, other in pairs if not in_context[other]} | {
        other for one, other in pairs if not in_context[one]
    }
    lone -= {place for pair in pairs if all(in_context[one] for one in pair) for place in pair}
    return tuple(strength * _LONE_WORD if place in lone else strength for place, strength in enumerate(strengths))
