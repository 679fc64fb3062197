"""Sentences that state a figure: a computed statement cites the document that says it, else its table."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.agents.documents.answering.quotes import Quote, quote_of, quotes_in
from backend.agents.documents.figures.measures import Measure
from backend.agents.documents.figures.metric_names import names_scope, parse_metric
from backend.agents.documents.figures.numbers import holds_number
from backend.agents.documents.figures.series import Point
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.sentences import quotable
from backend.agents.documents.search.matching import TextMatcher, quoted
from backend.agents.documents.search.question import Concept, understand
from backend.agents.documents.search.vocabulary import WEAK

SUPPORT_COVERAGE = 0.5
"""The share of the words of a measure's name that a sentence, or its heading, must have to be taken as stating it."""

_CANDIDATES = 12


def support(corpus: Corpus, measure: Measure, points: Sequence[Point]) -> Quote | None:
    """The sentence that states these values of one period, all of them; else what the table itself has for them."""
    return _sentence(corpus, measure, points) or table_quote(corpus, measure, points)


def table_quote(corpus: Corpus, measure: Measure, points: Sequence[Point]) -> Quote | None:
    """The row of the measure's table that states the first value that one row states; else, for values computed from
    several rows, the row of column names. None if the table has just been removed."""
    for point in points:
        passage = corpus.passage_at(measure.table.document, point.line) if point.line is not None else None
        if passage is not None:
            return quote_of(passage, *quotable(passage.text, 0, len(passage.text)))
    header = measure.table.header
    try:
        document, text = corpus.document(measure.table.document), corpus.text(measure.table.document)
    except KeyError:
        return None
    start, end = quotable(text, header.start, header.end)
    return Quote(document, start, end, text[start:end], None, header.line)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence that has the values, and the headings it stands below."""

    quote: Quote
    heading: str


def _sentence(corpus: Corpus, measure: Measure, points: Sequence[Point]) -> Quote | None:
    """The sentence that has the period, all of the values and enough of the measure's name; of several, the one that
    has most of the name. None without a period to look for."""
    period = points[0].parsed
    if period is None:
        return None
    spellings = period.spellings()
    statements = _statements(corpus, measure, points, spellings)
    concepts = _naming(measure)
    if not statements or not concepts:
        return None
    return _best(statements, concepts, spellings)


def _statements(
    corpus: Corpus, measure: Measure, points: Sequence[Point], periods: tuple[str, ...]
) -> list[_Statement]:
    """Sentences that have all of the values, from passages that have the period as well."""
    wanted = (*(point.spellings for point in points), periods)
    expression = " AND ".join(f"({' OR '.join(map(quoted, spellings))})" for spellings in wanted)
    # A sentence about nine months does not state a quarter's figure, though the words and even the number agree.
    scoped = any(parse_metric(metric).scope for metric in measure.metrics)
    return [
        _Statement(quote, passage.heading)
        for passage, _ in corpus.search(expression, "prose", _CANDIDATES)
        for quote in quotes_in(passage)
        if _has_values(quote.text, points) and (scoped or not names_scope(quote.text))
    ]


def _has_values(text: str, points: Sequence[Point]) -> bool:
    return all(any(holds_number(text, spelling) for spelling in point.spellings) for point in points)


def _naming(measure: Measure) -> tuple[Concept, ...]:
    """The words of the measure's name that say something; all of them if none does."""
    every = understand(measure.label).concepts
    return tuple(concept for concept in every if concept.word not in WEAK) or every


def _best(statements: Sequence[_Statement], concepts: Sequence[Concept], periods: tuple[str, ...]) -> Quote | None:
    """The statement with most of the concepts among those with the period, if any of them has enough."""
    texts = [f"{one.quote.text} {one.heading.rsplit(' > ', 1)[-1]}" for one in statements]
    titles = [one.quote.document.dated_title for one in statements]
    matcher = TextMatcher([*texts, *titles])
    dated = set[int]().union(*(matcher.having(spelling) for spelling in periods))
    strengths = [matcher.strengths(concept) for concept in concepts]
    count = len(statements)
    covered = [sum(one.get(place, 0.0) for one in strengths) / len(concepts) for place in range(count)]
    fitting = [
        place
        for place in range(count)
        if covered[place] >= SUPPORT_COVERAGE and (place in dated or count + place in dated)
    ]
    # A document of that period states it rather than one that only mentions the period.
    best = max(fitting, key=lambda place: (covered[place], place not in dated), default=None)
    return None if best is None else statements[best].quote
