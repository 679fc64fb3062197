"""The port of a dialect that can be written, and the facts that every encoder receives about its run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from pydantic import JsonValue

from backend.protocol.addresses import safe_url
from backend.protocol.events import CitationEvent, DoneEvent, ErrorEvent, Event, Outcome

JsonFields = dict[str, Any]
"""A JSON object under construction."""


@dataclass(frozen=True, slots=True)
class AnsweredRun:
    """What is known of a run beside its events. ``created_ms`` is when it was accepted, in milliseconds since 1970."""

    run_id: str
    session_id: str
    agent: str
    question: str
    created_ms: int

    @property
    def message_id(self) -> str:
        """The id of the message that contains the answer: the same in every stream of the run."""
        return f"msg_{self.run_id.removeprefix('run_')}"


class Encoder(Protocol):
    """Writes one run for one reader. The same events give the same bytes, whenever and however often they are read.

    ``begin`` comes first and once, ``encode`` with every event of the run in order, ``done`` last. After ``done``
    nothing is left open.
    """

    def begin(self) -> bytes:
        """What comes before the first event."""
        ...

    def encode(self, event: Event) -> bytes:
        """The frames for one event; empty where the dialect says nothing of it."""
        ...


@runtime_checkable
class SuspendingEncoder(Encoder, Protocol):
    """One of a dialect whose streams end where people are asked, and in which another stream follows the answers.

    That one is written by a new encoder: all events up to the end of the stream before are absorbed, ``resume`` comes
    in place of ``begin``, and ``encode`` continues.
    """

    @property
    def waits(self) -> bool:
        """Whether the run asks something that nobody has answered yet."""
        ...

    def suspend(self, seq: int) -> bytes:
        """The end of the stream after event ``seq``, with everything that is asked. Nothing is left open."""
        ...

    def absorb(self, event: Event) -> None:
        """An event that the client knows from the stream before."""
        ...

    def resume(self) -> bytes:
        """The beginning of the stream that follows the answers."""
        ...


def data_frame(value: Mapping[str, Any]) -> bytes:
    """One message of a stream that has data lines only: ASCII JSON on one line, LF."""
    return f"data: {json_text(value)}\n\n".encode("ascii")


def json_text(value: object) -> str:
    """The value as JSON: ASCII, without spaces."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def fields_of(event: Event) -> JsonFields:
    """The event's own fields as JSON, those that are null left out, and the address of a source that may not be linked:
    a reader elsewhere may not check it."""
    fields = event.model_dump(mode="json", exclude_none=True)
    if isinstance(event, CitationEvent) and "url" in fields and safe_url(event.url) is None:
        del fields["url"]
    return fields


def end_of(run: AnsweredRun, done: DoneEvent) -> JsonFields:
    """How the run ended, for a dialect that takes further fields. Times are milliseconds, null where unknown."""
    return {
        "outcome": done.outcome,
        "partial": done.partial,
        "run_id": run.run_id,
        "usage": done.usage,
        "latency_ms": done.latency_ms,
        "ttft_ms": done.ttft_ms,
    }


_WITHOUT_ERROR: dict[Outcome, tuple[str, str]] = {
    "completed": ("completed", "The run is complete."),
    "cancelled": ("cancelled", "The run was cancelled; the answer so far is kept."),
    "timed_out": ("timed_out", "The run took longer than it may and was ended."),
    "failed": ("failed", "The run failed."),
    "interrupted": ("interrupted", "The run was interrupted: the answer may be cut."),
}


def failure_of(done: DoneEvent, error: ErrorEvent | None) -> tuple[str, str]:
    """Code and sentence for a run that did not complete: its error's, or what its outcome means."""
    code, message = _WITHOUT_ERROR[done.outcome]
    return (error.code or code, error.message or message) if error is not None else (code, message)


def text_of(result: JsonValue) -> str:
    """A tool's result as the text that dialects want: as it is, or as JSON; empty where there is none."""
    if result is None:
        return ""
    return result if isinstance(result, str) else json_text(result)
