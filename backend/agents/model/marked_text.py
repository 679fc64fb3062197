"""The answer while it is written, with a citation before the token that completes its marker.

A model writes ``[3]`` in any number of pieces. A possible start of a marker is held back until it is a marker or cannot
become one: a few characters for a moment, never more.
"""

from collections.abc import Iterator

from backend.agents.model.sources import Sources
from backend.protocol.citations import MarkerScan, scan_markers, settled_length
from backend.protocol.events import Draft, Span, TokenEvent, WarningEvent
from backend.protocol.marker_run import Marker

_SENTENCE_ENDS = (". ", "! ", "? ", "\n")


class MarkedText:
    """The answer of one run, which cites its sources by number."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._answer = ""
        self._shown = 0
        self._scan = MarkerScan()
        self._last_span: Span | None = None
        self._seen: set[tuple[int, int]] = set()
        self._unknown: set[tuple[int, int]] = set()
        self._dangling: set[int] = set()

    @property
    def length(self) -> int:
        """Code points of the answer so far, those held back included."""
        return len(self._answer)

    def add(self, text: str) -> Iterator[Draft]:
        """Add a piece: yields the part that may be shown, each citation before the token that has its marker."""
        self._answer += text
        yield from self._show(settled_length(self._answer))

    def flush(self) -> Iterator[Draft]:
        """The text held back so far: nothing that follows could complete a marker."""
        yield from self._show(len(self._answer))
        yield from self._warn(len(self._answer))

    def cited_span(self, start: int) -> Span | None:
        """The range that a marker at ``start`` supports: the text before it, from the last marker or the end of the
        sentence before. A marker directly after another supports the same range. None if there is no such text."""
        begun = max((marker.end for marker in self._scan.markers if marker.end <= start), default=0)
        stop = start
        while stop > begun and (self._answer[stop - 1].isspace() or self._answer[stop - 1] in "(["):
            stop -= 1
        for end in _SENTENCE_ENDS:
            found = self._answer.rfind(end, begun, stop)
            begun = max(begun, found + len(end)) if found >= 0 else begun
        while begun < stop and not self._answer[begun].isalnum() and self._answer[begun] not in "“\"'(":
            begun += 1
        return Span(start=begun, end=stop) if stop > begun else None

    def _show(self, end: int) -> Iterator[Draft]:
        if end <= self._shown:
            return
        text, self._shown = self._answer[self._shown : end], end
        since = self._scan.line_start
        self._scan = scan_markers(self._answer[:end], self._scan)
        now = {(marker.start, marker.number): marker for marker in self._scan.with_cited(self._sources.numbers, since)}
        for key, marker in now.items():
            if key not in self._seen:
                yield from self._cited(marker)
        self._seen = set(now)
        self._unknown = {key for key in now if not self._sources.has(key[1])}
        yield TokenEvent(text=text)
        yield from self._warn(self._scan.line_start)

    def _warn(self, settled: int) -> Iterator[Draft]:
        """A warning for each number without a source. Not before the marker is settled: an address makes it a link."""
        for key in sorted(key for key in self._unknown if key[0] < settled):
            self._unknown.discard(key)
            if key[1] not in self._dangling:
                self._dangling.add(key[1])
                message = f"The model cites [{key[1]}], but it was given no passage of that number."
                yield WarningEvent(code="dangling_marker", message=message)

    def _cited(self, marker: Marker) -> Iterator[Draft]:
        if not self._sources.has(marker.number):
            return
        self._last_span = self.cited_span(marker.start) or self._last_span
        citation = self._sources.cite(marker.number, self._last_span)
        if citation is not None:
            yield citation
