"""Silence: the longest wait without anything new, what stood on screen meanwhile, and stalls."""

from dataclasses import dataclass
from itertools import pairwise

from backend.metrics.metric import Metric
from backend.metrics.statistics import nearest_rank
from backend.metrics.trace import Trace
from backend.protocol.events import Event, StatusEvent, TokenEvent, UnknownEvent

STALL_MS = 1000.0
STALL_MEDIANS = 5.0
"""A gap is a stall if it is longer than both: one second, and five times the median gap of its phase."""
GAPS_FOR_A_MEDIAN = 8
"""With fewer gaps in a phase, a long one would be a large part of the median that it is compared with: one second alone
is the bound there.
"""


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
    """Longest silent gap: the longest time between two successive events, with the request as the first and the
    close of the stream as the last. Activity that is not shown, such as a model's reasoning, ends a silence too.
    """
    return _longest(_points(trace))


def quiet_screen_ms(trace: Trace) -> float | None:
    """Quiet screen: the longest time in which nothing visible changed, from the request to the end of the run. Activity
    that is not shown, such as a model's reasoning, does not end it.
    """
    if not trace.times_ms:
        return None
    shown: dict[str | None, tuple[object, ...]] = {}
    points = [0.0]
    for event, at_ms in zip(trace.events, trace.times_ms, strict=True):
        if _is_visible(event, shown):
            points.append(at_ms)
    return _longest([*points, max(points[-1], trace.end_ms)])


def longest_text_gap_ms(trace: Trace) -> float | None:
    """Longest time without new text: the longest time between two token events with text, with the request
    as the first and the close of the stream as the last. So it counts the wait before the answer too.
    """
    points = _points(trace)
    return _longest([0.0, *(at_ms for _, at_ms in trace.tokens), points[-1]]) if len(points) > 1 else None


def stalls(trace: Trace) -> int | None:
    """Stalls: gaps longer than one second and, in a phase with at least 8 gaps, longer than five times the run's median
    gap of that phase. Phases: before the first token, from there to the last token, and after it. Activity that is
    not shown, such as a model's reasoning, ends a gap.
    """
    return len(_stalled(trace)) if trace.times_ms else None


def stalled_ms(trace: Trace) -> float | None:
    """Stalled time: the total length of the gaps that are stalls."""
    return sum(_stalled(trace)) if trace.times_ms else None


def _points(trace: Trace) -> list[float]:
    """The request, every event and all hidden activity, and the close where there is one."""
    close = [] if trace.close_ms is None else [max([trace.close_ms, *trace.times_ms[-1:]])]
    return [0.0, *sorted((*trace.times_ms, *trace.activity_ms)), *close]


def _is_visible(event: Event, shown: dict[str | None, tuple[object, ...]]) -> bool:
    """Whether a reader sees a change; ``shown`` is the last state of every step and is kept up to date."""
    if isinstance(event, TokenEvent):
        return bool(event.text)
    if not isinstance(event, StatusEvent):
        return not isinstance(event, UnknownEvent)
    before = shown.get(event.step_id)
    state = "open" if event.state in ("started", "progress") else event.state
    fields = (event.label, event.detail, event.progress, event.tool, event.request)
    told = fields if before is None else tuple(map(_updated, before[1:], fields))
    shown[event.step_id] = (state, *told)
    return shown[event.step_id] != before


def _updated(old: object, new: object) -> object:
    return old if new is None else new


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
        usual = nearest_rank(gaps, 0.5) if len(gaps) >= GAPS_FOR_A_MEDIAN else None
        limit = max(STALL_MS, STALL_MEDIANS * (usual or 0.0))
        found += [gap for gap in gaps if gap > limit]
    return found


LONGEST_GAP = Metric("longest_gap_ms", "Longest silent gap", "ms", "lower", longest_gap_ms)
LONGEST_TEXT_GAP = Metric("longest_text_gap_ms", "Longest time without new text", "ms", "lower", longest_text_gap_ms)
QUIET_SCREEN = Metric("quiet_screen_ms", "Quiet screen", "ms", "lower", quiet_screen_ms)
STALLS = Metric("stalls", "Stalls", "count", "lower", stalls)
STALLED = Metric("stalled_ms", "Stalled time", "ms", "lower", stalled_ms)
