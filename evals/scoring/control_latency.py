"""How long a run took to do what was asked of it, from the call to the event that shows it, and what it did not do."""

from collections.abc import Iterator, Mapping

from backend.metrics.statistics import rounded
from backend.metrics.trace import Trace
from backend.protocol.events import StatusEvent
from backend.protocol.inputs import PAUSED, STEERING
from evals.playing.connections import Connections, SteeringCall
from evals.playing.steering import ACCEPTED
from evals.suites.suite import SuiteScenario


def control_latencies(connections: Connections, wire: Trace) -> dict[str, float | None]:
    """Every such time in milliseconds on the wire's plane, None for what was not done to the run.

    Each counts from the moment just before the call's first byte is written; of several the longest is taken.
    ``cancel_to_last_token_ms`` is 0 where no token came after the cancel, and None where the run sent none at all.
    """
    values: dict[str, float | None] = {
        "cancel_to_done_ms": None,
        "cancel_to_last_token_ms": None,
        "pause_ms": _longest(_pauses(connections, wire)),
        "answer_ms": _longest(_answers(connections, wire)),
        "message_to_delivery_ms": _longest(_deliveries(connections, wire)),
    }
    cancel_ms = next((call_ms(connections, call) for call in connections.of("cancel")), None)
    if cancel_ms is None or wire.done_ms is None or wire.done_ms < cancel_ms:
        return values
    values["cancel_to_done_ms"] = rounded(wire.done_ms - cancel_ms)
    if wire.tokens:
        values["cancel_to_last_token_ms"] = rounded(max(0.0, wire.tokens[-1][1] - cancel_ms))
    return values


def call_ms(connections: Connections, call: SteeringCall) -> float | None:
    """When the call was sent, on the wire's plane."""
    sent_ns = connections.first.sent_ns
    return None if call.performed.sent_ns is None or sent_ns is None else (call.performed.sent_ns - sent_ns) / 1e6


def control_shortfalls(connections: Connections, scenario: SuiteScenario, wire: Trace) -> Iterator[str]:
    """What was to be done and was not, a sentence each."""
    if scenario.cancel is not None:
        yield from _of_cancel(connections, wire)
    if scenario.pause is not None and not any(connections.of("pause")):
        yield "The run ended before it was to be paused."
    if scenario.message is not None and not any(connections.of("message")):
        yield "The run ended before the message was to be sent."
    answered = sum(1 for _ in connections.of("answer"))
    if answered < len(scenario.answers):
        yield f"The run asked {answered} times, and the suite has {len(scenario.answers)} answers."
    for call in connections.calls:
        if call.op != "cancel" and call.performed.status not in ACCEPTED:
            yield f"The {call.op} was not taken: {call.performed.failure}"


def _of_cancel(connections: Connections, wire: Trace) -> Iterator[str]:
    call = next(connections.of("cancel"), None)
    if call is None:
        yield "The run ended before it was to be cancelled."
        return
    sent_ms = call_ms(connections, call)
    if sent_ms is None or call.performed.status not in ACCEPTED:
        yield f"The cancel was not taken: {call.performed.failure}"
    elif wire.done_ms is not None and wire.done_ms < sent_ms:
        yield "The run ended while its cancel was on the way."


def _longest(values: Iterator[float]) -> float | None:
    return rounded(max(values, default=None))


def _pauses(connections: Connections, wire: Trace) -> Iterator[float]:
    begun = [at_ms for event, at_ms in _statuses(wire) if event.step == PAUSED and event.state == "started"]
    for call in connections.of("pause"):
        sent_ms = call_ms(connections, call)
        if sent_ms is not None:
            yield from [at_ms - sent_ms for at_ms in begun if at_ms >= sent_ms][:1]


def _answers(connections: Connections, wire: Trace) -> Iterator[float]:
    closed: dict[str | None, float] = {
        event.answer.input_id: at_ms for event, at_ms in _statuses(wire) if event.answer is not None
    }
    yield from _until_shown(connections, "answer", closed)


def _deliveries(connections: Connections, wire: Trace) -> Iterator[float]:
    delivered = {
        event.step_id: at_ms for event, at_ms in _statuses(wire) if event.step == STEERING and event.state == "finished"
    }
    yield from _until_shown(connections, "message", delivered)


def _until_shown(connections: Connections, op: str, shown_ms: Mapping[str | None, float]) -> Iterator[float]:
    """From each call of the kind to the moment at which what it concerns was shown."""
    for call in connections.calls:
        sent_ms = call_ms(connections, call)
        if call.op == op and sent_ms is not None and call.concerns in shown_ms:
            yield shown_ms[call.concerns] - sent_ms


def _statuses(wire: Trace) -> Iterator[tuple[StatusEvent, float]]:
    return (
        (event, at_ms)
        for event, at_ms in zip(wire.events, wire.times_ms, strict=True)
        if isinstance(event, StatusEvent)
    )
