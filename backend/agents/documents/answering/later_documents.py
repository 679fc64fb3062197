"""Documents of several dates that speak of the same thing: the later one may have changed what the earlier one says."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from backend.agents.documents.answering.asked_matter import asked_things, says_otherwise, speaks_of_all
from backend.agents.documents.answering.composition import Composition
from backend.agents.documents.answering.contradictions import says_otherwise_later
from backend.agents.documents.answering.evidence import QuotableEvidence, share
from backend.agents.documents.answering.leads import lead
from backend.agents.documents.answering.quotes import Quote
from backend.agents.documents.indexing.stored_documents import Document

Found = TypeVar("Found")

_AS_MUCH = 0.75
"""The share of what the best sentence has of the topic by itself that another must have to speak of the same."""


def latest_first(found: Sequence[Found], document_of: Callable[[Found], Document]) -> list[Found]:
    """What was found, that of the latest document first; of documents without a date in the order as it is, last."""
    return sorted(found, key=lambda one: document_of(one).time, reverse=True)


def order_in_time(quotes: Sequence[Quote], evidence: QuotableEvidence) -> tuple[list[Quote], list[Quote]]:
    """The quotes with those of the latest document first, and of each document the quote that speaks of what is asked
    or says that it has changed; the order as it is, and none, where fewer than two documents of different dates do."""
    strength = {one.full_quote.key: share(evidence.topic, one.alone) for one in evidence.candidates}
    strength |= {one.quote.key: share(evidence.topic, one.alone) for one in evidence.candidates}
    most = max((strength.get(quote.key, 0.0) for quote in quotes), default=0.0)
    speaking: dict[str, Quote] = {}
    for quote in quotes:
        if strength.get(quote.key, 0.0) >= _AS_MUCH * most or says_otherwise(quote.text):
            speaking.setdefault(quote.document.name, quote)
    times = {quote.document.time for quote in speaking.values()}
    if len(times) < 2 or "" in times:
        return list(quotes), []
    ordered = latest_first(list(speaking.values()), lambda quote: quote.document)
    names = [quote.document.name for quote in ordered]
    rest = [quote.document.name for quote in quotes if quote.document.name not in names]
    order = {name: place for place, name in enumerate(dict.fromkeys((*names, *rest)))}
    return sorted(quotes, key=lambda quote: order[quote.document.name]), ordered


def with_later_change(quotes: Sequence[Quote], evidence: QuotableEvidence, question: str) -> list[Quote]:
    """The quotes, and before them a sentence of a later document that says of the same things that they have changed,
    though it has less of the question's words, or that says the same with other numbers."""
    newest = max((quote.document.time for quote in quotes), default="")
    things, topic = asked_things(question), evidence.topic
    later = [
        one
        for one in evidence.candidates
        if newest
        and one.passage.document.time > newest
        and says_otherwise(one.quote.text)
        and things
        and speaks_of_all(things, topic, one.alone)
        and any(one.alone)
    ]
    later += [
        one
        for one in evidence.candidates
        if any(says_otherwise_later(one.quote, quote) for quote in quotes)
        and all(one.quote.key != quote.key for quote in quotes)
    ]
    if not later:
        return list(quotes)
    return [max(later, key=lambda one: (one.passage.document.time, share(topic, one.alone))).full_quote, *quotes]


def later_document(ordered: Sequence[Quote]) -> Composition:
    """A warning that the first of these quotes is from a later document than the others, if it is."""
    latest = ordered[0].document
    earlier = [quote.document for quote in ordered if "" < quote.document.time < latest.time]
    if not earlier:
        return Composition()
    message = (
        f"{lead(latest)} is later than {lead(earlier[0])}: what the later one says may have changed what the earlier "
        "one says."
    )
    return Composition().warn("later_document", message, ordered[0])
