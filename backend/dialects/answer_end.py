"""How a foreign answer ends, as far as its stream has said: its outcome, its error, and what it used."""

from collections.abc import Mapping

from pydantic import JsonValue

from backend.dialects.dialect import STREAM_CUT, StreamEnd
from backend.protocol.events import ErrorEvent, Outcome

_MAX_COUNTS = 50
"""Different counts of usage that are kept."""


class AnswerEnd:
    """The end of one answer. The first error counts, and no later end undoes it."""

    def __init__(self) -> None:
        self._outcome: Outcome | None = None
        self._error: ErrorEvent | None = None
        self._usage: dict[str, JsonValue] = {}
        self._asked: str | None = None
        """What a person is asked, while nobody has answered."""
        self.at_ms = 0.0
        """When the run ended, where the stream says so."""

    @property
    def is_known(self) -> bool:
        """Whether the dialect's end, or an error, was seen."""
        return self._outcome is not None

    @property
    def outcome(self) -> Outcome:
        """How the answer ended if nothing more comes: without an end, or while a person is asked, it is interrupted."""
        if self._asked is not None and self._outcome == "completed":
            return "interrupted"
        return self._outcome or "interrupted"

    @property
    def usage(self) -> Mapping[str, JsonValue]:
        """What was said of usage so far."""
        return self._usage

    def add_usage(self, usage: Mapping[str, JsonValue]) -> None:
        """What the provider counts, under its own names beside ``input_tokens`` and ``output_tokens``; later words
        replace earlier ones."""
        for name, value in usage.items():
            if value is not None and (name in self._usage or len(self._usage) < _MAX_COUNTS):
                self._usage[name] = value

    def complete(self, outcome: Outcome = "completed") -> None:
        """The dialect's own end was seen. An error that was seen before it remains."""
        if self._error is None:
            self._outcome = outcome

    def wait_for_person(self, asked: str) -> None:
        """The agent stopped to ask a person this: an end that is seen after it is not the answer's."""
        self._asked = asked

    def resume(self) -> None:
        """The agent continues: nobody is asked any more."""
        self._asked = None

    def reopen(self) -> None:
        """Another stream continues the answer: the end that was seen is not its end. An error remains."""
        if self._error is None:
            self._outcome = None

    def fail(self, code: str, message: str, *, retryable: bool = False, outcome: Outcome = "failed") -> None:
        """The stream carries an error. The first one counts."""
        if self._error is None:
            self._error = ErrorEvent(code=code, message=message or "The stream reports an error.", retryable=retryable)
            self._outcome = outcome

    def stream_end(self) -> StreamEnd:
        """The end as it is if nothing more comes."""
        error = self._error
        if self._asked is not None and self._outcome == "completed":
            error = ErrorEvent(code="input_requested", message=f"The agent waits for a person: {self._asked}")
        elif self.outcome == "interrupted" and error is None:
            error = ErrorEvent(code="stream_cut", message=STREAM_CUT, retryable=True)
        return StreamEnd(self.outcome, None if self.outcome == "completed" else error, dict(self._usage), self.at_ms)
