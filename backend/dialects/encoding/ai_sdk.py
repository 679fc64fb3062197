"""The AI SDK's UI message stream: chunk types of its version 5 and ``data-*`` only, since others end its clients.

One assistant message with one text part. A step is a ``data-step`` part, the same id again updates it; a tool's step
is a dynamic tool part besides. A citation is a source part, once, and a ``data-citation`` part that is updated. How
the run ended is in the message's metadata, since an abort looks like a cut to these clients: with ``finish`` where it
completed, else in a separate chunk before ``abort`` or ``error``, after which they read nothing. What people are asked
is a ``data-request`` part, which is updated with the answer.

A client of version 6 or later can say that it takes approvals: then the stream ends with ``tool-approval-request`` for
tool calls and a call of the client's own tool ``ask_person`` for everything else, and the next one continues the same
message. Only then types of that version are sent.
"""

from typing import Any

from backend.dialects.encoding.ai_sdk_calls import AiSdkCalls
from backend.dialects.encoding.encoder import AnsweredRun, JsonFields, data_frame, end_of, failure_of, fields_of
from backend.dialects.encoding.open_requests import OpenRequests, RequestName
from backend.dialects.encoding.step_changes import StepChange, StepChanges
from backend.protocol.addresses import safe_url
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
from backend.protocol.run_view import InputView

DONE_MARKER = b"data: [DONE]\n\n"
TEXT_ID = "answer"
"""The id of the one text part."""

_STEP_FIELDS = {"step_id", "step", "state", "label", "detail", "progress", "parent_id", "started_ms", "ended_ms"}


class AiSdkEncoder:
    """Writes the chunks of one run. A replay has the same message id, and takes the place of what came before."""

    def __init__(self, run: AnsweredRun, *, approvals: bool = False) -> None:
        """``approvals``: the client takes approvals and answers ``ask_person``."""
        self._run = run
        self._approvals = approvals
        self._steps = StepChanges()
        self._requests = OpenRequests()
        self._calls = AiSdkCalls(run.run_id, approvals=approvals)
        self._writing = False
        self._sources: set[str] = set()
        self._error: ErrorEvent | None = None

    @property
    def waits(self) -> bool:
        """Whether the client has to answer something now."""
        return self._approvals and bool(self._requests.open)

    def begin(self) -> bytes:
        """The message begins; its metadata names the run."""
        told = {"run_id": self._run.run_id, "session_id": self._run.session_id, "agent": self._run.agent}
        start = {"type": "start", "messageId": self._run.message_id, "messageMetadata": told}
        return _chunks([start, {"type": "start-step"}])

    def absorb(self, event: Event) -> None:
        """An event that the client has in its message."""
        self.encode(event)

    def suspend(self, seq: int) -> bytes:
        """The stream ends after event ``seq`` of the run, with everything that people are asked."""
        chunks = [*self._ask(seq), {"type": "finish-step"}, {"type": "finish", "finishReason": "tool-calls"}]
        return _chunks(chunks) + DONE_MARKER

    def resume(self) -> bytes:
        """In place of ``begin``, once all events up to the answers' ``seq`` are absorbed: the message continues."""
        self._ask(0)
        return self.begin()

    def _ask(self, seq: int) -> list[JsonFields]:
        steps = {step.step_id: step for step in self._steps.open}
        asking: list[JsonFields] = []
        for asked in self._requests.open:
            step_id = asked.step_id or ""
            name = str(RequestName(self._run.run_id, asked.input_id, seq))
            asking += self._calls.ask(asked, steps.get(step_id), self._steps.round(step_id), name)
        return [*self._end_text(), *self._calls.leave(), *asking]

    def _end_text(self) -> list[JsonFields]:
        if not self._writing:
            return []
        self._writing = False
        return [{"type": "text-end", "id": TEXT_ID}]

    def encode(self, event: Event) -> bytes:
        """The chunks for one event."""
        asked = [_request(asked) for asked in self._requests.take(event)]
        if isinstance(event, DoneEvent):
            return _chunks([*asked, *self._end(event)]) + DONE_MARKER
        return _chunks([*self._event(event), *asked])

    def _event(self, event: Event) -> list[JsonFields]:
        match event:
            case TokenEvent():
                return self._text(event.text)
            case StatusEvent():
                return [chunk for change in self._steps.take(event) for chunk in self._step(change)]
            case CitationEvent():
                return self._citation(event)
            case ArtifactEvent():
                return [_data("artifact", event.artifact_id or f"artifact-{event.seq}", _payload(event))]
            case WarningEvent():
                return [_data("warning", f"warning-{event.seq}", _payload(event))]
            case ErrorEvent():
                self._error = event
        return []

    def _text(self, text: str) -> list[JsonFields]:
        if not text:
            return []
        delta = {"type": "text-delta", "id": TEXT_ID, "delta": text}
        if self._writing:
            return [delta]
        self._writing = True
        return [{"type": "text-start", "id": TEXT_ID}, delta]

    def _step(self, change: StepChange) -> list[JsonFields]:
        step = change.step
        told = step.model_dump(mode="json", include=_STEP_FIELDS, exclude_none=True)
        named = told if step.tool is None else {**told, "tool": step.tool.name}
        return [_data("step", step.step_id, named), *self._calls.take(change)]

    def _citation(self, citation: CitationEvent) -> list[JsonFields]:
        key = citation.citation_id or f"citation-{citation.seq}"
        chunks: list[JsonFields] = []
        if key not in self._sources:
            self._sources.add(key)
            chunks.append(_source(key, citation))
        chunks.append(_data("citation", key, {"id": key, **_payload(citation)}))
        return chunks

    def _end(self, done: DoneEvent) -> list[JsonFields]:
        chunks = [chunk for change in self._steps.close(done.outcome, done.at_ms) for chunk in self._step(change)]
        chunks += [*self._end_text(), {"type": "finish-step"}]
        metadata = end_of(self._run, done)
        if done.outcome == "completed":
            return [*chunks, {"type": "finish", "messageMetadata": metadata}]
        code, message = failure_of(done, self._error)
        chunks.append({"type": "message-metadata", "messageMetadata": {**metadata, "error": code}})
        if done.outcome == "cancelled":
            return [*chunks, {"type": "abort"}]
        return [*chunks, {"type": "error", "errorText": message}]


def warning(key: str, code: str, message: str) -> bytes:
    """The part for a warning that is not the run's: about what this client sent."""
    return _chunks([_data("warning", key, {"code": code, "message": message})])


def _request(asked: InputView) -> JsonFields:
    told = asked.model_dump(mode="json", exclude={"asked_ms", "ended_ms"}, exclude_none=True)
    return _data("request", asked.input_id, told)


def _source(key: str, citation: CitationEvent) -> JsonFields:
    title = citation.title or citation.source or key
    if url := safe_url(citation.url):
        return {"type": "source-url", "sourceId": key, "url": url, "title": title}
    return {"type": "source-document", "sourceId": key, "mediaType": "text/plain", "title": title}


def _payload(event: Event) -> JsonFields:
    return {name: value for name, value in fields_of(event).items() if name != "type"}


def _data(kind: str, key: str, data: Any) -> JsonFields:
    return {"type": f"data-{kind}", "id": key, "data": data}


def _chunks(chunks: list[JsonFields]) -> bytes:
    return b"".join(data_frame(chunk) for chunk in chunks)
