"""A played run becomes a scored one: parsed, put on its planes, measured, and compared with its plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.metrics.facts import INTENDED
from backend.metrics.registry import measure
from backend.metrics.statistics import rounded
from backend.metrics.trace import Trace
from backend.protocol.checks import RULES
from backend.protocol.events import DoneEvent, ErrorEvent, Event, Outcome, StatusEvent
from backend.protocol.input_states import numbered_inputs
from evals.playing.runner import PlayedRun
from evals.results.run import MetricValues, RunResult
from evals.scoring import run_parts
from evals.scoring.continuation import disturbance_metrics, disturbance_text, joined, shortfalls
from evals.wire.arrivals import Arrivals
from evals.wire.captures import read_capture
from evals.wire.exchange import Capture

_LONGEST_ERROR = 300
"""Characters of what a stream says of its own error."""


@dataclass(frozen=True)
class ScoredRun:
    """A run's result, with the events that it was measured from on each plane. Of a recording both planes are the
    server's. ``plan`` is what a perfect machine would have sent, None where nobody can know it. ``timing`` says where
    the events' own times come from, as the header of a recording does."""

    result: RunResult
    wire: Trace
    server: Trace
    plan: Trace | None = None
    timing: str | None = None


def score(played: PlayedRun, read: Callable[[Capture], Arrivals] = read_capture) -> ScoredRun:
    """Parse and measure one played run; ``read`` parses what one connection left. Never raises for what the target
    sent."""
    return score_arrivals(played, joined(played.connections, read))


def score_arrivals(played: PlayedRun, arrivals: Arrivals) -> ScoredRun:
    """Measure a run whose bytes are parsed already."""
    play, scenario = played.play, played.play.scenario
    wire = replace(wire_trace(played.connections.first, arrivals), expectation=scenario.content)
    stamped = Trace.of_server_times("server", arrivals.events if arrivals.server_times else ())
    server = replace(stamped, expectation=scenario.content)
    # What a script says of a run is not true of one to which something else is done on purpose.
    plan = None if scenario.is_steered else play.plan
    error = arrivals.failure or (None if wire.done else _cut_off(wire))
    surprises = () if error else tuple(_surprises(played, wire))
    asked = scenario.disturbance
    values = measure(wire)
    result = RunResult(
        run_id=_run_id(arrivals),
        scenario=scenario.result_name,
        agent=scenario.agent,
        repeat=played.repeat,
        speed=scenario.speed,
        seed=scenario.seed,
        outcome=wire.done.outcome if wire.done else None,
        expected=play.expected,
        as_expected=error is None and not surprises,
        started=played.started,
        metrics=values | intended_metrics(played, values) | disturbance_metrics(played.connections, wire),
        server_metrics=measure(server) if arrivals.server_times else dict.fromkeys(measure(server)),
        truth=None if plan is None else measure(plan),
        steps=run_parts.steps(wire, server, plan),
        citations=run_parts.citations(wire),
        longest_silence=run_parts.silence(wire.without_people()),
        violations=run_parts.violations(wire),
        error_codes=run_parts.error_codes(wire),
        notes=_notes(played),
        surprises=surprises,
        error=error,
        question=play.question,
        load=played.load,
        tags=scenario.tags,
        intended_ms=rounded(played.start_delay_ms),
        transport=scenario.transport,
        labels=dict(scenario.labels),
        expectation=run_parts.expectation(wire),
        disturbance=None if asked is None else disturbance_text(asked, played.connections, wire),
    )
    return ScoredRun(result, wire, server, play.plan, None if arrivals.server_times else "arrival")


def _notes(played: PlayedRun) -> tuple[str, ...]:
    open_ones = sum(part.capture.left_open for part in played.connections.parts)
    return ("The server kept the connection open after the end of its answer.",) if open_ones else ()


def intended_metrics(played: PlayedRun, values: MetricValues) -> MetricValues:
    """The waits from the moment at which an open loop meant to begin the run, in milliseconds: connecting, and any
    delay of the harness, are included. None in a closed loop. ``values`` are the same waits from the request.
    """
    late_ms = played.start_delay_ms
    found: MetricValues = {}
    for key, fact in INTENDED.items():
        value = values.get(key)
        found[fact.key] = None if late_ms is None or value is None else rounded(value + late_ms)
    return found


def wire_trace(capture: Capture, arrivals: Arrivals) -> Trace:
    """The run on the wire's plane, in milliseconds since the request."""
    sent_ns = capture.sent_ns or 0
    return Trace(
        plane="wire",
        received=tuple(arrivals.events),
        received_ms=tuple((stamp - sent_ns) / 1e6 for stamp in arrivals.stamps_ns),
        close_ms=None if arrivals.closed_ns is None or not sent_ns else (arrivals.closed_ns - sent_ns) / 1e6,
        connect_ms=None if capture.connect_ns is None else capture.connect_ns / 1e6,
        kernel_ms=_kernel_ms(arrivals.kernel_ns, sent_ns),
    )


def _kernel_ms(kernel_ns: Sequence[int | None], sent_ns: int) -> tuple[float | None, ...]:
    if all(stamp is None for stamp in kernel_ns):
        return ()
    return tuple(None if stamp is None else (stamp - sent_ns) / 1e6 for stamp in kernel_ns)


def _cut_off(wire: Trace) -> str:
    if not wire.events:
        return "The stream ended without a single event."
    return f"The stream ended without done, after event {wire.events[-1].seq or len(wire.events)}."


def _run_id(arrivals: Arrivals) -> str:
    """The run's id as the answer's head names it, else as the last part of its path; empty where it has
    neither.
    """
    location = arrivals.headers.get("location", "")
    return arrivals.headers.get("playhead-run-id") or location.rstrip("/").rpartition("/")[2]


def _surprises(played: PlayedRun, wire: Trace) -> list[str]:
    """What went otherwise than it was meant to, a sentence each."""
    play, found = played.play, []
    outcome = wire.done.outcome if wire.done else None
    if outcome != play.expected:
        found.append(wrong_end(wire, play.expected))
    for rule in RULES:
        seen = [violation for violation in wire.violations if violation.rule == rule]
        scripted = play.scripted_violations.get(rule, 0)
        if len(seen) > scripted:
            found.append(f"Rule {rule} was broken {len(seen)} times, scripted {scripted}: {seen[-1].message}")
    if play.plan is not None and outcome == play.expected == "completed" and not play.scenario.is_steered:
        found += _departures(play.plan.events, wire.events)
    if play.scenario.comes_whole:
        return found
    return found + shortfalls(played.connections, play.scenario, wire)


def wrong_end(trace: Trace, expected: Outcome) -> str:
    """That the run did not end as it was meant to, and why as far as the stream itself says it."""
    why = next((event.message for event in reversed(trace.events) if isinstance(event, ErrorEvent)), "")
    said = " ".join(why.split())
    short = said if len(said) <= _LONGEST_ERROR else f"{said[:_LONGEST_ERROR]} …"
    outcome = trace.done.outcome if trace.done else None
    return f"The run ended {outcome}, expected {expected}" + (f": {short}" if short else ".")


def _departures(planned: tuple[Event, ...], came: tuple[Event, ...]) -> list[str]:
    """The first place at which the stream is not what the script says."""
    for index, (meant, got) in enumerate(zip(planned, numbered_inputs(came), strict=False), start=1):
        if _untimed(meant) != _untimed(got):
            return [f"Event {index} is not as scripted: a {got.type} came where the script has a {meant.type}."]
    if len(planned) != len(came):
        return [f"The script has {len(planned)} events, and {len(came)} came."]
    return []


def _untimed(event: Event) -> dict[str, object]:
    timing: dict[str, Any] = {"at_ms": True, "seq": True}
    if isinstance(event, DoneEvent):
        timing |= dict.fromkeys(("latency_ms", "ttft_ms", "waited_ms", "usage"), True)
    elif isinstance(event, StatusEvent):
        timing |= {"request": {"expires_at_ms"}, "answer": {"waited_ms"}}
    return event.model_dump(exclude=timing, exclude_none=True)
