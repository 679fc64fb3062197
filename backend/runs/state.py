"""The state machine of a run, and what is counted while it runs. Pure: no clock, no I/O."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    Counts,
    Event,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
from backend.protocol.run_view import StepView
from backend.protocol.steps import fold_status

RunState = Literal["queued", "running", "closing", "ended"]

TRANSITIONS: dict[RunState, tuple[RunState, ...]] = {
    "queued": ("running", "closing"),
    "running": ("closing",),
    "closing": ("ended",),
    "ended": (),
}
"""Where a run may go from each state. A queued run that is cancelled closes without ever running."""


class TransitionError(RuntimeError):
    """A run was asked to go where its state does not lead: an error of the caller."""


def advance(state: RunState, following: RunState) -> RunState:
    """The following state. Raises ``TransitionError`` where the machine has no such arrow."""
    if following not in TRANSITIONS[state]:
        raise TransitionError(f"A run that is {state} cannot become {following}.")
    return following


def is_active(state: RunState) -> bool:
    """Whether drafts of the agent still count."""
    return state in ("queued", "running")


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

    def add(self, events: Iterable[Event]) -> None:
        """Count stamped events."""
        for event in events:
            self.last_seq = event.seq
            self.last_at_ms = max(self.last_at_ms, event.at_ms)
            if isinstance(event, TokenEvent):
                self._add_token(event)
            elif isinstance(event, StatusEvent):
                self.steps = fold_status(self.steps, event)
            elif isinstance(event, CitationEvent):
                self.citations += 1
            elif isinstance(event, ArtifactEvent):
                self.artifacts += 1
            elif isinstance(event, WarningEvent):
                self.warnings += 1

    def _add_token(self, event: TokenEvent) -> None:
        # A token without text shows nothing: METRICS counts it neither for TTFT nor as a token event.
        if event.text:
            self.tokens += 1
            if self.ttft_ms is None:
                self.ttft_ms = event.at_ms

    def counts(self) -> Counts:
        """The counts that ``done`` carries."""
        return Counts(tokens=self.tokens, citations=self.citations, artifacts=self.artifacts, warnings=self.warnings)
