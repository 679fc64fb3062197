"""The sources an answer cites: each is one citation, sent again when more of it is known.

Providers name a source once for every place that rests on it. Here each place is a range of the one citation, so that
nothing is sent twice.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from backend.protocol.events import CitationEvent, Span

MAX_CITATIONS = 10_000
MAX_MENTIONS = 500
"""Places that one source may be cited at. Each further one sends the citation with all its ranges again."""

MAX_ALL_MENTIONS = 20_000
"""Places of all sources together."""


class CountLoss(Protocol):
    """Takes the plain word for what is left out, and how much of it."""

    def __call__(self, what: str, count: int = 1, /) -> None:
        """Count it."""
        ...


class CitedSources:
    """Citations by keys of the dialect's own (an address, an address with its quote)."""

    def __init__(
        self,
        write: Callable[[CitationEvent], None],
        count_loss: CountLoss,
        shown_span: Callable[[Span], Span | None],
    ) -> None:
        """``write`` takes each citation that is new or has changed, ``count_loss`` the plain word for what is left
        out. ``shown_span`` gives the range of the answer for one of the text that the agent wrote."""
        self._write = write
        self._count_loss = count_loss
        self._shown_span = shown_span
        self._cited: dict[str, CitationEvent] = {}
        self._mentions: dict[str, set[str | Span]] = {}
        self._all_mentions = 0
        self._ahead: list[tuple[str, Span]] = []

    @property
    def count(self) -> int:
        """Citations so far: each source once for every place that names it, at least once."""
        return sum(max(1, len(self._mentions.get(key, ()))) for key in self._cited)

    def id_of(self, key: str) -> str | None:
        """The id a source was given."""
        known = self._cited.get(key)
        return known.citation_id if known else None

    def add(self, key: str, span: Span | None, mention: str, fields: Mapping[str, object], length: int) -> int:
        """As ``AnswerDrafts.add_citation``; ``length`` is how much of the written text is settled, in code points."""
        known = self._cited.get(key)
        spans = fields.get("spans")
        if isinstance(spans, tuple) and spans:
            fields = {**fields, "spans": tuple(self._shown(spans))}
        is_new = known is None
        if known is None:
            if not self._has_room():
                return 0
            number = len(self._cited) + 1
            known = CitationEvent(citation_id=f"c{number}", number=number)
        update = _changes(known, fields)
        if self._is_new_place(key, span or mention) and span is not None:
            if span.end > length:
                self._ahead.append((key, span))
            elif shown := self._shown([span]):
                update["spans"] = (*known.spans, *shown)
        if is_new or update:
            self._keep(key, known, update)
        return known.number or 0

    def add_native(self, citation: CitationEvent) -> None:
        """A citation of Playhead's own protocol, as it is, if there is room for it."""
        key = citation.citation_id or f"without id {len(self._cited)}"
        if key in self._cited or self._has_room():
            self._cited[key] = citation
            spans = tuple(shown for span in citation.spans if (shown := self._shown_span(span)))
            self._write(citation if spans == citation.spans else citation.model_copy(update={"spans": spans}))

    def close(self, length: int) -> None:
        """The answer is whole: ranges that came before their text are sent, those outside it are lost."""
        late: dict[str, list[Span]] = {}
        for key, span in self._ahead:
            if span.end <= length:
                late.setdefault(key, []).append(span)
            else:
                self._count_loss("ranges outside the answer")
        self._ahead = []
        for key, spans in late.items():
            known = self._cited[key]
            self._keep(key, known, {"spans": (*known.spans, *self._shown(spans))})

    def _shown(self, spans: Sequence[Span]) -> list[Span]:
        shown = [found for span in spans if (found := self._shown_span(span)) is not None]
        if len(shown) < len(spans):
            self._count_loss("ranges of text that is not part of the answer", len(spans) - len(shown))
        return shown

    def _has_room(self) -> bool:
        if len(self._cited) < MAX_CITATIONS:
            return True
        self._count_loss("citations beyond the most a run may have")
        return False

    def _is_new_place(self, key: str, place: str | Span) -> bool:
        if not place:
            return False
        places = self._mentions.setdefault(key, set())
        if place in places:
            return False
        if len(places) >= MAX_MENTIONS or self._all_mentions >= MAX_ALL_MENTIONS:
            self._count_loss("further places that cite a source")
            return False
        places.add(place)
        self._all_mentions += 1
        return True

    def _keep(self, key: str, known: CitationEvent, update: Mapping[str, object]) -> None:
        citation = CitationEvent.model_validate(known.model_dump() | dict(update))
        self._cited[key] = citation
        self._write(citation)


def _changes(known: CitationEvent, fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that add to the citation or change it."""
    changes = {
        name: value for name, value in fields.items() if value not in (None, "") and getattr(known, name) != value
    }
    if known.title and changes.get("title") == fields.get("url"):
        # An address stands in for a title that this mention does not give.
        changes.pop("title", None)
    return changes
