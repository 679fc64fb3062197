"""What is left of one run: the captures of its connections, and what was done to it over them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from evals.wire.control_channel import CallOutcome
from evals.wire.exchange import Capture

SteeringOp = Literal["cancel", "pause", "resume", "answer", "message"]


@dataclass(frozen=True, slots=True)
class RunConnection:
    """One connection that carried a part of the run. ``kept`` is the number of its events that count: the events after
    the chosen one in the same bytes are lost, as a cut on the way would have lost them. None = all."""

    capture: Capture
    kept: int | None = None


@dataclass(frozen=True, slots=True)
class SteeringCall:
    """Something that was done to the run, and what became of it. ``concerns`` is the id of the request that was
    answered, or of the message."""

    op: SteeringOp
    performed: CallOutcome
    concerns: str = ""


@dataclass(slots=True)
class Connections:
    """The captures of a run's connections: ``parts`` carried the run, in order, and the first one's request starts it.

    ``calls`` is what was done to the run, in the order of the replies. ``log`` is the run's whole log, read without a
    cut after its end, as a later reader sees it.
    """

    parts: list[RunConnection] = field(default_factory=list)
    calls: list[SteeringCall] = field(default_factory=list)
    log: Capture | None = None

    @classmethod
    def one(cls, capture: Capture) -> "Connections":
        """A run that came whole over one connection."""
        return cls([RunConnection(capture)])

    @property
    def first(self) -> Capture:
        """The capture of the connection whose request started the run."""
        return self.parts[0].capture

    def of(self, op: SteeringOp) -> Iterator[SteeringCall]:
        """What was done of this kind."""
        return (call for call in self.calls if call.op == op)
