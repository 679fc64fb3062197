"""How an answer grew: its text after every token, and when each citation marker came into being."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from backend.protocol.citations import Marker, MarkerScan, scan_markers
from backend.protocol.events import Event, TokenEvent


@dataclass(frozen=True, slots=True)
class Growth:
    """One token event with text: its index among the events, its time, and the answer's length after it."""

    index: int
    at_ms: float
    length: int


@dataclass(frozen=True, slots=True)
class MarkerSighting:
    """A marker on screen from the token that closed its bracket (the event ``index``).

    ``gone_ms`` is the time at which it turned out to be none, since a code span closed around it; else None.
    """

    number: int
    start: int
    end: int
    index: int
    at_ms: float
    gone_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer, its growth, its markers by appearance, and what only looked like a marker for a
    while.
    """

    text: str
    growth: tuple[Growth, ...]
    markers: tuple[MarkerSighting, ...]
    withdrawn: tuple[MarkerSighting, ...]

    def reached(self, length: int) -> Growth | None:
        """The token with which the answer first had ``length`` code points, or None if it never had."""
        at = bisect_left(self.growth, length, key=lambda growth: growth.length)
        return self.growth[at] if at < len(self.growth) else None

    def tokens_before(self, index: int) -> int:
        """How many token events with text came before the event ``index``."""
        return bisect_left(self.growth, index, key=lambda growth: growth.index)

    def length_before(self, index: int) -> int:
        """The answer's length when the event ``index`` came, in code points."""
        tokens = self.tokens_before(index)
        return self.growth[tokens - 1].length if tokens else 0


def grow(events: Iterable[Event], times_ms: Iterable[float]) -> Answer:
    """The answer that these events write. Empty tokens are none."""
    text, scan = "", MarkerScan()
    growth: list[Growth] = []
    seen: dict[tuple[int, int], MarkerSighting] = {}
    withdrawn: list[MarkerSighting] = []
    for index, (event, at_ms) in enumerate(zip(events, times_ms, strict=True)):
        if not isinstance(event, TokenEvent) or not event.text:
            continue
        text += event.text
        growth.append(Growth(index, at_ms, len(text)))
        before, scan = scan.markers, scan_markers(text, scan)
        if scan.markers != before:
            withdrawn += _sight(seen, scan.markers, index, at_ms)
    markers = sorted(seen.values(), key=lambda marker: (marker.index, marker.start, marker.number))
    return Answer(text, tuple(growth), tuple(markers), tuple(withdrawn))


def _sight(
    seen: dict[tuple[int, int], MarkerSighting], markers: tuple[Marker, ...], index: int, at_ms: float
) -> list[MarkerSighting]:
    """Take in the markers as they are now; gives those that are none any more."""
    now = {(marker.start, marker.number): marker for marker in markers}
    gone = [seen.pop(key) for key in [key for key in seen if key not in now]]
    for key, marker in now.items():
        if key not in seen:
            seen[key] = MarkerSighting(marker.number, marker.start, marker.end, index, at_ms)
    return [MarkerSighting(old.number, old.start, old.end, old.index, old.at_ms, gone_ms=at_ms) for old in gone]
