"""What a run that was steered, cut, or read over several connections comes to: one list of arrivals, the metrics of
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
from evals.playing.steering import ACCEPTED
from evals.scoring.control_latency import call_ms, control_latencies, control_shortfalls
from evals.suites.suite import SuiteScenario
from evals.wire.arrivals import Arrivals, parse
from evals.wire.captures import read_capture
from evals.wire.exchange import Capture

NOTHING_FOLLOWS = 204

_DONE = {
    "cancel": "cancelled",
    "pause": "paused",
    "resume": "resumed",
    "answer": "answered",
    "message": "sent a message",
}
"""What was done, in the text of results."""


def joined(connections: Connections, read: Callable[[Capture], Arrivals] = read_capture) -> Arrivals:
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
    """How long the run took to do what was asked of it, and its recovery, in milliseconds on the wire's plane; None
    for what was not done to it.

    ``recovery_ms`` is the longest of the run's recoveries: from the moment the harness hung up to the first new event
    on the next connection, which is opened at once; None where nothing new was left to come.
    """
    found = [recovery for _, recovery in recoveries(connections, wire) if recovery is not None]
    return {"recovery_ms": rounded(max(found, default=None)), **control_latencies(connections, wire)}


def recoveries(connections: Connections, wire: Trace) -> Iterator[tuple[float, float | None]]:
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
    for call in connections.calls:
        sent_ms = call_ms(connections, call)
        if sent_ms is not None:
            before = sum(at_ms <= sent_ms for at_ms in wire.received_ms)
            found.append(f"{_DONE[call.op]} {sent_ms:.1f} ms after the request, when {before} events had come")
    found += [
        f"cut at {cut_ms:.1f} ms" + ("" if recovery is None else f", back after {recovery:.1f} ms")
        for cut_ms, recovery in recoveries(connections, wire)
    ]
    return f"{asked}: {'; '.join(found)}" if found else f"{asked}: the run ended before that"


def shortfalls(connections: Connections, scenario: SuiteScenario, wire: Trace) -> list[str]:
    """What went otherwise than it must, a sentence each: nothing is lost, and what is kept is what was seen."""
    found = []
    cuts = len(scenario.cut.after_events) if scenario.cut else 0
    made = sum(part.capture.hung_up_ns is not None for part in connections.parts)
    if made < cuts:
        found.append(f"The run ended after {len(wire.events)} events, {cuts - made} of its {cuts} cuts never came.")
    missing = lost(wire)
    if missing:
        found.append(f"{missing:g} events were lost over {made} cuts.")
    found += control_shortfalls(connections, scenario, wire)
    if connections.log is not None:
        found += kept_differences(connections.log, wire)
    return found


def kept_differences(log: Capture, wire: Trace) -> list[str]:
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
