"""The seven events of a run, one frozen class each, and the union of them.

An event carries ``seq`` (gap-free per run, from 1; 0 = not stamped yet) and ``at_ms`` (milliseconds since
the run was accepted, on the server's monotonic clock). A draft is an event that no supervisor has stamped.
Reading is tolerant: unknown fields are kept, and what is not one of the seven becomes an ``UnknownEvent``
instead of an error, so that a newer server never breaks an older reader.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

StepStateName = Literal["started", "progress", "waiting", "finished", "failed", "cancelled"]
ArtifactKind = Literal["chart", "table", "documents", "value"]
Outcome = Literal["completed", "cancelled", "timed_out", "failed", "interrupted"]

OPEN_STATES: frozenset[str] = frozenset({"started", "progress", "waiting"})
"""Step states after which the step still runs."""


class Payload(BaseModel):
    """What an event holds inside: frozen, and tolerant of fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())


class ToolLog(Payload):
    """One tool call as a reader may see it: its name, what went in and what came out."""

    name: str
    arguments: JsonValue = None
    result: JsonValue = None


class InputRequest(Payload):
    """What a ``waiting`` step asks of a person."""

    input_id: str
    prompt: str
    options: tuple[str, ...] = ()


class Locator(Payload):
    """Where a quote stands in its document: page and line count from 1; start and end are code points."""

    page: int | None = None
    line: int | None = None
    start: int | None = None
    end: int | None = None


class Span(Payload):
    """A range of the answer, in code points, end exclusive."""

    start: int
    end: int


class Counts(Payload):
    """How many of each the run sent; tokens counts token events, not tokenizer tokens."""

    tokens: int = 0
    citations: int = 0
    artifacts: int = 0
    warnings: int = 0


class EventBase(Payload):
    """The stamp every event carries: ``seq`` counts from 1 (0 = unstamped), ``at_ms`` is milliseconds."""

    seq: int = Field(default=0, ge=0)
    at_ms: float = Field(default=0.0, ge=0, allow_inf_nan=False)


class StatusEvent(EventBase):
    """A step of the agent and its state. Without ``step_id`` it only announces that a step begins."""

    type: Literal["status"] = "status"
    step_id: str | None = None
    step: str
    state: StepStateName = "started"
    label: str | None = None
    detail: str | None = None
    progress: float | None = Field(default=None, ge=0, le=1)
    parent_id: str | None = None
    tool: ToolLog | None = None
    request: InputRequest | None = None


class TokenEvent(EventBase):
    """The next piece of the answer."""

    type: Literal["token"] = "token"
    text: str


class CitationEvent(EventBase):
    """A source the answer rests on. The same ``citation_id`` again is an update of it."""

    type: Literal["citation"] = "citation"
    citation_id: str | None = None
    number: int | None = Field(default=None, ge=1)
    title: str = ""
    source: str | None = None
    url: str | None = None
    quote: str | None = None
    document_id: str | None = None
    locator: Locator | None = None
    spans: tuple[Span, ...] = ()


class ArtifactEvent(EventBase):
    """Something the agent made. The same ``artifact_id`` again replaces it.

    ``content`` by kind: chart = a Plotly figure ``{"data": […], "layout": {…}}``; table =
    ``{"columns": [str, …], "rows": [[cell, …], …]}``; documents = ``{"items": [{"title", "source", "date",
    "url", "text", "score", "document_id", "locator"}, …]}``; value = ``{"value": number or text, "unit": str,
    "detail": str}``. ``tests.protocol.release_0_1.artifacts`` says what is allowed inside.
    """

    type: Literal["artifact"] = "artifact"
    artifact_id: str = ""
    kind: ArtifactKind
    title: str = ""
    content: JsonValue


class WarningEvent(EventBase):
    """A reason to trust less, and what it is about."""

    type: Literal["warning"] = "warning"
    code: str = "warning"
    message: str = ""
    citation_id: str | None = None
    step_id: str | None = None


class ErrorEvent(EventBase):
    """Why the run could not go on. Always followed by ``done``."""

    type: Literal["error"] = "error"
    code: str = "error"
    message: str = ""
    retryable: bool = False


class DoneEvent(EventBase):
    """The end of the run, exactly once and last. Times are milliseconds since the run was accepted."""

    type: Literal["done"] = "done"
    outcome: Outcome = "completed"
    partial: bool = False
    latency_ms: float | None = None
    ttft_ms: float | None = None
    counts: Counts | None = None
    usage: dict[str, JsonValue] | None = None


class UnknownEvent(EventBase):
    """Anything that is not one of the seven: kept as it came, with ``problem`` saying why it was not read."""

    type: str
    problem: str | None = None


KnownEvent = StatusEvent | TokenEvent | CitationEvent | ArtifactEvent | WarningEvent | ErrorEvent | DoneEvent
Event = KnownEvent | UnknownEvent
Draft = StatusEvent | TokenEvent | CitationEvent | ArtifactEvent | WarningEvent | ErrorEvent
"""What an agent may yield. ``done`` belongs to the supervisor alone."""

EVENT_TYPES: tuple[str, ...] = ("status", "token", "citation", "artifact", "warning", "error", "done")

EventType = TypeVar("EventType", bound=EventBase)

_KNOWN: TypeAdapter[KnownEvent] = TypeAdapter(Annotated[KnownEvent, Field(discriminator="type")])
_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


class EventError(ValueError):
    """The text is no event at all: not a JSON object, or an object without a type."""


def parse_event(data: Mapping[str, Any] | str | bytes, type_hint: str | None = None) -> Event:
    """Read one event from a JSON object or its text.

    ``type_hint`` (the SSE event name) stands in for a missing ``type`` field. An object of unknown type, or of
    a known type with a field that cannot be read, becomes an ``UnknownEvent``. Raises ``EventError`` for what
    is no JSON object, or has neither a type nor a hint.
    """
    fields = dict(_decode_object(data) if isinstance(data, str | bytes) else data)
    name = fields.setdefault("type", type_hint)
    if not isinstance(name, str) or not name:
        raise EventError("An event needs a type: expected an object with a field 'type'.")
    if name not in EVENT_TYPES:
        return _unknown(fields, name, None)
    try:
        return _KNOWN.validate_python(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        unknown = _unknown(fields, name, f"{place}: {first['msg']}")
    if name == "done":
        # An end that cannot be read is still the end, and never a success.
        return DoneEvent(seq=unknown.seq, at_ms=unknown.at_ms, outcome="interrupted", partial=True)
    return unknown


def event_json(event: BaseModel) -> str:
    """One line of ASCII-safe JSON without the fields that are null (NaN and infinity become null)."""
    return event.model_dump_json(exclude_none=True, ensure_ascii=True)


def stamp(draft: EventType, seq: int, at_ms: float) -> EventType:
    """The draft as an event: numbered, and timed to the microsecond."""
    return draft.model_copy(update={"seq": seq, "at_ms": round(at_ms, 3)})


def _decode_object(text: str | bytes) -> dict[str, Any]:
    try:
        return _OBJECT.validate_json(text)
    except ValidationError as error:
        raise EventError("This is no event: expected a JSON object.") from error


def _unknown(fields: dict[str, Any], name: str, problem: str | None) -> UnknownEvent:
    stamps = {"seq": fields.pop("seq", 0), "at_ms": fields.pop("at_ms", 0.0)}
    kept = {key: value for key, value in fields.items() if key not in ("type", "problem")}
    try:
        return UnknownEvent.model_validate({**kept, **stamps, "type": name, "problem": problem})
    except ValidationError:
        return UnknownEvent.model_validate({**kept, "type": name, "problem": problem or "unreadable seq or at_ms"})
