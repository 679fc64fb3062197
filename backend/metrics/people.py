"""The time of people in a run, and how fast it does what they ask."""

from backend.metrics.metric import Metric
from backend.metrics.trace import Trace
from backend.protocol.events import DoneEvent, StatusEvent
from backend.protocol.input_states import counts_of
from backend.protocol.inputs import PAUSED, STEERING


def waited_ms(trace: Trace) -> float | None:
    """Waited for a person: how long the agent was blocked on answers, overlapping requests counted once. Every other
    time is given without it. No value for a run that asked nobody.
    """
    return trace.person.waited_ms if trace.person.inputs else None


def paused_ms(trace: Trace) -> float | None:
    """Paused: how long the run was paused. Every other time is given without it. No value for a run that never was."""
    return trace.person.paused_ms if trace.person.has_paused else None


def inputs_asked(trace: Trace) -> int:
    """Requests: how often the run asked a person."""
    return len(trace.person.inputs)


def inputs_accepted(trace: Trace) -> int | None:
    """Accepted requests: how many of them a person, or the scenario itself, accepted. No value for a run that asked
    nobody.
    """
    return counts_of(trace.person.inputs).accepted if trace.person.inputs else None


def deliver_ms(trace: Trace) -> float | None:
    """Message to delivery: from the status that accepts a message for the agent to the status that says that the agent
    has read it; of several the longest. No value for a run whose agent read none.
    """
    accepted: dict[str | None, float] = {}
    taken = []
    for event, at_ms in zip(trace.events, trace.times_ms, strict=True):
        if not isinstance(event, StatusEvent) or event.step != STEERING:
            continue
        if event.state == "started" and event.mode == "steer":
            accepted[event.step_id] = at_ms
        elif event.state == "finished" and event.step_id in accepted:
            taken.append(at_ms - accepted[event.step_id])
    return max(taken, default=None)


def resume_ms(trace: Trace) -> float | None:
    """Resume to the next event: from the status that ends a pause to the next event of any type but done; of several
    the longest. No value for a run that was not resumed.
    """
    resumed_ms: float | None = None
    taken = []
    for event, at_ms in zip(trace.events, trace.times_ms, strict=True):
        if resumed_ms is not None and not isinstance(event, DoneEvent):
            taken.append(at_ms - resumed_ms)
        ends = isinstance(event, StatusEvent) and event.step == PAUSED and event.state == "finished"
        resumed_ms = at_ms if ends else None
    return max(taken, default=None)


WAITED = Metric("waited_ms", "Waited for a person", "ms", "none", waited_ms)
PAUSED_TIME = Metric("paused_ms", "Paused", "ms", "none", paused_ms)
ASKED = Metric("inputs_asked", "Requests to people", "count", "none", inputs_asked, clocked=False)
ACCEPTED = Metric("inputs_accepted", "Accepted requests", "count", "none", inputs_accepted, clocked=False)
DELIVER = Metric("deliver_ms", "Message to delivery", "ms", "lower", deliver_ms)
RESUME = Metric("resume_ms", "Resume to next event", "ms", "lower", resume_ms)

OF_PEOPLE: tuple[Metric, ...] = (WAITED, PAUSED_TIME, ASKED, ACCEPTED, DELIVER, RESUME)
"""Measured with the time of people in it."""
