"""Captured runs made by hand: events at chosen moments, as if they had come off a socket."""

from collections.abc import Iterable

from backend.metrics.trace import Trace
from backend.protocol.events import Event, Outcome
from backend.protocol.sse import encode_event
from evals.playing.connections import Connections
from evals.playing.runner import PlayedRun
from evals.playing.target import Play
from evals.suites.suite import SuiteScenario
from evals.wire.exchange import Capture
from tests.evals.byte_server import END, HEAD, chunk

BASE_NS = 5_000_000_000
"""The moment of the request: not zero, so that a stamp taken as a time would show."""


def capture(timed: Iterable[tuple[float, Event]], *, ended: bool = True, close_ms: float | None = None) -> Capture:
    """A capture in which each event arrives at its milliseconds, with its own seq and ``at_ms`` if it has
    them.
    """
    made = Capture(connect_ns=400_000, sent_ns=BASE_NS)
    made.chunks.append((BASE_NS + 1, HEAD))
    last = 0.0
    for seq, (at_ms, event) in enumerate(timed, start=1):
        stamped = event if event.seq else event.model_copy(update={"seq": seq, "at_ms": event.at_ms or at_ms})
        frame = chunk(encode_event(stamped, 1))  # type: ignore[arg-type]
        made.chunks.append((BASE_NS + round(at_ms * 1e6), frame))
        last = at_ms
    made.closed_ns = BASE_NS + round((last if close_ms is None else close_ms) * 1e6)
    if ended:
        made.chunks.append((made.closed_ns, END))
    return made


def play(
    agent: str = "scripted:made",
    *,
    plan: Iterable[tuple[float, Event]] | None = None,
    expected: Outcome = "completed",
    violations: dict[str, int] | None = None,
    question: str = "Why?",
    repeats: int = 1,
    speed: float = 1.0,
) -> Play:
    """A scenario of a suite, with the plan given as (milliseconds, event)."""
    planned = None
    if plan is not None:
        events = [event.model_copy(update={"seq": seq, "at_ms": at}) for seq, (at, event) in enumerate(plan, start=1)]
        planned = Trace.of_server_times("planned", events)
    scenario = SuiteScenario(agent, None, repeats, speed, 0, None)
    return Play(scenario, question, planned, expected, violations or {})


def played(capture: Capture, of: Play | None = None, repeat: int = 1) -> PlayedRun:
    """A played run."""
    return PlayedRun(of or play(), repeat, "2026-11-22T10:00:00.000+00:00", Connections.one(capture))
