"""Disturbances of a run: a cancel at a moment, or a cut of the harness's own connection before it resumes.

Fields of a suite's scenario::

    cancel: {after_events: 12}      # or {at_ms: 500}, counted from the request
    cut: {after_events: [3, 10]}    # numbers of events of the run, counted from 1

This module reads them. ``evals.playing.connections`` carries them out and ``evals.scoring.continuation`` judges the
result.
"""

from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

MAX_CUTS = 1000

Transport = Literal["post", "events"]
"""How a run's stream is read: as the answer to the POST that starts it, or over ``GET /v1/runs/{id}/events`` after it.
A WebSocket would be a third; the backend has none yet."""

CANCEL = "{after_events: 12} or {at_ms: 500}"
CUT = "{after_events: [3, 10]}, numbers of events in ascending order"
TRANSPORT = "post (the answer to the POST is the stream) or events (GET /v1/runs/{id}/events after it)"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Cancel(_Part):
    """Cancel the run once it has sent so many events, or so many milliseconds after the request."""

    after_events: int | None = Field(default=None, ge=1)
    at_ms: float | None = Field(default=None, strict=False, ge=0, le=3_600_000)

    @model_validator(mode="after")
    def _one_of_both(self) -> "Cancel":
        if (self.after_events is None) == (self.at_ms is None):
            raise ValueError("expected one of after_events and at_ms")
        return self

    def __str__(self) -> str:
        """The text in results."""
        return f"cancel after event {self.after_events}" if self.after_events else f"cancel at {self.at_ms:g} ms"


class Cut(_Part):
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
