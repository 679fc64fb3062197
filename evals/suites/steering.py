"""What a person does to a run, scripted: a pause, answers to what the run asks, a message.

Fields of a suite's scenario::

    pause: {after_events: 12, for_ms: 500}       # or at_ms; then the run is resumed
    answer: {after_ms: 300, value: Aurora}       # after each request arrived; or a list, one for each request in order
    message: {at_ms: 500, text: Only 2024.}      # mode: steer (the agent reads it) or queue (the next question)

A run that is answered is started with ``may_ask``, so that a scenario does not answer itself.
"""

from typing import Literal

from pydantic import Field, JsonValue

from evals.suites.disturbance import DisturbanceMoment, DisturbancePart

MAX_MESSAGE_CHARACTERS = 4000
MAX_NOTE_CHARACTERS = 2000
MAX_ANSWERS = 50

PAUSE = "{after_events: 12, for_ms: 500} or {at_ms: 500, for_ms: 500}"
ANSWER = "{after_ms: 300, value: Aurora}, {action: decline}, or a list of such answers, one for each request"
MESSAGE = "{at_ms: 500, text: Only 2024.}, and mode: steer or queue"


class Pause(DisturbanceMoment):
    """Pause the run, and resume it ``for_ms`` milliseconds after the pause was acknowledged."""

    for_ms: float = Field(default=500.0, strict=False, ge=0, le=600_000)

    def __str__(self) -> str:
        """The text in results."""
        return f"pause {self.when} for {self.for_ms:g} ms"


class SuiteAnswer(DisturbancePart):
    """Answer a request ``after_ms`` milliseconds after it arrived."""

    after_ms: float = Field(default=0.0, strict=False, ge=0, le=600_000)
    action: Literal["accept", "decline", "cancel"] = "accept"
    value: JsonValue = None
    arguments: dict[str, JsonValue] | None = None
    note: str | None = Field(default=None, max_length=MAX_NOTE_CHARACTERS)

    @property
    def body(self) -> dict[str, JsonValue]:
        """The answer as the backend takes it."""
        return self.model_dump(exclude={"after_ms"}, exclude_none=True)

    def __str__(self) -> str:
        """The text in results."""
        return f"{self.action} after {self.after_ms:g} ms"


class SuiteMessage(DisturbanceMoment):
    """Send the run a message."""

    text: str = Field(min_length=1, max_length=MAX_MESSAGE_CHARACTERS)
    mode: Literal["steer", "queue"] = "steer"

    def __str__(self) -> str:
        """The text in results."""
        return f"message {self.when}" + (" to the queue" if self.mode == "queue" else "")
