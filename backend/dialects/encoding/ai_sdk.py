"""The AI SDK's UI message stream: chunk types of its version 5 and ``data-*`` only, since others end its clients.

One assistant message with one text part. A step is a ``data-step`` part, the same id again updates it; a tool's step
is a dynamic tool part besides. A citation is a source part, once, and a ``data-citation`` part that is updated. How
the run ended is in the message's metadata, since an abort looks like a cut to these clients: with ``finish`` where it
completed, else in a separate chunk before ``abort`` or ``error``, after which they read nothing.
"""

from typing import Any

from backend.dialects.encoding.encoder import AnsweredRun, JsonFields, data_frame, end_of, failure_of, fields_of
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

DONE_MARKER = b"data: [DONE]\n\n"
TEXT_ID = "answer"
"""The id of the one text part."""

_STEP_FIELDS = {"step_id", "step", "state", "label", "detail", "progress", "parent_id", "started_ms", "ended_ms"}


class AiSdkEncoder:
    """Writes the chunks of one run. A replay has the same message id, and takes the place of what came before."""

    def __init__(self, run: AnsweredRun) -> None:
        self._run = run
        self._steps = StepChanges()
        self._calls: dict[str, str] = {}
        self._writing = False
        self._sources: set[str] = set()
        self._error: ErrorEvent | None = None

    def begin(self) -> bytes:
        """The message begins; its metadata names the run."""
        told = {"run_id": self._run.run_id, "session_id": self._run.session_id, "agent": self._run.agent}
        start = {"type": "start", "messageId": self._run.message_id, "messageMetadata": told}
        return _chunks([start, {"type": "start-step"}])

    def encode(self, event: Event) -> bytes:
        """The chunks for one event."""
        match event:
            case TokenEvent():
                return _chunks(self._text(event.text))
            case StatusEvent():
                return _chunks([chunk for change in self._steps.take(event) for chunk in self._step(change)])
            case CitationEvent():
                return _chunks(self._citation(event))
            case ArtifactEvent():
                key = event.artifact_id or f"artifact-{event.seq}"
                return _chunks([_data("artifact", key, _payload(event))])
            case WarningEvent():
                return _chunks([_data("warning", f"warning-{event.seq}", _payload(event))])
            case ErrorEvent():
                self._error = event
                return b""
            case DoneEvent():
                return _chunks(self._end(event)) + DONE_MARKER
        return b""

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
        if step.tool is None:
            return [_data("step", step.step_id, told)]
        chunks = [_data("step", step.step_id, {**told, "tool": step.tool.name})]
        call = f"{self._run.run_id}:{step.step_id}:{change.round}"
        asked: JsonFields = {"type": "tool-input-available", "toolCallId": call, "toolName": step.tool.name}
        asked |= {"input": step.tool.arguments, "providerExecuted": True, "dynamic": True}
        # Sent once more where more of it is known: the same call again is an update of it.
        known = f"{step.tool.name}\n{step.tool.arguments!r}"
        if self._calls.get(call) != known:
            self._calls[call] = known
            chunks.append(asked)
        if not step.is_open:
            chunks.append(_outcome_of_call(call, change))
        return chunks

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
        if self._writing:
            chunks.append({"type": "text-end", "id": TEXT_ID})
        chunks.append({"type": "finish-step"})
        metadata = end_of(self._run, done)
        if done.outcome == "completed":
            return [*chunks, {"type": "finish", "messageMetadata": metadata}]
        code, message = failure_of(done, self._error)
        chunks.append({"type": "message-metadata", "messageMetadata": {**metadata, "error": code}})
        if done.outcome == "cancelled":
            return [*chunks, {"type": "abort"}]
        return [*chunks, {"type": "error", "errorText": message}]


def _outcome_of_call(call: str, change: StepChange) -> JsonFields:
    step = change.step
    if step.state == "finished":
        output = step.tool.result if step.tool is not None else None
        return {"type": "tool-output-available", "toolCallId": call, "output": output, "dynamic": True}
    error = step.detail or f"The tool's step was {step.state}."
    return {"type": "tool-output-error", "toolCallId": call, "errorText": error, "dynamic": True}


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
