"""The part of an answer that quotes: sentences under the document each is from, in the order of their periods where the
question is about several."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from backend.agents.documents.answering.candidates import flat
from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.evidence import QuotableEvidence
from backend.agents.documents.answering.figure_support import Names
from backend.agents.documents.answering.quote_choice import pick_quotes, quotes_below_headings
from backend.agents.documents.answering.quotes import Quote, literal, shown
from backend.agents.documents.answering.wanted import wanted_by
from backend.agents.documents.indexing.stored_documents import Document
from backend.agents.documents.search.retrieval import Retrieval

MOST_QUOTES = 5
MOST_QUOTES_BESIDE_FIGURES = 4
MOST_QUOTES_BESIDE_A_FIGURE = 2
"""Beside the one figure that was asked for."""
MOST_QUOTES_OF_A_COURSE = 8
MOST_OF_ONE_PERIOD = 2
ENOUGH_QUOTES = 3
"""An open question with fewer quotes gets more from the section on its topic."""


def quoted(
    retrieval: Retrieval,
    evidence: QuotableEvidence,
    stated: list[Quote],
    *,
    beside_figures: bool,
    names: Names = frozenset(),
) -> Composition:
    """The best sentences, grouped by their documents; nothing if none is good enough. ``names`` are those of the
    figures beside them, where they are read from rows."""
    quotes = chosen_quotes(retrieval, evidence, stated, beside_figures=beside_figures, names=names)
    told = Composition()
    if not quotes:
        return told
    told.say("\n\nFrom the documents:\n" if beside_figures else "The documents say:\n")
    once, repeated = _once(quotes)
    leads = leads_of(quote.document for quote in quotes)
    for document, group in groupby(once, key=lambda quote: quote.document):
        of_one = list(group)
        if len(of_one) == 1:
            told.say(f"\n- {leads[document.name]}: ").add(_line(of_one[0], repeated, leads))
            continue
        told.say(f"\n- {leads[document.name]}:")
        for quote in of_one:
            told.say("\n  - ").add(_line(quote, repeated, leads))
    return told


def _once(quotes: Sequence[Quote]) -> tuple[list[Quote], dict[str, list[Quote]]]:
    """The quotes without those that repeat an earlier one word for word, and the repeated ones by their text."""
    by_text: dict[str, list[Quote]] = {}
    for quote in quotes:
        by_text.setdefault(flat(quote.text), []).append(quote)
    return [same[0] for same in by_text.values()], {text: same[1:] for text, same in by_text.items()}


def _line(quote: Quote, repeated: Mapping[str, Sequence[Quote]], leads: Mapping[str, str]) -> Composition:
    """A quote, with the documents that say the same word for word."""
    told, again = Composition().say(shown(quote)).cite(quote), repeated[flat(quote.text)]
    for place, other in enumerate(again):
        told.say(", " if place else "; word for word also in ").say(leads[other.document.name]).cite(other)
    return told


def chosen_quotes(
    retrieval: Retrieval,
    evidence: QuotableEvidence,
    stated: list[Quote],
    *,
    beside_figures: bool,
    names: Names = frozenset(),
) -> list[Quote]:
    """The quotes of an answer in the order in which they are shown."""
    if retrieval.scope.wants_course:
        quotes = pick_quotes(
            retrieval,
            evidence,
            stated,
            MOST_QUOTES_OF_A_COURSE,
            beside=beside_figures,
            names=names,
            most_of_one=MOST_OF_ONE_PERIOD,
        )
        return sorted(quotes, key=lambda quote: _in_time(quote.document))
    wants_one_thing = wanted_by(retrieval.question.text).is_one_thing
    beside = MOST_QUOTES_BESIDE_A_FIGURE if wants_one_thing else MOST_QUOTES_BESIDE_FIGURES
    most = beside if beside_figures else MOST_QUOTES
    quotes = pick_quotes(retrieval, evidence, stated, most, beside=beside_figures, names=names)
    if not beside_figures and len(quotes) < ENOUGH_QUOTES and not wants_one_thing:
        quotes += quotes_below_headings(evidence, quotes, ENOUGH_QUOTES)
    return _together(quotes)


def leads_of(documents: Iterable[Document]) -> dict[str, str]:
    """How each document is called, by its name: with the name of its file where several are called alike."""
    leads = {document.name: lead(document) for document in documents}
    called = Counter(leads.values())
    return {name: text if called[text] == 1 else f"{text}, {literal(name)}" for name, text in leads.items()}


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
