"""The seven events of a run, one frozen class each, and the union of them.

An event carries ``seq`` (gap-free per run, from 1; 0 = not stamped yet) and ``at_ms`` (milliseconds since
the run was accepted, on the server's monotonic clock). A draft is an event that no supervisor has stamped.
Reading is tolerant: unknown fields are kept, and what is not one of the seven becomes an ``UnknownEvent``
instead of an error, so that a newer server never breaks an older reader.
"""

from collections.abc import Mapping
from json.encoder import encode_basestring_ascii
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, FiniteFloat, JsonValue, TypeAdapter, ValidationError

from backend.protocol.inputs import InputAnswer, InputCounts, InputRequest, Person
from backend.protocol.payload import Payload

StepStateName = Literal["started", "progress", "waiting", "finished", "failed", "cancelled"]
ArtifactKind = Literal["chart", "table", "documents", "value"]
Outcome = Literal["completed", "cancelled", "timed_out", "failed", "interrupted"]

OPEN_STATES: frozenset[str] = frozenset({"started", "progress", "waiting"})
"""Step states after which the step still runs."""


class ToolLog(Payload):
    """One tool call as a reader may see it: its name, what went in and what came out.

    ``arguments`` are what the agent proposed; ``effective_arguments`` are what ran, where a person changed them.
    """

    name: str
    arguments: JsonValue = None
    effective_arguments: JsonValue = None
    result: JsonValue = None


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
    """The stamp every event carries: ``seq`` counts from 1 (0 = unstamped), ``at_ms`` is milliseconds.

    Only the first event of an attempt above 1 has ``attempt`` and ``resumes_after``, the cursor after which that
    attempt continues the log.
    """

    seq: int = Field(default=0, ge=0)
    at_ms: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    attempt: int | None = Field(default=None, ge=1)
    resumes_after: str | None = None


class StatusEvent(EventBase):
    """A step of the agent and its state. Without ``step_id`` it only announces that a step begins.

    ``activity_ms``: when input came that is not shown, such as a model's reasoning, since the step's last status; in
    milliseconds as ``at_ms``, ascending. ``thought``: what a model thought since the step's last status, only where
    readers may see it; it is never a part of the answer.

    ``request`` asks something of a person, ``answer`` is what the person answered. ``by`` is who paused the run or sent
    a message to it (steps ``paused`` and ``steering``), and ``mode`` is how: ``exact``, ``step`` or ``hold``, ``steer``
    or ``queue``. ``delivered_to`` is the step, or the next run, that a message reached; ``reason`` is why a step was
    cancelled, as a slug such as ``withdrawn``.
    """

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
    answer: InputAnswer | None = None
    by: Person | None = None
    mode: str | None = None
    delivered_to: str | None = None
    reason: str | None = None
    activity_ms: tuple[FiniteFloat, ...] | None = None
    thought: str | None = None


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
    before: str | None = None
    """What stands just before the quote in its document."""
    after: str | None = None
    """The text directly after it."""
    document_id: str | None = None
    locator: Locator | None = None
    spans: tuple[Span, ...] = ()


class ArtifactEvent(EventBase):
    """Something the agent made. The same ``artifact_id`` again replaces it.

    ``content`` by kind: chart = a Plotly figure ``{"data": […], "layout": {…}}``; table =
    ``{"columns": [str, …], "rows": [[cell, …], …]}``; documents = ``{"items": [{"title", "source", "date",
    "url", "text", "score", "document_id", "locator"}, …]}``; value = ``{"value": number or text, "unit": str,
    "detail": str}``. ``backend.protocol.artifacts`` says what is allowed inside.
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
    """Why the run could not continue. Always followed by ``done``."""

    type: Literal["error"] = "error"
    code: str = "error"
    message: str = ""
    retryable: bool = False
    limit_s: float | None = None
    """The time limit that ended the run, in seconds."""
    longest_limit_s: float | None = None
    """The longest such limit that the same question may be asked with, in seconds."""


class DoneEvent(EventBase):
    """The end of the run, exactly once and last. Times are milliseconds since the run was accepted.

    ``waited_ms`` is how long the agent was blocked on a person, ``paused_ms`` how long the run was paused; they and
    ``inputs`` are left out where nothing was asked or paused. ``latency_ms`` and ``ttft_ms`` contain both times.
    """

    type: Literal["done"] = "done"
    outcome: Outcome = "completed"
    partial: bool = False
    latency_ms: float | None = None
    ttft_ms: float | None = None
    waited_ms: float | None = None
    paused_ms: float | None = None
    inputs: InputCounts | None = None
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
_STAMP = frozenset({"seq", "at_ms"})
_LAST_OF_STAMP = '"at_ms":'
_AFTER_STAMP = ',"'
_set = object.__setattr__
_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


class EventError(ValueError):
    """The text is not an event at all: not a JSON object, or an object without a type."""


def parse_event(data: Mapping[str, Any] | str | bytes, type_hint: str | None = None) -> Event:
    """Read one event from a JSON object or its text.

    ``type_hint`` (the SSE event name) stands in for a missing ``type`` field. An object of unknown type, or of
    a known type with a field that cannot be read, becomes an ``UnknownEvent``. Raises ``EventError`` for what
    is not a JSON object, or has neither a type nor a hint.
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


def event_body(draft: BaseModel) -> str:
    """The draft's JSON after its stamp, as ``event_json`` writes it: ``sse.encode_stamped`` puts a stamp in front.

    Raises ``ValueError`` where it cannot be written as JSON.
    """
    body = token_body(draft) if type(draft) is TokenEvent else None
    return body_of(event_json(draft)) if body is None else body


def token_body(draft: TokenEvent) -> str | None:
    """The ``event_body`` of a token that has nothing but a text, in a tenth of the time.

    None for one that has more, and for the one character that pydantic writes differently. Raises ``ValueError`` for
    half a character.
    """
    text = draft.text
    if draft.__pydantic_extra__ or draft.attempt is not None or draft.resumes_after is not None or "\x7f" in text:
        return None
    if not text.isascii():
        text.encode("utf-8")
    return f'"type":"token","text":{encode_basestring_ascii(text)}}}'


def body_of(text: str) -> str:
    """The ``event_body`` inside the text that ``event_json`` gives."""
    return text[text.index(_AFTER_STAMP, text.index(_LAST_OF_STAMP)) + 1 :]


def stamp_time(at_ms: float) -> float:
    """The time as an event carries it: to the microsecond."""
    return round(float(at_ms), 3)


def stamp(draft: EventType, seq: int, at_ms: float) -> EventType:
    """The draft as an event: numbered, and timed to the microsecond."""
    # What model_copy does, in an eighth of the time: an agent's token is stamped hundreds of times a second.
    event = draft.__class__.__new__(draft.__class__)
    _set(event, "__dict__", {**draft.__dict__, "seq": seq, "at_ms": stamp_time(at_ms)})
    _set(event, "__pydantic_fields_set__", draft.__pydantic_fields_set__ | _STAMP)
    _set(event, "__pydantic_extra__", draft.__pydantic_extra__ and dict(draft.__pydantic_extra__))
    _set(event, "__pydantic_private__", None)
    return event


def _decode_object(text: str | bytes) -> dict[str, Any]:
    try:
        return _OBJECT.validate_json(text)
    except ValidationError as error:
        raise EventError("This is not an event: expected a JSON object.") from error


def _unknown(fields: dict[str, Any], name: str, problem: str | None) -> UnknownEvent:
    stamps = {name: fields.pop(name) for name in EventBase.model_fields if name in fields}
    kept = {key: value for key, value in fields.items() if key not in ("type", "problem")}
    try:
        return UnknownEvent.model_validate({**kept, **stamps, "type": name, "problem": problem})
    except ValidationError:
        return UnknownEvent.model_validate({**kept, "type": name, "problem": problem or "unreadable stamp"})
