"""How an answer grew: its text after every token, and when each citation marker came into being."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace

from backend.protocol.citations import MarkerScan, scan_markers
from backend.protocol.events import CitationEvent, Event, TokenEvent
from backend.protocol.marker_run import Marker


@dataclass(frozen=True, slots=True)
class Growth:
    """One token event with text: its index among the events, its time, and the answer's length after it."""

    index: int
    at_ms: float
    length: int


@dataclass(frozen=True, slots=True)
class MarkerSighting:
    """A marker on screen from the token that closed its bracket (the event ``index``).

    ``gone_ms`` is the time at which it turned out to be none, since code or a formula closed around it; else None.
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
    text, scan, cited = "", MarkerScan(), set[int]()
    growth: list[Growth] = []
    seen: dict[tuple[int, int], MarkerSighting] = {}
    withdrawn: list[MarkerSighting] = []
    for index, (event, at_ms) in enumerate(zip(events, times_ms, strict=True)):
        if isinstance(event, CitationEvent) and event.number is not None and event.number not in cited:
            cited.add(event.number)
            _sight(seen, [marker for marker in scan.doubtful if marker.number == event.number], index, at_ms)
        if not isinstance(event, TokenEvent) or not event.text:
            continue
        text += event.text
        growth.append(Growth(index, at_ms, len(text)))
        since, before = scan.line_start, scan
        scan = scan_markers(text, scan)
        now = scan.with_cited(cited, since)
        withdrawn += _withdraw(seen, before.with_cited(cited, since), now, at_ms)
        _sight(seen, now, index, at_ms)
    markers = sorted(seen.values(), key=lambda marker: (marker.index, marker.start, marker.number))
    return Answer(text, tuple(growth), tuple(markers), tuple(withdrawn))


def _sight(seen: dict[tuple[int, int], MarkerSighting], markers: Iterable[Marker], index: int, at_ms: float) -> None:
    """Take in the markers as they are now. One that grew, as by its address, was on screen before."""
    for marker in markers:
        key = (marker.start, marker.number)
        if key not in seen:
            seen[key] = MarkerSighting(marker.number, marker.start, marker.end, index, at_ms)
        elif seen[key].end != marker.end:
            seen[key] = replace(seen[key], end=marker.end)


def _withdraw(
    seen: dict[tuple[int, int], MarkerSighting], before: Iterable[Marker], now: Iterable[Marker], at_ms: float
) -> list[MarkerSighting]:
    """Those of ``before`` that are no longer among the markers."""
    kept = {(marker.start, marker.number) for marker in now}
    gone = [key for key in dict.fromkeys((marker.start, marker.number) for marker in before) if key not in kept]
    return [replace(seen.pop(key), gone_ms=at_ms) for key in gone]
