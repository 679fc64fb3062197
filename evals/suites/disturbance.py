"""Disturbances of a run: a cancel at a moment, or a cut of the harness's own connection before it resumes.

Fields of a suite's scenario::

    cancel: {after_events: 12}      # or {at_ms: 500}, counted from the request
    cut: {after_events: [3, 10]}    # numbers of events of the run, counted from 1

This module reads them, and ``evals.suites.steering`` what else a person does to a run. ``evals.playing.run_player``
carries them out and ``evals.scoring.continuation`` judges the result.
"""

from itertools import pairwise
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

MAX_CUTS = 1000

Transport = Literal["post", "events", "websocket"]
"""How a run is read and steered: server-sent events as the answer to the POST that starts it, or over
``GET /v1/runs/{id}/events`` after it, with a POST for everything that is done to it; or the control channel of its
conversation for both, opened after the POST that starts the run."""

CANCEL = "{after_events: 12} or {at_ms: 500}"
CUT = "{after_events: [3, 10]}, numbers of events in ascending order"
TRANSPORT = (
    "post (the answer to the POST is the stream), events (GET /v1/runs/{id}/events after it) or websocket (the "
    "control channel)"
)


class DisturbancePart(BaseModel):
    """A part of a disturbance as a suite has it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class DisturbanceMoment(DisturbancePart):
    """Once the run has sent so many events, or so many milliseconds after the request."""

    after_events: int | None = Field(default=None, ge=1)
    at_ms: float | None = Field(default=None, strict=False, ge=0, le=3_600_000)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.after_events is None) == (self.at_ms is None):
            raise ValueError("expected one of after_events and at_ms")
        return self

    @property
    def when(self) -> str:
        """The moment in the text of results."""
        return f"after event {self.after_events}" if self.after_events else f"at {self.at_ms:g} ms"


class Cancel(DisturbanceMoment):
    """Cancel the run."""

    def __str__(self) -> str:
        """The text in results."""
        return f"cancel {self.when}"


class Cut(DisturbancePart):
    """Cut the connection after each of these events of the run, and resume with the cursor of the last one seen."""

    after_events: tuple[int, ...] = Field(strict=False, min_length=1, max_length=MAX_CUTS)

    @field_validator("after_events")
    @classmethod
    def _ascending(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if value[0] < 1 or any(later <= earlier for earlier, later in pairwise(value)):
            raise ValueError("expected ascending numbers, 1 or more")
        return value

    def __str__(self) -> str:
        """The text in results."""
        behind = ", ".join(str(number) for number in self.after_events)
        return f"cut after event {behind}" if len(self.after_events) == 1 else f"cut after events {behind}"
