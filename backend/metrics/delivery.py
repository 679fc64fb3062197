"""What came more than once, or never, by the events' own numbers."""

from backend.metrics.metric import Metric
from backend.metrics.trace import Trace
from backend.protocol.attempts import standing, steps_back


def duplicates(trace: Trace) -> int | None:
    """Duplicates: events whose seq had come before. No value for a stream that does not number its events."""
    last, found = 0, 0
    for event in trace.received:
        if steps_back(event, last):
            last = event.seq - 1
        found += 0 < event.seq <= last
        last = max(last, event.seq)
    return found if last else None


def lost(trace: Trace) -> int | None:
    """Lost events: numbers below the highest seq that never came. Must be 0. No value for a stream that
    does not number its events.
    """
    numbers = {event.seq for event in standing(trace.received) if event.seq}
    return max(numbers) - len(numbers) if numbers else None


DUPLICATES = Metric("duplicates", "Duplicate events", "count", "lower", duplicates, clocked=False)
LOST = Metric("lost", "Lost events", "count", "lower", lost, clocked=False)
