"""The rows of a folder's tables that state a wanted figure, document by document."""

from collections import Counter
from collections.abc import Iterable, Sequence

from backend.agents.documents.figures.business_measures import MEASURES
from backend.agents.documents.figures.row_fit import Fit, fit_of
from backend.agents.documents.figures.wanted_measures import Wanted
from backend.agents.documents.indexing.corpus import Corpus
from backend.agents.documents.indexing.stored_documents import FoundRow
from backend.agents.documents.search.matching import quoted

MOST_DOCUMENTS = 12
"""Documents of one subject whose rows are looked at, the first of the scope."""

_ROWS_PER_DOCUMENT = 120
_ROWS_ALL = 400
_FITS_PER_DOCUMENT = 12
"""Rows of one document that are looked at closely: a report seldom states one figure more often."""
_WIDER = {
    "debt": ("long-term debt",),
    "cash flow": ("operating cash flow", "investing cash flow", "financing cash flow"),
}


def candidate_rows(
    corpus: Corpus, wanted: Wanted, documents: Sequence[str] | None, most: int = MOST_DOCUMENTS
) -> list[FoundRow]:
    """Rows that have words of what is wanted; of the first ``most`` of ``documents``, or of all with None."""
    expression = _expression(wanted)
    if documents is None:
        return [row for row, _ in corpus.search_rows(expression, None, _ROWS_ALL)]
    names = documents[:most]
    return [row for row, _ in corpus.search_rows(expression, names, _ROWS_PER_DOCUMENT * len(names))]


def fitting(wanted: Wanted, rows: Iterable[FoundRow]) -> list[Fit]:
    """Those of the rows that are the wanted figure, best first, and of each document only the best ones."""
    fits = [fit for row in rows if (fit := fit_of(wanted, row)) is not None]
    taken: Counter[str] = Counter()
    kept = []
    for fit in sorted(fits, key=lambda fit: (-fit.score, fit.row.number)):
        taken[fit.row.document.name] += 1
        if taken[fit.row.document.name] <= _FITS_PER_DOCUMENT:
            kept.append(fit)
    return kept


def _expression(wanted: Wanted) -> str:
    """Rows with every word of one of the measure's names, and with a word of the member where one is wanted."""
    if not wanted.measure:
        return " OR ".join(quoted(word) for word in wanted.member)
    first = (wanted.measure, *_WIDER.get(wanted.measure, ()))
    names = [words for words, standing in MEASURES.items() if standing in first]
    measure = " OR ".join(_all_of(words) for words in names)
    if not wanted.matter:
        return measure
    member = " OR ".join(quoted(word) for word in sorted(wanted.matter))
    return f"({measure}) AND ({member})"


def _all_of(words: Iterable[str]) -> str:
    return f"({' AND '.join(quoted(word) for word in words)})"
