"""Silence: the longest wait without anything new, what stood on screen meanwhile, and stalls."""

from dataclasses import dataclass
from itertools import pairwise

from backend.metrics.metric import Metric
from backend.metrics.statistics import nearest_rank
from backend.metrics.trace import Trace

STALL_MS = 1000.0
STALL_MEDIANS = 5.0
"""A gap is a stall if it is longer than both: one second, and five times the median gap of its phase."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A gap between two events (0 is the request), and what a reader saw: the open steps, and text or
    none.
    """

    from_ms: float
    to_ms: float
    steps: tuple[str, ...]
    text_shown: bool

    @property
    def lasted_ms(self) -> float:
        """How long it was silent."""
        return self.to_ms - self.from_ms


def longest_silence(trace: Trace) -> Silence | None:
    """The first of the longest gaps of any event; None for a trace without events and without a close."""
    gaps = list(pairwise(_points(trace)))
    if not gaps:
        return None
    start, end = max(gaps, key=lambda gap: gap[1] - gap[0])
    steps = tuple(
        span.label or span.step
        for span in trace.steps
        if span.started_ms <= start and (span.ended_ms is None or span.ended_ms > start)
    )
    return Silence(start, end, steps, text_shown=bool(trace.tokens) and trace.tokens[0][1] <= start)


def longest_gap_ms(trace: Trace) -> float | None:
    """Longest silent gap: the longest time between two successive events, with the request as the first and
    the close of the stream as the last.
    """
    return _longest(_points(trace))


def longest_text_gap_ms(trace: Trace) -> float | None:
    """Longest time without new text: the longest time between two token events with text, with the request
    as the first and the close of the stream as the last. So it counts the wait before the answer too.
    """
    points = _points(trace)
    return _longest([0.0, *(at_ms for _, at_ms in trace.tokens), points[-1]]) if len(points) > 1 else None


def stalls(trace: Trace) -> int | None:
    """Stalls: gaps longer than one second and than five times the run's median gap of that phase. Phases:
    before the first token, from there to the last token, and after it.
    """
    return len(_stalled(trace)) if trace.times_ms else None


def stalled_ms(trace: Trace) -> float | None:
    """Stalled time: the total length of the gaps that are stalls."""
    return sum(_stalled(trace)) if trace.times_ms else None


def _points(trace: Trace) -> list[float]:
    """The request, every event, and the close where there is one."""
    close = [] if trace.close_ms is None else [max([trace.close_ms, *trace.times_ms[-1:]])]
    return [0.0, *trace.times_ms, *close]


def _longest(points: list[float]) -> float | None:
    return max((later - earlier for earlier, later in pairwise(points)), default=None)


def _stalled(trace: Trace) -> list[float]:
    phases: dict[int, list[float]] = {}
    first, last = (trace.tokens[0][1], trace.tokens[-1][1]) if trace.tokens else (float("inf"), float("inf"))
    for earlier, later in pairwise(_points(trace)):
        phase = 0 if later <= first else 1 if later <= last else 2
        phases.setdefault(phase, []).append(later - earlier)
    found = []
    for gaps in phases.values():
        limit = max(STALL_MS, STALL_MEDIANS * (nearest_rank(gaps, 0.5) or 0.0))
        found += [gap for gap in gaps if gap > limit]
    return found


LONGEST_GAP = Metric("longest_gap_ms", "Longest silent gap", "ms", "lower", longest_gap_ms)
LONGEST_TEXT_GAP = Metric("longest_text_gap_ms", "Longest time without new text", "ms", "lower", longest_text_gap_ms)
STALLS = Metric("stalls", "Stalls", "count", "lower", stalls)
STALLED = Metric("stalled_ms", "Stalled time", "ms", "lower", stalled_ms)
