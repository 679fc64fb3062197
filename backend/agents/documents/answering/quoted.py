"""The part of an answer that quotes: sentences under the document each is from, in the order of their periods where the
question is about several."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from backend.agents.documents.answering.candidates import flat
from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.evidence import QuotableEvidence
from backend.agents.documents.answering.figure_support import Names
from backend.agents.documents.answering.later_documents import later_document, order_in_time, with_later_change
from backend.agents.documents.answering.leads import leads_of
from backend.agents.documents.answering.quote_choice import pick_quotes, quotes_below_headings
from backend.agents.documents.answering.quotes import Quote, shown
from backend.agents.documents.answering.wanted import is_short, wanted_by
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
    told, in_time = Composition(), list[Quote]()
    if not quotes:
        return told
    if not beside_figures and _asks_what_is_now(retrieval):
        if wanted_by(retrieval.question.text).is_one_thing:
            quotes = with_later_change(quotes, evidence, retrieval.question.text)
        ordered, in_time = order_in_time(quotes, evidence)
        # Of one thing the latest is asked for; of anything else what fits best leads.
        quotes = ordered if wanted_by(retrieval.question.text).is_one_thing else quotes
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
    return told.add(later_document(in_time)) if in_time else told


def _asks_what_is_now(retrieval: Retrieval) -> bool:
    """Whether a short question asks for one state of things, without naming a time or a development."""
    question = retrieval.question
    is_narrow = wanted_by(question.text).is_one_thing or is_short(question.text)
    return is_narrow and not question.periods and not retrieval.scope.wants_course


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


def _together(quotes: list[Quote]) -> list[Quote]:
    """The quotes of one document side by side, the documents in the order of their best quote."""
    order = list(dict.fromkeys(quote.document.name for quote in quotes))
    return sorted(quotes, key=lambda quote: order.index(quote.document.name))


def _in_time(document: Document) -> tuple[str, str, str]:
    profile = document.profile
    period = profile.periods[0].sort_key if profile.periods else (0, 0, 0)
    return profile.period_end or "-".join(f"{part:02}" for part in period), document.date, document.name
