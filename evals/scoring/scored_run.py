"""A captured run becomes a scored one: parsed, put on its planes, measured, and held against its script."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from backend.metrics.citation_lag import CitationLag, citation_lags
from backend.metrics.registry import measure
from backend.metrics.silence import Silence, longest_silence
from backend.metrics.steps import StepSpan, self_time_ms
from backend.metrics.trace import Trace
from backend.protocol.checks import RULES, Violation
from backend.protocol.events import DoneEvent, ErrorEvent, Event, Outcome
from evals.playing.runner import PlayedRun
from evals.scoring.continuation import disturbance_metrics, joined, shortfalls
from evals.scoring.page_figures import Interface, PageFigures
from evals.wire.arrivals import Arrivals, parse
from evals.wire.exchange import Capture

MetricValues = dict[str, float | None]

_MOST_SAID = 300
"""Characters of what a stream says of its own error."""


@dataclass(frozen=True, slots=True)
class StepLatency:
    """One step on the planes: milliseconds from its start to its own end, None where it never ended.

    ``skew_ms`` is wire minus server; ``self_ms`` the wire time less that of the step's children;
    ``planned_ms`` what the script says.
    """

    step_id: str
    step: str
    state: str
    parent_id: str | None
    wire_ms: float | None
    server_ms: float | None
    skew_ms: float | None
    self_ms: float | None
    planned_ms: float | None


@dataclass(frozen=True)
class ScoredRun:
    """Everything known of one run. ``error`` is why it could not be measured to its end, in one sentence;
    ``surprises`` are what the script, or the suite, did not lead to expect. ``through`` is the UI in whose page the run
    was asked for, ``page`` what is known of that."""

    played: PlayedRun
    run_id: str
    wire: Trace
    server: Trace
    metrics: MetricValues
    server_metrics: MetricValues
    truth: MetricValues | None
    steps: tuple[StepLatency, ...]
    citations: tuple[CitationLag, ...]
    violations: tuple[Violation, ...]
    silence: Silence | None
    error: str | None
    surprises: tuple[str, ...]
    through: Interface | None = None
    page: PageFigures | None = None

    @property
    def outcome(self) -> str | None:
        """How the run ended by its own done, or None without one."""
        return self.wire.done.outcome if self.wire.done else None

    @property
    def as_expected(self) -> bool:
        """Whether the run was measured to its end and did what it was meant to do."""
        return self.error is None and not self.surprises

    def of_repeat(self, repeat: int) -> "ScoredRun":
        """The same run as the ``repeat``-th of its entry."""
        return replace(self, played=replace(self.played, repeat=repeat))


def score(played: PlayedRun, read: Callable[[Capture], Arrivals] = parse) -> ScoredRun:
    """Parse and measure one captured run; ``read`` parses what one connection left. Never raises for what the target
    sent."""
    return score_arrivals(played, read(played.capture) if played.carried is None else joined(played.carried))


def score_arrivals(played: PlayedRun, arrivals: Arrivals) -> ScoredRun:
    """Measure a run whose bytes are parsed already."""
    wire = wire_trace(played.capture, arrivals)
    server = Trace.of_server_times("server", arrivals.events if arrivals.server_times else ())
    # What a script says of a whole run is no truth about one that is cancelled on purpose.
    plan = played.play.plan if played.play.entry.cancel is None else None
    violations = wire.violations
    error = arrivals.failure or (None if wire.done else _cut_off(wire))
    return ScoredRun(
        played=played,
        run_id=_run_id(arrivals),
        wire=wire,
        server=server,
        metrics=measure(wire)
        | intended_metrics(played, wire)
        | ({} if played.carried is None else disturbance_metrics(played.carried, wire)),
        server_metrics=measure(server) if arrivals.server_times else dict.fromkeys(measure(server)),
        truth=None if plan is None else measure(plan),
        steps=step_latencies(wire, server, plan),
        citations=citation_lags(wire),
        violations=violations,
        silence=longest_silence(wire),
        error=error,
        surprises=() if error else tuple(_surprises(played, wire, violations)),
    )


def intended_metrics(played: PlayedRun, wire: Trace) -> MetricValues:
    """The wait for the first token from the moment at which an open loop meant to begin the run, in milliseconds:
    connecting, and whatever held the harness up, are in it. None in a closed loop."""
    late_ms = start_delay_ms(played)
    if late_ms is None or not wire.tokens:
        return {"ttft_intended_ms": None}
    return {"ttft_intended_ms": round(wire.tokens[0][1] + late_ms, 3)}


def start_delay_ms(played: PlayedRun) -> float | None:
    """How much later than appointed the run's request was sent, connecting included; None in a closed loop."""
    if played.appointed_ns is None or played.capture.sent_ns is None:
        return None
    return (played.capture.sent_ns - played.appointed_ns) / 1e6


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


def step_latencies(wire: Trace, server: Trace, plan: Trace | None) -> tuple[StepLatency, ...]:
    """Every step, or attempt of one, with its time on each plane. The planes hold the same events, so that
    the n-th attempt of a step on one is the n-th on the other.
    """
    on_server = {key: span.duration_ms for key, span in _by_attempt(server)}
    planned = {} if plan is None else {key: span.duration_ms for key, span in _by_attempt(plan)}
    found = []
    for key, span in _by_attempt(wire):
        wire_ms, server_ms = span.duration_ms, on_server.get(key)
        skew_ms = None if wire_ms is None or server_ms is None else wire_ms - server_ms
        found.append(
            StepLatency(
                span.step_id,
                span.step,
                span.state,
                span.parent_id,
                wire_ms,
                server_ms,
                skew_ms,
                self_time_ms(span, wire.steps),
                planned.get(key),
            )
        )
    return tuple(found)


def _by_attempt(trace: Trace) -> Iterator[tuple[tuple[str, int], StepSpan]]:
    seen: dict[str, int] = {}
    for span in trace.steps:
        seen[span.step_id] = seen.get(span.step_id, 0) + 1
        yield (span.step_id, seen[span.step_id]), span


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


def _surprises(played: PlayedRun, wire: Trace, violations: tuple[Violation, ...]) -> list[str]:
    """What went otherwise than it was meant to, a sentence each."""
    play, found = played.play, []
    outcome = wire.done.outcome if wire.done else None
    if outcome != play.expected:
        found.append(wrong_end(wire, play.expected))
    for rule in RULES:
        seen = [violation for violation in violations if violation.rule == rule]
        scripted = play.scripted_violations.get(rule, 0)
        if len(seen) > scripted:
            found.append(f"Rule {rule} was broken {len(seen)} times, scripted {scripted}: {seen[-1].message}")
    if play.plan is not None and outcome == play.expected == "completed":
        found += _departures(play.plan.events, wire.events)
    if played.carried is not None:
        cuts = len(play.entry.cut.after_events) if play.entry.cut else 0
        found += shortfalls(played.carried, cuts, play.entry.cancel is not None, wire)
    return found


def wrong_end(trace: Trace, expected: Outcome) -> str:
    """That the run did not end as it was meant to, and why as far as the stream itself says it."""
    why = next((event.message for event in reversed(trace.events) if isinstance(event, ErrorEvent)), "")
    said = " ".join(why.split())
    short = said if len(said) <= _MOST_SAID else f"{said[:_MOST_SAID]} …"
    outcome = trace.done.outcome if trace.done else None
    return f"The run ended {outcome}, expected {expected}" + (f": {short}" if short else ".")


def _departures(planned: tuple[Event, ...], came: tuple[Event, ...]) -> list[str]:
    """The first place at which the stream is not what the script says."""
    for index, (meant, got) in enumerate(zip(planned, came, strict=False), start=1):
        if _said(meant) != _said(got):
            return [f"Event {index} is not as scripted: a {got.type} came where the script has a {meant.type}."]
    if len(planned) != len(came):
        return [f"The script has {len(planned)} events, and {len(came)} came."]
    return []


def _said(event: Event) -> dict[str, object]:
    timing = {"seq", "at_ms", "latency_ms", "ttft_ms", "usage"} if isinstance(event, DoneEvent) else {"at_ms", "seq"}
    return event.model_dump(exclude=timing, exclude_none=True)
