"""The part of an answer that quotes: sentences under the document each is from, in the order of their periods where the
question is about several."""

from collections.abc import Sequence
from itertools import groupby

from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.evidence import QuotableEvidence, pick_quotes
from backend.agents.documents.answering.quotes import Quote, literal, shown
from backend.agents.documents.indexing.corpus import Document
from backend.agents.documents.search.retrieval import Retrieval

MOST_QUOTES = 5
MOST_QUOTES_BESIDE_FIGURES = 4
MOST_QUOTES_OF_A_COURSE = 8
MOST_OF_ONE_PERIOD = 2


def quoted(
    retrieval: Retrieval, evidence: QuotableEvidence, stated: list[Quote], *, beside_figures: bool
) -> Composition:
    """The best sentences, grouped by their documents; nothing if none is good enough."""
    quotes = chosen_quotes(retrieval, evidence, stated, beside_figures=beside_figures)
    told = Composition()
    if not quotes:
        return told
    told.say("\n\nFrom the documents:\n" if beside_figures else "The documents say:\n")
    for document, group in groupby(quotes, key=lambda quote: quote.document):
        of_one = list(group)
        if len(of_one) == 1:
            told.say(f"\n- {lead(document)}: {shown(of_one[0])}").cite(of_one[0])
            continue
        told.say(f"\n- {lead(document)}:")
        for quote in of_one:
            told.say(f"\n  - {shown(quote)}").cite(quote)
    return told


def chosen_quotes(
    retrieval: Retrieval, evidence: QuotableEvidence, stated: list[Quote], *, beside_figures: bool
) -> list[Quote]:
    """The quotes of an answer in the order in which they are shown."""
    if retrieval.scope.wants_course:
        quotes = pick_quotes(
            retrieval, evidence, stated, MOST_QUOTES_OF_A_COURSE, beside=beside_figures, most_of_one=MOST_OF_ONE_PERIOD
        )
        return sorted(quotes, key=lambda quote: _in_time(quote.document))
    most = MOST_QUOTES_BESIDE_FIGURES if beside_figures else MOST_QUOTES
    return _together(pick_quotes(retrieval, evidence, stated, most, beside=beside_figures))


def lead(document: Document) -> str:
    """The name of a document, with whom and when it is about where its title does not say so."""
    profile, title = document.profile, document.title
    about = [profile.subjects[0]] if profile.subjects and not _names(title, profile.subjects) else []
    about += [profile.periods[0].label] if profile.periods and profile.periods[0].label not in title else []
    about += [f"period ended {profile.period_end}"] if profile.period_end and about else []
    return literal(f"{title} ({', '.join(about)})" if about else title)


def _names(title: str, subjects: Sequence[str]) -> bool:
    return any(subject.lower() in title.lower() for subject in subjects)


def _together(quotes: list[Quote]) -> list[Quote]:
    """The quotes of one document side by side, the documents in the order of their best quote."""
    order = list(dict.fromkeys(quote.document.name for quote in quotes))
    return sorted(quotes, key=lambda quote: order.index(quote.document.name))


def _in_time(document: Document) -> tuple[str, str, str]:
    profile = document.profile
    period = profile.periods[0].sort_key if profile.periods else (0, 0, 0)
    return profile.period_end or "-".join(f"{part:02}" for part in period), document.date, document.name
