"""The statements that may answer a question, each with how much of its topic it has."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backend.agents.documents.answering.fitness import fitness
from backend.agents.documents.answering.quotes import Quote
from backend.agents.documents.answering.statements import Statement, statements_in, with_sentence_before
from backend.agents.documents.answering.topic import Topic
from backend.agents.documents.indexing.corpus import Passage
from backend.agents.documents.search.matching import TextMatcher
from backend.agents.documents.search.question import Question

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
    layers = [_layers_of(*pair) for pair in pairs]
    places = {text: place for place, text in enumerate(dict.fromkeys(text for layer in layers for text in layer))}
    with TextMatcher(list(places)) as matcher:
        found = [matcher.strengths(concept) for concept in topic.concepts]
    repeated = _repeated(pairs)
    made = [
        _candidate(
            *pair,
            [[strengths.get(places[text], 0.0) for strengths in found] for text in layer],
            fitness(question.text, pair[0].quote, is_repeated=flat(pair[0].quote.text) in repeated),
            topic.pairs,
        )
        for pair, layer in zip(pairs, layers, strict=True)
    ]
    return [one for one in made if any(one.in_context)]


def _layers_of(statement: Statement, passage: Passage) -> tuple[str, ...]:
    """The texts that make up a statement's context, in the order of ``_LAYERS``."""
    headings = f"{passage.heading} {statement.heading}"
    return statement.quote.text, statement.previous, headings, passage.document.dated_title


def _repeated(pairs: Sequence[tuple[Statement, Passage]]) -> frozenset[str]:
    """The sentences that stand in several documents word for word."""
    named = {(flat(statement.quote.text), passage.document.name) for statement, passage in pairs}
    return frozenset(text for text, count in Counter(text for text, _ in named).items() if count > 1)


def flat(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def _candidate(
    statement: Statement, passage: Passage, by_layer: list[list[float]], fits: float, pairs: Sequence[tuple[int, int]]
) -> Candidate:
    in_context = tuple(
        max(factor * strength for factor, strength in zip(_LAYERS, column, strict=True))
        for column in zip(*by_layer, strict=True)
    )
    alone = _without_halves(tuple(by_layer[0]), in_context, pairs)
    return Candidate(
        statement, passage, alone, _without_halves(in_context, in_context, pairs), statement.readability * fits
    )


def _without_halves(
    strengths: tuple[float, ...], in_context: tuple[float, ...], pairs: Sequence[tuple[int, int]]
) -> tuple[float, ...]:
    """The strengths with less for a word whose matter lacks its other word: an active market is not a market risk."""
    lone = {one for one, other in pairs if not in_context[other]} | {
        other for one, other in pairs if not in_context[one]
    }
    lone -= {place for pair in pairs if all(in_context[one] for one in pair) for place in pair}
    return tuple(strength * _LONE_WORD if place in lone else strength for place, strength in enumerate(strengths))
