"""AG-UI 1.0: one text message, steps, tool calls, and Playhead's ``CUSTOM`` events for anything that AG-UI lacks.

Data lines only. A citation is a separate activity message, a ``CUSTOM`` event, and one key in the metadata of the
text message, where it comes with the text that follows it. Whatever was opened is closed before the run is, since a
client takes a stream that was cut for one that has ended well: only ``RUN_FINISHED`` with its outcome says that it
did.
"""

from backend.dialects.encoding.ag_ui_messages import AgUiMessages
from backend.dialects.encoding.encoder import (
    AnsweredRun,
    JsonFields,
    data_frame,
    end_of,
    failure_of,
    fields_of,
    json_text,
    text_of,
)
from backend.dialects.encoding.step_changes import StepChange, StepChanges
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
from backend.protocol.run_view import StepView

PROTOCOL_VERSION = "1.0"
PREFIX = "playhead."
"""The prefix in the names of Playhead's ``CUSTOM`` events; after it comes the type of the Playhead event, whose
fields are the value. ``playhead.run`` and ``playhead.end`` describe the run as a whole."""

ACTIVITY = "citation"
METADATA_KEY = "playhead"

_KEEP_ACTIVITIES: JsonFields = {"@ag-ui/client": {"authoritativeActivityTypes": []}}
"""A client never sends the activities it has, such as the citations of earlier runs, and would drop those that a
snapshot leaves out unless the snapshot forbids it."""

_USAGE_NAMES = (
    ("inputTokens", "input_tokens"),
    ("outputTokens", "output_tokens"),
    ("reasoningTokens", "reasoning_tokens"),
)
_STEP_FIELDS = {"step_id", "step", "state", "label", "detail", "progress", "parent_id"}


class AgUiEncoder:
    """Writes the events of one run for one reader."""

    def __init__(
        self, run: AnsweredRun, *, thread_id: str = "", run_id: str = "", earlier: list[JsonFields] | None = None
    ) -> None:
        """``thread_id`` and ``run_id`` are the client's own names of both, where it has some. ``earlier`` are the
        messages up to the question, for a reader who joins again."""
        self._run = run
        self._thread = {"threadId": thread_id or run.session_id, "runId": run_id or run.run_id}
        self._steps = StepChanges()
        self._names: dict[str, str] = {}
        self._calls: dict[str, bool] = {}
        self._writing = False
        self._cited: dict[str, JsonFields] = {}
        self._told: dict[str, JsonFields] = {}
        self._error: ErrorEvent | None = None
        self._messages = AgUiMessages(earlier or [])
        self._at_ms = 0.0

    def begin(self) -> bytes:
        """The run begins; the first Playhead event names it, so that a client can cancel it or join it again."""
        return self._frames(self._beginning())

    def encode(self, event: Event) -> bytes:
        """The AG-UI events for one Playhead event."""
        return self._frames(self._events(event))

    def absorb(self, event: Event) -> None:
        """An event that a reader who joins again will find in the snapshot."""
        self._messages.take(self._events(event))

    def rejoin(self) -> bytes:
        """In place of ``begin``, once what was sent so far is absorbed: the messages as they are, and what is open."""
        snapshot = self._event("MESSAGES_SNAPSHOT", messages=self._messages.snapshot(), metadata=_KEEP_ACTIVITIES)
        events = [*self._beginning(), snapshot]
        events += self._told.values()
        for step_id, name in self._names.items():
            step = next(step for step in self._steps.open if step.step_id == step_id)
            events.append(self._event("STEP_STARTED", stepName=name, metadata=_told_of(step)))
        for step in self._steps.open:
            call = self._call_id(step.step_id, self._steps.round(step.step_id))
            if step.tool is not None and self._calls.get(call) is False:
                events.append(self._event("TOOL_CALL_START", toolCallId=call, toolCallName=step.tool.name))
        if self._writing:
            events.append(self._event("TEXT_MESSAGE_START", messageId=self._run.message_id, role="assistant"))
        return self._frames(events)

    def _beginning(self) -> list[JsonFields]:
        told = {"run_id": self._run.run_id, "session_id": self._run.session_id, "agent": self._run.agent}
        started = self._event("RUN_STARTED", **self._thread, protocolVersion=PROTOCOL_VERSION)
        return [started, self._event("CUSTOM", name=f"{PREFIX}run", value=told)]

    def _events(self, event: Event) -> list[JsonFields]:
        self._at_ms = event.at_ms
        match event:
            case TokenEvent():
                return self._text(event.text)
            case StatusEvent():
                return self._status(event)
            case CitationEvent():
                return self._citation(event)
            case ArtifactEvent():
                return [self._custom(event, event.artifact_id or f"artifact-{event.seq}")]
            case WarningEvent():
                return [self._custom(event, f"warning-{event.seq}")]
            case ErrorEvent():
                self._error = event
            case DoneEvent():
                return self._end(event)
        return []

    def _text(self, text: str) -> list[JsonFields]:
        if not text:
            return []
        events: list[JsonFields] = []
        if not self._writing:
            self._writing = True
            events.append(self._event("TEXT_MESSAGE_START", messageId=self._run.message_id, role="assistant"))
        cited, self._cited = self._cited, {}
        content = self._event("TEXT_MESSAGE_CONTENT", messageId=self._run.message_id, delta=text)
        events.append({**content, "metadata": cited} if cited else content)
        return events

    def _citation(self, citation: CitationEvent) -> list[JsonFields]:
        key = citation.citation_id or f"citation-{citation.seq}"
        content = {**fields_of(citation), "citation_id": key}
        del content["type"]
        self._cited[f"citation:{key}"] = content
        shown = self._event(
            "ACTIVITY_SNAPSHOT",
            messageId=f"{self._run.run_id}:citation:{key}",
            activityType=ACTIVITY,
            content=content,
            replace=True,
        )
        return [shown, self._custom(citation, f"citation-{key}")]

    def _custom(self, event: Event, key: str) -> JsonFields:
        custom = self._event("CUSTOM", name=f"{PREFIX}{event.type}", value=fields_of(event))
        # The latest of each key stands for it when somebody joins again.
        self._told[f"{event.type} {key}"] = custom
        return custom

    def _status(self, event: StatusEvent) -> list[JsonFields]:
        changes = self._steps.take(event)
        events = [made for change in changes for made in self._step(change)]
        if any(not change.began and not change.ended for change in changes):
            events.append(self._event("CUSTOM", name=f"{PREFIX}{event.type}", value=fields_of(event)))
        return events

    def _step(self, change: StepChange) -> list[JsonFields]:
        step = change.step
        events: list[JsonFields] = []
        if change.began and step.tool is None:
            name = step.step
            # Two open steps of one name would end a client.
            while name in self._names.values():
                name = f"{name} ({step.step_id})"
            self._names[step.step_id] = name
            events.append(self._event("STEP_STARTED", stepName=name, metadata=_told_of(step)))
        if step.tool is not None:
            events += self._call(change)
        if change.ended and step.step_id in self._names:
            name = self._names.pop(step.step_id)
            events.append(self._event("STEP_FINISHED", stepName=name, metadata=_told_of(step)))
        return events

    def _call(self, change: StepChange) -> list[JsonFields]:
        step, call = change.step, self._call_id(change.step.step_id, change.round)
        tool = step.tool
        if tool is None or (call not in self._calls and not step.is_open and not change.ended):
            return []
        events = []
        if call not in self._calls:
            self._calls[call] = False
            events.append(
                self._event("TOOL_CALL_START", toolCallId=call, toolCallName=tool.name, metadata=_told_of(step))
            )
        if not self._calls[call] and (tool.arguments is not None or change.ended):
            self._calls[call] = True
            arguments = json_text({} if tool.arguments is None else tool.arguments)
            events.append(self._event("TOOL_CALL_ARGS", toolCallId=call, delta=arguments))
            events.append(self._event("TOOL_CALL_END", toolCallId=call))
        if change.ended:
            content = text_of(tool.result) or step.detail or ""
            result = self._event("TOOL_CALL_RESULT", messageId=f"{call}:result", toolCallId=call, content=content)
            events.append({**result, "role": "tool", "metadata": _told_of(step)})
        return events

    def _end(self, done: DoneEvent) -> list[JsonFields]:
        events = [made for change in self._steps.close(done.outcome, done.at_ms) for made in self._step(change)]
        if self._writing:
            self._writing = False
            closed = self._event("TEXT_MESSAGE_END", messageId=self._run.message_id)
            events.append({**closed, "metadata": self._cited} if self._cited else closed)
        end = {name: value for name, value in end_of(self._run, done).items() if value is not None}
        events.append(self._event("CUSTOM", name=f"{PREFIX}end", value=end))
        usage = _usage(done)
        if done.outcome in ("completed", "cancelled"):
            kind = "success" if done.outcome == "completed" else "cancelled"
            return [*events, self._event("RUN_FINISHED", **self._thread, result=end, outcome={"type": kind}, **usage)]
        code, message = failure_of(done, self._error)
        return [*events, self._event("RUN_ERROR", message=message, code=code, **usage, metadata={METADATA_KEY: end})]

    def _call_id(self, step_id: str, time: int) -> str:
        return f"{self._run.run_id}:{step_id}:{time}"

    def _event(self, kind: str, **fields: object) -> JsonFields:
        return {"type": kind, "timestamp": self._run.created_ms + round(self._at_ms), **fields}

    def _frames(self, events: list[JsonFields]) -> bytes:
        return b"".join(data_frame(event) for event in events)


def _told_of(step: StepView) -> JsonFields:
    return {METADATA_KEY: step.model_dump(mode="json", include=_STEP_FIELDS, exclude_none=True)}


def _usage(done: DoneEvent) -> JsonFields:
    told = done.usage or {}
    found = {theirs: told.get(ours) for theirs, ours in _USAGE_NAMES}
    counts = {name: value for name, value in found.items() if type(value) is int and value >= 0}
    return {"usage": [counts]} if counts else {}
