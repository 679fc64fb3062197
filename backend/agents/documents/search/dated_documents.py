"""Documents by the period that they are about: those of a period asked for, the newest, and their order in time."""

from collections.abc import Sequence

from backend.agents.documents.indexing.folder_facts import DatedDocument
from backend.agents.documents.periods import Period

_NEVER = 100


def of_period(documents: Sequence[DatedDocument], asked: Period) -> list[DatedDocument]:
    """The documents whose period it is: by their strongest period that fits, so a file name goes before a date.

    A day is that of the documents whose own period ends on it; of a report it says nothing if it is within its period.
    """
    ending = [document for document in documents if asked.day and document.period_end == asked.end.isoformat()]
    if ending:
        return ending
    places = {document.name: _place(document, asked) for document in documents}
    best = min(places.values(), default=None)
    if best is None or best[0] >= _NEVER:
        return []
    return [document for document in documents if places[document.name] <= (best[0], best[1])]


def spanning(documents: Sequence[DatedDocument]) -> frozenset[str]:
    """The names of documents about a whole year that has documents about parts of it: a table of all its quarters. What
    they say of a part says so itself."""
    years = {int(document.time[:4]) for document in documents if _is_of_part(document)}
    return frozenset(
        document.name
        for document in documents
        if document.periods and not _is_of_part(document) and document.periods[0].year in years
    )


def _is_of_part(document: DatedDocument) -> bool:
    first = document.periods[0] if document.periods else None
    return bool(document.time) and bool(document.period_end or (first is not None and (first.quarter or first.month)))


def newest(documents: Sequence[DatedDocument]) -> list[DatedDocument]:
    """The documents of the latest time; all of them if none has any."""
    latest = max((document.time for document in documents), default="")
    return [document for document in documents if document.time == latest]


def before_newest(documents: Sequence[DatedDocument]) -> list[DatedDocument]:
    """The documents of the time before the latest one; empty without any."""
    times = sorted({document.time for document in documents if document.time})
    return [document for document in documents if len(times) > 1 and document.time == times[-2]]


def _place(document: DatedDocument, asked: Period) -> tuple[int, int]:
    """How strongly a document is of this period: the way it fits, and which of its periods does; less is stronger."""
    is_day_within_report = bool(asked.day and document.period_end)
    for way, fits in enumerate((_is_within, _is_like) if is_day_within_report else (_is_within, _is_like, _contains)):
        for place, own in enumerate(document.periods):
            if fits(asked, own):
                return way, place
    return _NEVER, 0


def _is_within(asked: Period, own: Period) -> bool:
    return asked.contains(own)


def _is_like(asked: Period, own: Period) -> bool:
    """Whether only the kind of year differs: what people call a fiscal quarter may be the file's name of it."""
    return asked.fiscal and not own.fiscal and (asked.year, asked.quarter) == (own.year, own.quarter)


def _contains(asked: Period, own: Period) -> bool:
    return own.contains(asked) and bool(own.quarter or own.month) and own.fiscal == asked.fiscal
