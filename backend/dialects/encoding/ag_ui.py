"""AG-UI 1.0: one text message, steps, tool calls, and Playhead's ``CUSTOM`` events for anything that AG-UI lacks.

Data lines only. A citation is a separate activity message, a ``CUSTOM`` event, and one key in the metadata of the
text message, where it comes with the text that follows it. Whatever was opened is closed before the run is, since a
client takes a stream that was cut for one that has ended well: only ``RUN_FINISHED`` with its outcome says that it
did.

A run that waits for people ends the stream, and is not over: ``suspend`` closes what is open and asks. The stream that
follows the answers begins with ``resume`` and continues with the log.
"""

from backend.dialects.encoding.ag_ui_interrupts import interrupt_of
from backend.dialects.encoding.ag_ui_messages import AgUiMessages
from backend.dialects.encoding.ag_ui_steps import METADATA_KEY, AgUiSteps
from backend.dialects.encoding.encoder import (
    AnsweredRun,
    JsonFields,
    data_frame,
    end_of,
    failure_of,
    fields_of,
)
from backend.dialects.encoding.open_requests import OpenRequests, RequestName
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

PROTOCOL_VERSION = "1.0"
PREFIX = "playhead."
"""The prefix in the names of Playhead's ``CUSTOM`` events; after it comes the type of the Playhead event, whose
fields are the value. ``playhead.run`` and ``playhead.end`` describe the run as a whole."""

ACTIVITY = "citation"

_KEEP_ACTIVITIES: JsonFields = {"@ag-ui/client": {"authoritativeActivityTypes": []}}
"""A client never sends the activities it has, such as the citations of earlier runs, and would drop those that a
snapshot leaves out unless the snapshot forbids it."""

_USAGE_NAMES = (
    ("inputTokens", "input_tokens"),
    ("outputTokens", "output_tokens"),
    ("reasoningTokens", "reasoning_tokens"),
)


class AgUiEncoder:
    """Writes the events of one run for one reader."""

    def __init__(
        self, run: AnsweredRun, *, thread_id: str = "", run_id: str = "", earlier: list[JsonFields] | None = None
    ) -> None:
        """``thread_id`` and ``run_id`` are the client's own names of both, where it has some. ``earlier`` are the
        messages up to the question, for a reader who joins again."""
        self._run = run
        self._thread = {"threadId": thread_id or run.session_id, "runId": run_id or run.run_id}
        self._steps = AgUiSteps(run.run_id, self._event)
        self._requests = OpenRequests()
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
        events += self._steps.open_again()
        if self._writing:
            events.append(self._event("TEXT_MESSAGE_START", messageId=self._run.message_id, role="assistant"))
        return self._frames(events)

    @property
    def waits(self) -> bool:
        """Whether the run asks something that nobody has answered yet."""
        return bool(self._requests.open)

    def suspend(self, seq: int) -> bytes:
        """The stream ends here, after event ``seq`` of the run, with everything that people are asked."""
        interrupts = []
        for asked in self._requests.open:
            name = str(RequestName(self._run.run_id, asked.input_id, seq))
            interrupts.append(interrupt_of(asked, name, self._steps.call_of(asked.step_id), self._run.created_ms))
        outcome = {"type": "interrupt", "interrupts": interrupts}
        return self._frames([*self._close(), self._event("RUN_FINISHED", **self._thread, outcome=outcome)])

    def resume(self) -> bytes:
        """In place of ``begin``, once all events up to the answers' ``seq`` are absorbed: what is open begins anew."""
        self._close()
        return self._frames([*self._beginning(), *self._steps.open_again()])

    def refuse(self, code: str, message: str) -> bytes:
        """A whole stream that says why the run does not continue."""
        error = self._event("RUN_ERROR", message=message, code=code)
        return self._frames([self._event("RUN_STARTED", **self._thread, protocolVersion=PROTOCOL_VERSION), error])

    def warn(self, code: str, message: str) -> bytes:
        """A warning that is not the run's: about what this client sent."""
        value = {"type": "warning", "code": code, "message": message}
        return self._frames([self._event("CUSTOM", name=f"{PREFIX}warning", value=value)])

    def _close(self) -> list[JsonFields]:
        return [*self._close_text(), *self._steps.close()]

    def _close_text(self) -> list[JsonFields]:
        if not self._writing:
            return []
        self._writing = False
        cited, self._cited = self._cited, {}
        closed = self._event("TEXT_MESSAGE_END", messageId=self._run.message_id)
        return [{**closed, "metadata": cited} if cited else closed]

    def _beginning(self) -> list[JsonFields]:
        told = {"run_id": self._run.run_id, "session_id": self._run.session_id, "agent": self._run.agent}
        started = self._event("RUN_STARTED", **self._thread, protocolVersion=PROTOCOL_VERSION)
        return [started, self._event("CUSTOM", name=f"{PREFIX}run", value=told)]

    def _events(self, event: Event) -> list[JsonFields]:
        self._at_ms = event.at_ms
        self._requests.take(event)
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
        events, continued = self._steps.take(event)
        if continued or event.request is not None or event.answer is not None:
            events.append(self._event("CUSTOM", name=f"{PREFIX}{event.type}", value=fields_of(event)))
        return events

    def _end(self, done: DoneEvent) -> list[JsonFields]:
        events = [*self._steps.end(done.outcome, done.at_ms), *self._close_text()]
        end = {name: value for name, value in end_of(self._run, done).items() if value is not None}
        events.append(self._event("CUSTOM", name=f"{PREFIX}end", value=end))
        usage = _usage(done)
        if done.outcome in ("completed", "cancelled"):
            kind = "success" if done.outcome == "completed" else "cancelled"
            return [*events, self._event("RUN_FINISHED", **self._thread, result=end, outcome={"type": kind}, **usage)]
        code, message = failure_of(done, self._error)
        return [*events, self._event("RUN_ERROR", message=message, code=code, **usage, metadata={METADATA_KEY: end})]

    def _event(self, kind: str, **fields: object) -> JsonFields:
        return {"type": kind, "timestamp": self._run.created_ms + round(self._at_ms), **fields}

    def _frames(self, events: list[JsonFields]) -> bytes:
        return b"".join(data_frame(event) for event in events)


def _usage(done: DoneEvent) -> JsonFields:
    told = done.usage or {}
    found = {theirs: told.get(ours) for theirs, ours in _USAGE_NAMES}
    counts = {name: value for name, value in found.items() if type(value) is int and value >= 0}
    return {"usage": [counts]} if counts else {}
