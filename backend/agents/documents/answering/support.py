"""Sentences that state a figure: a computed statement cites the document that says it, else its table."""

from collections.abc import Sequence

from backend.agents.documents.answering.quotes import Quote, quote_of, quotes_in
from backend.agents.documents.figures.measures import Measure
from backend.agents.documents.figures.metric_names import names_scope, parse_metric
from backend.agents.documents.figures.numbers import holds_number
from backend.agents.documents.figures.series import Point
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.sentences import quotable
from backend.agents.documents.search.matching import TextMatcher, quoted
from backend.agents.documents.search.question import understand
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


def _sentence(corpus: Corpus, measure: Measure, points: Sequence[Point]) -> Quote | None:
    period = points[0].parsed
    if period is None:
        return None
    spellings = period.spellings()
    values = [" OR ".join(quoted(spelling) for spelling in point.spellings) for point in points]
    periods = " OR ".join(quoted(spelling) for spelling in spellings)
    expression = " AND ".join(f"({part})" for part in (*values, periods))
    # A sentence about nine months does not state a quarter's figure, though the words and even the number agree.
    scoped = any(parse_metric(metric).scope for metric in measure.metrics)
    found = [
        (quote, passage.heading)
        for passage, _ in corpus.search(expression, "prose", _CANDIDATES)
        for quote in quotes_in(passage)
        if all(any(holds_number(quote.text, one) for one in point.spellings) for point in points)
        and (scoped or not names_scope(quote.text))
    ]
    every = understand(measure.label).concepts
    concepts = tuple(concept for concept in every if concept.word not in WEAK) or every
    if not found or not concepts:
        return None
    quotes = [quote for quote, _ in found]
    count = len(quotes)
    titles = [f"{quote.document.title} {quote.document.fields.get('fiscal_period', '')}" for quote in quotes]
    texts = [f"{quote.text} {heading.rsplit(' > ', 1)[-1]}" for quote, heading in found]
    with TextMatcher([*texts, *titles]) as matcher:
        dated = {place % count for spelling in spellings for place in matcher.having(spelling)}
        own = {place for spelling in spellings for place in matcher.having(spelling) if place < count}
        strengths = [matcher.strengths(concept) for concept in concepts]
    covered = [sum(one.get(place, 0.0) for one in strengths) / len(concepts) for place in range(count)]
    fitting = [place for place in dated if covered[place] >= SUPPORT_COVERAGE]
    # A document of that period states it rather than one that only mentions the period.
    best = max(fitting, key=lambda place: (covered[place], place not in own, -place), default=None)
    return None if best is None else quotes[best]
