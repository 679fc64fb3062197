"""What should come: the events a schedule would leave behind on a perfect machine, where nothing takes time.

The supervisor stamps drafts and ends runs; here the same is worked out from the schedule alone. A test plays
every bundled scenario through the real supervisor and compares.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from backend.agents.cues import Cue, Failure, Finish, Hang
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    Counts,
    DoneEvent,
    Draft,
    ErrorEvent,
    KnownEvent,
    Outcome,
    StatusEvent,
    TokenEvent,
    WarningEvent,
    stamp,
)
from backend.protocol.run_view import StepView
from backend.protocol.steps import closing_state, fold_status


@dataclass(frozen=True, slots=True)
class Limits:
    """When the supervisor ends a run, in seconds: after its start, and after its last event."""

    timeout_s: float
    silence_timeout_s: float


def planned_events(cues: Iterable[Cue], speed: float, limits: Limits) -> list[KnownEvent]:
    """The stamped events of a run that plays the schedule, closing statuses, error and ``done`` included.

    Limits hold at any speed, since the supervisor counts real seconds.
    """
    log = _Log()
    last_s = 0.0
    for cue in cues:
        due_s = cue.at_s / speed if speed > 0 else 0.0
        ends_s = min(limits.timeout_s, last_s + limits.silence_timeout_s)
        if isinstance(cue.what, Hang) or due_s >= ends_s:
            return log.ended(ends_s, "timed_out", _timeout(ends_s, limits))
        if isinstance(cue.what, Finish):
            return log.ended(due_s, "completed", None)
        if isinstance(cue.what, Failure):
            error = ErrorEvent(code=cue.what.code, message=cue.what.message, retryable=cue.what.retryable)
            return log.ended(due_s, "failed", error)
        log.add(cue.what, due_s)
        last_s = due_s
    raise ValueError("The schedule has no end.")


def _timeout(ends_s: float, limits: Limits) -> ErrorEvent:
    """The supervisor's own words: of two limits that are over, the whole run's counts."""
    if ends_s >= limits.timeout_s:
        message = f"The run took longer than {limits.timeout_s:g} s and was ended."
        return ErrorEvent(code="timeout", message=message, retryable=True)
    message = f"The agent sent nothing for {limits.silence_timeout_s:g} s, so the run was ended."
    return ErrorEvent(code="silence", message=message, retryable=True)


@dataclass(slots=True)
class _Log:
    """The events so far, and what ``done`` has to know of them."""

    events: list[KnownEvent] = field(default_factory=list)
    steps: tuple[StepView, ...] = ()
    ttft_ms: float | None = None

    def add(self, draft: Draft | DoneEvent, at_s: float) -> None:
        event = stamp(draft, len(self.events) + 1, at_s * 1000)
        self.events.append(event)
        if isinstance(event, StatusEvent):
            self.steps = fold_status(self.steps, event)
        elif isinstance(event, TokenEvent) and event.text and self.ttft_ms is None:
            self.ttft_ms = event.at_ms

    def ended(self, at_s: float, outcome: Outcome, error: ErrorEvent | None) -> list[KnownEvent]:
        """All events once the run has ended like this."""
        state = closing_state(outcome)
        for step in reversed([step for step in self.steps if step.is_open]):
            step_id = None if step.announced else step.step_id
            self.add(StatusEvent(step_id=step_id, step=step.step, state=state), at_s)
        if error is not None:
            self.add(error, at_s)
        counts = self._counts()
        done = DoneEvent(
            outcome=outcome,
            partial=outcome != "completed" and counts.tokens > 0,
            latency_ms=round(at_s * 1000, 3),
            ttft_ms=self.ttft_ms,
            counts=counts,
        )
        self.add(done, at_s)
        return self.events

    def _counts(self) -> Counts:
        return Counts(
            tokens=sum(isinstance(event, TokenEvent) and bool(event.text) for event in self.events),
            citations=sum(isinstance(event, CitationEvent) for event in self.events),
            artifacts=sum(isinstance(event, ArtifactEvent) for event in self.events),
            warnings=sum(isinstance(event, WarningEvent) for event in self.events),
        )
