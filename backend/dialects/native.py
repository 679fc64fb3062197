"""Playhead's protocol, as this or another Playhead sends it: the seven events, with their ids, numbers and spans kept.

Another sender may leave out ``seq``, ``at_ms``, ids and the field ``type`` beside an SSE event name, as
DESIGN asks. Events seen before are left out, a snapshot stands for the events it folds, heartbeats are comments. Steps
that are open at the end are closed, and a stream without ``done`` is interrupted.
"""

from pydantic import ValidationError

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.native_events import OwnEvents
from backend.protocol.attempts import steps_back
from backend.protocol.events import (
    EVENT_TYPES,
    DoneEvent,
    ErrorEvent,
    EventError,
    KnownEvent,
    Outcome,
    StatusEvent,
    TokenEvent,
    UnknownEvent,
    parse_event,
)
from backend.protocol.run_view import RunView, SnapshotEvent, StepView

_NEEDED = {"status": "step", "token": "text", "artifact": "kind"}
"""Without this field an object of that type is another dialect's."""

_FOREIGN = ("error", "delta", "errorText", "response", "item", "sequence_number")
"""Fields by which other dialects' events of the same type are known."""

_END_FAILED: dict[Outcome, tuple[str, str]] = {
    "failed": ("agent_failed", "The run failed, and gave no reason."),
    "timed_out": ("timeout", "The run took too long and was ended."),
    "interrupted": ("interrupted", "The run was interrupted."),
}
"""What stands for the error of a run that ended badly and sent none."""


class Native:
    """One stream of Playhead events."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._last_seq = 0
        self._own = OwnEvents(drafts)
        self._error: ErrorEvent | None = None
        self._done = False
        self._seen = False

    def read(self, message: JsonObject, event: str) -> bool:
        """Read one event; its type is the field ``type``, else the SSE event name."""
        name = message.get("type", event if event != "message" else None)
        if message.get("playhead") == "recording":
            return True
        if name == "snapshot":
            return self._read_snapshot(message)
        if not isinstance(name, str) or not _is_ours(message, name):
            return False
        if not message and not self._seen:
            # Another server's ``event: done`` with nothing in it is not a Playhead stream.
            return False
        try:
            parsed = parse_event(message, name)
        except EventError:
            return False
        if isinstance(parsed, UnknownEvent):
            self._drafts.warn("unreadable_event", f"An event of type {name[:40]} could not be read, and is left out.")
            self._drafts.count_loss("events that cannot be read")
            return True
        self._seen = True
        self._read_event(parsed)
        return True

    def done_marker(self) -> None:
        """``[DONE]`` is not part of Playhead's protocol and does not end the run."""
        self._drafts.count_loss("end markers of another dialect")

    def finish(self) -> None:
        """The end of the connection: what is open is closed as the outcome says, without ``done`` as interrupted."""
        if self._error is not None and not self._done:
            self._fail(self._error, "failed")
        if not self._done:
            self._own.close_steps("interrupted")

    def _read_event(self, event: KnownEvent) -> None:
        if self._done:
            self._drafts.count_loss("events after the end")
        elif steps_back(event, self._last_seq):
            self._last_seq = event.seq
            self._drafts.count_loss("a new attempt that leaves out what was shown")
            self._take(event)
        elif 0 < event.seq <= self._last_seq:
            self._drafts.count_loss("repeated events")
        else:
            self._last_seq = max(self._last_seq, event.seq)
            self._take(event)

    def _take(self, event: KnownEvent) -> None:
        if isinstance(event, DoneEvent):
            self._end(event.outcome)
            self._drafts.end.add_usage(event.usage or {})
            self._drafts.end.at_ms = event.at_ms
        elif isinstance(event, ErrorEvent):
            self._error = self._error or event
        elif isinstance(event, TokenEvent) and event.seq == 0:
            # A Playhead backend numbers its events, and has taken thinking out of their text.
            self._drafts.add_text(event.text)
        else:
            if isinstance(event, StatusEvent) and event.tool is not None and event.seq == 0:
                self._drafts.begin_text()
            self._own.add(event)

    def _end(self, outcome: Outcome) -> None:
        if self._error is not None:
            self._fail(self._error, "failed" if outcome == "completed" else outcome)
        elif outcome in _END_FAILED:
            code, message = _END_FAILED[outcome]
            self._fail(ErrorEvent(code=code, message=message, retryable=True), outcome)
        else:
            self._drafts.end.complete(outcome)
        self._own.close_steps(outcome)
        self._done = True

    def _fail(self, error: ErrorEvent, outcome: Outcome) -> None:
        self._drafts.end.fail(error.code, error.message, retryable=error.retryable, outcome=outcome)

    def _read_snapshot(self, message: JsonObject) -> bool:
        """A view in place of the events it folds. What was read before it is not said again."""
        try:
            snapshot = SnapshotEvent.model_validate(message)
        except ValidationError:
            return False
        self._last_seq = max(self._last_seq, snapshot.seq)
        self._drafts.count_loss("the pace of events behind a snapshot")
        self._read_view(snapshot.view)
        return True

    def _read_view(self, view: RunView) -> None:
        for step in view.stream.steps:
            self._own.add(_status_of(step))
        for citation in view.message.citations:
            self._own.add(citation)
        answer, said = view.message.answer, self._drafts.length
        if len(answer) < said or not answer.startswith(self._drafts.text):
            self._drafts.count_loss("a snapshot that contradicts the answer before it")
        elif answer[said:]:
            self._own.add(TokenEvent(text=answer[said:]))
        for artifact in view.artifacts.items:
            self._own.add(artifact)
        for warning in view.message.warnings:
            self._own.add(warning)
        if view.stream.error is not None:
            self._error = self._error or view.stream.error
        if view.stream.outcome is not None and not self._done:
            self._end(view.stream.outcome)
            self._drafts.end.add_usage(view.stream.usage or {})


def _is_ours(message: JsonObject, name: str) -> bool:
    """Whether an object of that type is a Playhead event, even if fields are missing."""
    if name not in EVENT_TYPES or any(field in message for field in _FOREIGN):
        return False
    if name == "error":
        return "code" in message or "message" in message
    return name not in _NEEDED or _NEEDED[name] in message


def _status_of(step: StepView) -> StatusEvent:
    return StatusEvent(
        step_id=None if step.announced else step.step_id,
        step=step.step,
        state=step.state,
        label=step.label,
        detail=step.detail,
        progress=step.progress,
        parent_id=step.parent_id,
        tool=step.tool,
        request=step.request,
    )
