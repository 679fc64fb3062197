"""How every run ends: open steps are closed, then comes the error if there is one, then ``done``.

Pure: the supervisor ends real runs by it, a restart those that were left unfinished, and a plan says by it how a
run on a perfect machine would end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    Counts,
    DoneEvent,
    Draft,
    ErrorEvent,
    Event,
    KnownEvent,
    Outcome,
    StatusEvent,
    TokenEvent,
    WarningEvent,
    stamp,
)
from backend.protocol.input_states import counts_of
from backend.protocol.options import LONGEST_S
from backend.protocol.person_time import PersonTime
from backend.protocol.run_view import StepView
from backend.protocol.steps import closing_state_of, fold_status, is_for_person


@dataclass(slots=True)
class Tally:
    """What a run has sent so far, as far as its end needs it."""

    last_seq: int = 0
    last_at_ms: float = 0.0
    ttft_ms: float | None = None
    """``at_ms`` of the first token with text."""
    tokens: int = 0
    citations: int = 0
    artifacts: int = 0
    warnings: int = 0
    steps: tuple[StepView, ...] = ()
    person: PersonTime = field(default_factory=PersonTime)

    def add(self, events: Iterable[Event]) -> None:
        """Count stamped events."""
        for event in events:
            if isinstance(event, TokenEvent):
                self.add_token(event.text, event.seq, event.at_ms)
                continue
            self.last_seq = event.seq
            self.last_at_ms = max(self.last_at_ms, event.at_ms)
            self.person.add(event, event.at_ms)
            if isinstance(event, StatusEvent):
                self.steps = fold_status(self.steps, event)
            elif isinstance(event, CitationEvent):
                self.citations += 1
            elif isinstance(event, ArtifactEvent):
                self.artifacts += 1
            elif isinstance(event, WarningEvent):
                self.warnings += 1

    def add_token(self, text: str, seq: int, at_ms: float) -> None:
        """Count a token, stamped so."""
        self.last_seq = seq
        if at_ms > self.last_at_ms:
            self.last_at_ms = at_ms
        self.person.add_token(at_ms)
        # A token without text shows nothing: METRICS counts it neither for TTFT nor as a token event.
        if text:
            self.tokens += 1
            if self.ttft_ms is None:
                self.ttft_ms = at_ms

    def counts(self) -> Counts:
        """The counts that ``done`` carries."""
        return Counts(tokens=self.tokens, citations=self.citations, artifacts=self.artifacts, warnings=self.warnings)


@dataclass(frozen=True, slots=True)
class Ending:
    """Why and how a run ends. ``last_words`` come before the open steps are closed, such as a warning."""

    outcome: Outcome
    error: ErrorEvent | None = None
    last_words: tuple[Draft, ...] = ()
    usage: Mapping[str, JsonValue] | None = None
    """The token usage that a model charged for, if the agent reported it."""
    reason: str | None = None
    """Why open requests, messages and a pause are cancelled, as a slug; None = the outcome says it."""

    @property
    def closing_reason(self) -> str:
        """The slug of why what is a person's is cancelled."""
        return self.reason or _REASONS[self.outcome]


_REASONS: dict[Outcome, str] = {
    "completed": "run-ended",
    "cancelled": "run-cancelled",
    "timed_out": "run-timed-out",
    "failed": "run-failed",
    "interrupted": "run-interrupted",
}


def closing_statuses(steps: Sequence[StepView], ending: Ending) -> list[StatusEvent]:
    """A status for every open step that ends it as the outcome says, the latest step first, so that a step
    ends before the step it is part of. What is a person's is cancelled."""
    return [
        StatusEvent(
            step_id=None if step.announced else step.step_id,
            step=step.step,
            state=closing_state_of(step, ending.outcome),
            reason=ending.closing_reason if is_for_person(step) else None,
        )
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
    add(closing_statuses(tally.steps, ending))
    add([ending.error] if ending.error else [])
    person = tally.person
    asked = bool(person.inputs)
    done = DoneEvent(
        outcome=ending.outcome,
        partial=ending.outcome != "completed" and tally.tokens > 0,
        latency_ms=round(at_ms, 3),
        ttft_ms=tally.ttft_ms,
        waited_ms=round(person.waited_ms, 3) if asked else None,
        paused_ms=round(person.paused_ms, 3) if person.has_paused else None,
        inputs=counts_of(person.inputs) if asked else None,
        counts=tally.counts(),
        usage=dict(ending.usage) if ending.usage else None,
    )
    return closing, stamp(done, tally.last_seq + 1, at_ms)


def took_too_long(total_s: float) -> Ending:
    """The end of a run that is not over after the ``total_s`` seconds it may take."""
    message = f"The run took longer than {total_s:g} s and was ended."
    return Ending("timed_out", _limit_reached("timeout", message, total_s, LONGEST_S))


def fell_silent(silence_s: float, longest_s: float = LONGEST_S) -> Ending:
    """The end of a run whose agent sent nothing for the ``silence_s`` seconds it may be silent. ``longest_s`` is the
    longest silence that a run may ask for."""
    message = f"The agent sent nothing for {silence_s:g} s, so the run was ended."
    return Ending("timed_out", _limit_reached("silence", message, silence_s, longest_s))


def _limit_reached(code: str, message: str, limit_s: float, longest_s: float) -> ErrorEvent:
    return ErrorEvent(code=code, message=message, retryable=True, limit_s=limit_s, longest_limit_s=longest_s)
