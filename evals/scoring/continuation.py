"""What a run that was cancelled, cut, or read over several connections comes to: one list of arrivals, the metrics of
the disturbance, and what went otherwise than it must.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

from backend.metrics.delivery import lost
from backend.metrics.statistics import rounded
from backend.metrics.trace import Trace
from backend.protocol.events import DoneEvent
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from evals.playing.connections import Connections, RunConnection
from evals.wire.arrivals import Arrivals, parse
from evals.wire.exchange import Capture

ACCEPTED = (200, 201, 202)
NOTHING_FOLLOWS = 204


def joined(connections: Connections, read: Callable[[Capture], Arrivals] = parse) -> Arrivals:
    """The events of all connections one after the other, as the harness saw them, duplicates included; ``read`` parses
    what one of them left."""
    each = [read(part.capture) for part in connections.parts]
    if len(each) == 1 and connections.parts[0].kept is None:
        return each[0]
    found = Arrivals(status=each[0].status, headers=each[0].headers, closed_ns=each[-1].closed_ns)
    for number, (part, arrivals) in enumerate(zip(connections.parts, each, strict=True), start=1):
        found.events += arrivals.events[: part.kept]
        found.stamps_ns += arrivals.stamps_ns[: part.kept]
        found.ids += arrivals.ids[: part.kept]
        found.kernel_ns += arrivals.kernel_ns[: part.kept]
        failure = _failure(part, arrivals, found)
        if found.failure is None and failure is not None:
            found.failure = f"On connection {number}: {failure}" if number > 1 else failure
    return found


def _failure(part: RunConnection, arrivals: Arrivals, so_far: Arrivals) -> str | None:
    """Why this connection failed, or None."""
    if part.kept == 0:
        # It started the run and carried none of it.
        return None if arrivals.status in ACCEPTED else arrivals.failure
    if arrivals.status == NOTHING_FOLLOWS:
        if so_far.events and isinstance(so_far.events[-1], DoneEvent):
            return None
        return f"The server said that nothing follows, after {len(so_far.events)} events and no done."
    return arrivals.failure


def disturbance_metrics(connections: Connections, wire: Trace) -> dict[str, float | None]:
    """Cancel latency and recovery, in milliseconds on the wire's plane; None for what was not done to the run.

    ``cancel_to_done_ms`` counts from the moment just before the cancel's first byte is written. So does
    ``cancel_to_last_token_ms``, which is 0 where no token came after it, and None where the run sent none at all.
    ``recovery_ms`` is the longest of the run's recoveries: from the moment the harness hung up to the first new event
    on the next connection, which is opened at once; None where nothing new was left to come.
    """
    recoveries = [recovery for _, recovery in _recoveries(connections, wire) if recovery is not None]
    values: dict[str, float | None] = {
        "recovery_ms": rounded(max(recoveries, default=None)),
        "cancel_to_done_ms": None,
        "cancel_to_last_token_ms": None,
    }
    cancel_ms = _cancel_ms(connections)
    if cancel_ms is None or wire.done_ms is None or wire.done_ms < cancel_ms:
        return values
    values["cancel_to_done_ms"] = rounded(wire.done_ms - cancel_ms)
    if wire.tokens:
        values["cancel_to_last_token_ms"] = rounded(max(0.0, wire.tokens[-1][1] - cancel_ms))
    return values


def _cancel_ms(connections: Connections) -> float | None:
    """When the cancel was sent, on the wire's plane."""
    sent_ns = connections.first.sent_ns
    if connections.cancel is None or connections.cancel.sent_ns is None or sent_ns is None:
        return None
    return (connections.cancel.sent_ns - sent_ns) / 1e6


def _recoveries(connections: Connections, wire: Trace) -> Iterator[tuple[float, float | None]]:
    """For every cut: when it was, and how long it took until a new event came; milliseconds on the wire's plane."""
    sent_ns = connections.first.sent_ns or 0
    begun = 0
    for part, following in pairwise(connections.parts):
        begun += part.kept or 0
        if part.capture.hung_up_ns is None:
            continue
        cut_ms = (part.capture.hung_up_ns - sent_ns) / 1e6
        seen = max((event.seq for event in wire.received[:begun]), default=0)
        until = begun + (len(wire.received) if following.kept is None else following.kept)
        arrivals = zip(wire.received[begun:until], wire.received_ms[begun:until], strict=True)
        first_ms = next((at_ms for event, at_ms in arrivals if event.seq == 0 or event.seq > seen), None)
        yield cut_ms, None if first_ms is None else first_ms - cut_ms


def disturbance_text(asked: str, connections: Connections, wire: Trace) -> str:
    """What was done to the run, as results say it: what was asked, and when it happened."""
    found = []
    cancel_ms = _cancel_ms(connections)
    if cancel_ms is not None:
        before = sum(at_ms <= cancel_ms for at_ms in wire.received_ms)
        found.append(f"cancelled {cancel_ms:.1f} ms after the request, when {before} events had come")
    found += [
        f"cut at {cut_ms:.1f} ms" + ("" if recovery is None else f", back after {recovery:.1f} ms")
        for cut_ms, recovery in _recoveries(connections, wire)
    ]
    return f"{asked}: {'; '.join(found)}" if found else f"{asked}: the run ended before that"


def shortfalls(connections: Connections, cuts: int, cancels: bool, wire: Trace) -> list[str]:
    """What went otherwise than it must, a sentence each: nothing is lost, and what is kept is what was seen.

    ``cuts`` is how many cuts were asked for, ``cancels`` whether a cancel was.
    """
    found = []
    made = sum(part.capture.hung_up_ns is not None for part in connections.parts)
    if made < cuts:
        found.append(f"The run ended after {len(wire.events)} events, {cuts - made} of its {cuts} cuts never came.")
    missing = lost(wire)
    if missing:
        found.append(f"{missing:g} events were lost over {made} cuts.")
    if cancels:
        found += _cancel_shortfalls(connections, wire)
    if connections.log is not None:
        found += _log_shortfalls(connections.log, wire)
    return found


def _cancel_shortfalls(connections: Connections, wire: Trace) -> list[str]:
    cancel_ms = _cancel_ms(connections)
    if connections.cancel is None:
        return ["The run ended before it was to be cancelled."]
    if cancel_ms is None or parse(connections.cancel).status not in ACCEPTED:
        return [f"The cancel was not taken: {parse(connections.cancel).failure}"]
    if wire.done_ms is not None and wire.done_ms < cancel_ms:
        return ["The run ended while its cancel was on the way."]
    return []


def _log_shortfalls(log: Capture, wire: Trace) -> list[str]:
    """Where what came to the harness is not what a reader sees who comes later."""
    read = parse(log)
    if read.failure is not None:
        return [f"What was kept of the run cannot be read: {read.failure}"]
    seen, later = fold(RunView.start(), wire.received), fold(RunView.start(), read.events)
    if seen.message.answer != later.message.answer:
        kept_length, shown_length = len(later.message.answer), len(seen.message.answer)
        return [f"The answer that was kept ({kept_length} characters) is not the one that was shown ({shown_length})."]
    return [f"The {part} that were kept are not those that were shown." for part in _differing(seen, later)]


def _differing(seen: RunView, later: RunView) -> Iterator[str]:
    """The parts in which two views differ. How they came (duplicates, redraws) is not a part of what they show."""
    if seen.message.citations != later.message.citations or seen.message.markers != later.message.markers:
        yield "citations"
    if seen.message.warnings != later.message.warnings:
        yield "warnings"
    if seen.artifacts.items != later.artifacts.items:
        yield "artifacts"
    if seen.stream.steps != later.stream.steps or seen.stream.outcome != later.stream.outcome:
        yield "steps and outcome"
