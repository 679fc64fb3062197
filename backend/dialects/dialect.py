"""The port of a dialect that can be read: one file each, and its recorded streams."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, runtime_checkable

from pydantic import JsonValue

from backend.protocol.events import ErrorEvent, Outcome

JsonObject = Mapping[str, JsonValue]

# Facts that several providers' streams name differently.
LIMIT_REACHED: Final = "The answer ends where its token limit was reached."
CONTENT_FILTER: Final = "The provider's content filter ended the answer."
STREAM_CUT: Final = "The stream broke off: the answer may be incomplete."

_MOST_NAMED: Final = 6
"""Kinds of losses that a sentence names."""


class Dialect(Protocol):
    """Reads one stream. It is made with the ``AnswerDrafts`` it writes to, and used for that stream alone.

    A dialect does no I/O and keeps no more than what it must remember of open tools and blocks. Messages that it does
    not understand go to ``AnswerDrafts.count_loss`` or ``AnswerDrafts.warn``; whatever it raises all the same becomes a
    warning of the message that it could not read.
    """

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one message: its JSON object and its SSE event name (``message`` where the stream gave none).

        True if it was one of this dialect's, known or not; False for an object that no such stream would contain.
        """
        ...

    def done_marker(self) -> None:
        """The stream said ``[DONE]``."""
        ...

    def finish(self) -> None:
        """The connection has ended: write what is still owed, such as a citation that waited for its text."""
        ...


@runtime_checkable
class ListDialect(Dialect, Protocol):
    """A dialect some of whose messages are not objects."""

    def read_other(self, value: JsonValue, event: str) -> bool:
        """Read a message that is a list, a text or null, which an empty one is as well. As ``read``."""
        ...


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """How a foreign stream ended. Without the dialect's own end it is ``interrupted``, never a success."""

    outcome: Outcome
    error: ErrorEvent | None = None
    usage: Mapping[str, JsonValue] = field(default_factory=dict)
    at_ms: float = 0.0
    """When it ended, in milliseconds since the run was accepted, if the stream itself says so (Playhead's does)."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A kind of content that Playhead's events cannot represent, such as ``reasoning text``, and its count."""

    what: str
    count: int


def losses_sentence(losses: Sequence[Loss]) -> str:
    """The losses of a stream in one sentence, the most frequent first, such as ``Not shown: reasoning text (198).``"""
    named = [f"{loss.what} ({loss.count:,})" for loss in losses[:_MOST_NAMED]]
    more = len(losses) - len(named)
    return f"Not shown: {', '.join(named)}{f', and {more} more kinds' if more > 0 else ''}."
