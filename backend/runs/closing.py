"""How a run ends, whoever ends it: open steps are closed, then comes the error if there is one, then
``done``."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.protocol.events import DoneEvent, Draft, ErrorEvent, KnownEvent, Outcome, StatusEvent, stamp
from backend.protocol.run_view import StepView
from backend.protocol.steps import closing_state
from backend.runs.state import Tally


@dataclass(frozen=True, slots=True)
class Ending:
    """Why and how a run ends. ``last_words`` come before the open steps are closed, such as a warning."""

    outcome: Outcome
    error: ErrorEvent | None = None
    last_words: tuple[Draft, ...] = ()


def closing_statuses(steps: Sequence[StepView], outcome: Outcome) -> list[StatusEvent]:
    """A status for every open step that ends it as the outcome says, the latest step first, so that a step
    ends before the step it is part of."""
    state = closing_state(outcome)
    return [
        StatusEvent(step_id=None if step.announced else step.step_id, step=step.step, state=state)
        for step in reversed(steps)
        if step.is_open
    ]


def end_run(tally: Tally, ending: Ending, at_ms: float) -> tuple[list[KnownEvent], DoneEvent]:
    """The stamped events that end the run, and its ``done``; all are counted in ``tally``.

    ``at_ms`` is the moment of the end in milliseconds since the run was accepted, and is raised to the last
    event's where it lies before it. ``partial`` says that there is an answer and that it was cut.
    """
    at_ms = max(at_ms, tally.last_at_ms)
    closing: list[KnownEvent] = []

    def add(drafts: Sequence[Draft]) -> None:
        stamped = [stamp(draft, tally.last_seq + place, at_ms) for place, draft in enumerate(drafts, start=1)]
        tally.add(stamped)
        closing.extend(stamped)

    add(ending.last_words)
    add(closing_statuses(tally.steps, ending.outcome))
    add([ending.error] if ending.error else [])
    done = DoneEvent(
        outcome=ending.outcome,
        partial=ending.outcome != "completed" and tally.tokens > 0,
        latency_ms=round(at_ms, 3),
        ttft_ms=tally.ttft_ms,
        counts=tally.counts(),
    )
    return closing, stamp(done, tally.last_seq + 1, at_ms)


def storage_failure(closing: Sequence[KnownEvent], done: DoneEvent, message: str) -> tuple[list[KnownEvent], DoneEvent]:
    """The end of a run whose end could not be kept: its error says so, and it is ``failed``."""
    error = ErrorEvent(code="storage_failed", message=message, retryable=True)
    has_tokens = done.counts is not None and done.counts.tokens > 0
    kept = [event for event in closing if not isinstance(event, ErrorEvent) or event.code != error.code]
    first_seq = done.seq - len(closing)
    events = [stamp(event, seq, event.at_ms) for seq, event in enumerate(kept, start=first_seq)]
    events.append(stamp(error, first_seq + len(kept), done.at_ms))
    failed = done.model_copy(update={"outcome": "failed", "partial": has_tokens})
    return events, stamp(failed, first_seq + len(kept) + 1, done.at_ms)
