"""Playhead events inside a stream: all of it where it is Playhead's protocol, and the additions of Playhead's encoders
to other dialects, so that a citation keeps its number and a step its name on the way out and back in."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from backend.dialects.answer_drafts import AnswerDrafts
from backend.dialects.dialect import JsonObject
from backend.dialects.json_values import object_of, parsed, plain, text_of
from backend.dialects.step_drafts import MAX_ARGUMENT_CHARS, MAX_STEPS
from backend.protocol.events import (
    OPEN_STATES,
    ArtifactEvent,
    CitationEvent,
    Outcome,
    StatusEvent,
    TokenEvent,
    ToolLog,
    UnknownEvent,
    WarningEvent,
    parse_event,
)
from backend.protocol.steps import closing_state

OUTCOMES: dict[str, Outcome] = {
    "completed": "completed",
    "cancelled": "cancelled",
    "timed_out": "timed_out",
    "failed": "failed",
    "interrupted": "interrupted",
}

_CARRIED = frozenset({"status", "citation", "artifact", "warning"})

_NOT_TOLD = frozenset({"type", "id", "seq", "at_ms", "started_ms", "ended_ms", "request", "answer"})
"""Fields of an event that no draft has. Other dialects carry them; the times belong to a run that the stream lacks, and
what people are asked is asked by the dialect's own means."""


@dataclass(slots=True)
class _Call:
    step: JsonObject
    name: str
    arguments: JsonValue = None
    pieces: list[str] = field(default_factory=list)
    chars: int = 0


class OwnEvents:
    """Passes Playhead events to the drafts, and closes the steps that they leave open."""

    def __init__(self, drafts: AnswerDrafts) -> None:
        self._drafts = drafts
        self._open: dict[str, StatusEvent] = {}
        """Steps that run, by their id, in the order in which they began."""
        self._announced: StatusEvent | None = None
        """The step without an id that runs: the next one of another name ends it."""
        self._cited: dict[str, CitationEvent] = {}
        self._calls: dict[str, _Call] = {}
        self.outcome: Outcome | None = None
        """How the run ended, where a stream of another dialect says so in our words."""

    def add(self, event: TokenEvent | StatusEvent | CitationEvent | ArtifactEvent | WarningEvent) -> None:
        """An event as it is."""
        if not isinstance(event, StatusEvent) or self._follow(event):
            self._drafts.add_native(event)

    def close_steps(self, outcome: Outcome) -> None:
        """End what is still open as the outcome says, the latest step first."""
        state = closing_state(outcome)
        for status in (*([self._announced] if self._announced else []), *reversed(self._open.values())):
            self._drafts.add_native(StatusEvent(step_id=status.step_id, step=status.step, state=state))
        self._open.clear()
        self._announced = None

    # What another dialect carries.

    def read(self, kind: str, fields: JsonObject) -> bool:
        """An event of that type, by its fields; the same citation sent twice counts once. False if it is not one."""
        if kind not in _CARRIED:
            return False
        told = {name: value for name, value in fields.items() if name not in _NOT_TOLD}
        if kind == "citation" and "citation_id" not in told:
            told["citation_id"] = text_of(fields, "id") or f"citation-{fields.get('seq', 0)}"
        if kind == "status" and "step_id" not in told:
            told["step_id"] = self._id_of_announced(text_of(fields, "step"))
        event = parse_event(told, kind)
        if isinstance(event, UnknownEvent):
            return False
        if isinstance(event, CitationEvent):
            key = event.citation_id or ""
            if self._cited.get(key) == event:
                return True
            self._cited[key] = event
        if isinstance(event, StatusEvent | CitationEvent | ArtifactEvent | WarningEvent):
            self.add(event)
        return True

    def read_end(self, fields: JsonObject) -> bool:
        """How the run ended, in our words. False if these are other fields."""
        outcome = OUTCOMES.get(text_of(fields, "outcome"))
        if outcome is None or "run_id" not in fields:
            return False
        self.outcome = outcome
        self._drafts.end.add_usage(object_of(fields, "usage"))
        return True

    def knows_call(self, call: str) -> bool:
        """Whether that tool call is a Playhead step."""
        return call in self._calls

    def proposed(self, call: str) -> ToolLog | None:
        """That tool call, as far as it is known."""
        known = self._calls.get(call)
        return None if known is None else ToolLog(name=known.name, arguments=known.arguments)

    def start_call(self, call: str, name: str, step: JsonObject) -> bool:
        """A tool call that is the step of these fields. False if they are not a step."""
        if "step_id" not in step or "step" not in step:
            return False
        self.adopt_call(call, name, step)
        self._tell(_Call(step, name), step)
        return True

    def adopt_call(self, call: str, name: str, step: JsonObject) -> None:
        """The tool call of a step that has been sent already."""
        if call not in self._calls and len(self._calls) < MAX_STEPS:
            self._calls[call] = _Call(step, name)

    def add_arguments(self, call: str, piece: str) -> None:
        """The next piece of a known call's arguments, as JSON text."""
        known = self._calls[call]
        known.chars += len(piece)
        if known.chars > MAX_ARGUMENT_CHARS:
            self._drafts.count_loss("arguments beyond the longest")
        else:
            known.pieces.append(piece)

    def complete_arguments(self, call: str, arguments: JsonValue = None) -> None:
        """All arguments of a known call are there: those added piece by piece, or these."""
        known = self._calls[call]
        if arguments is None and known.pieces:
            arguments = parsed("".join(known.pieces))
        known.pieces = []
        if arguments is not None and arguments != known.arguments:
            known.arguments = plain(arguments)
            if text_of(known.step, "state") in OPEN_STATES:
                self._tell(known, {**known.step, "state": "progress"})

    def end_call(self, call: str, step: JsonObject, result: JsonValue) -> None:
        """A known call has ended with its step; ``step`` may be empty where nothing new is said of it."""
        known = self._calls[call]
        known.step = {**known.step, "state": "finished", **step}
        self._tell(known, known.step, result)

    def _id_of_announced(self, step: str) -> str | None:
        """The id that a step without one was given on its way out, if it runs."""
        return next((step_id for step_id in reversed(self._open) if step_id.startswith(f"{step}~")), None)

    def _tell(self, call: _Call, step: JsonObject, result: JsonValue = None) -> None:
        self.read("status", {**step, "tool": {"name": call.name, "arguments": call.arguments, "result": result}})

    def _follow(self, status: StatusEvent) -> bool:
        """Keep in mind what is open. False where there are too many steps to do so."""
        is_open = status.state in OPEN_STATES
        if status.step_id is None:
            self._announced = status if is_open and status.step != "completed" else None
        elif not is_open:
            self._open.pop(status.step_id, None)
        elif status.step_id not in self._open and len(self._open) >= MAX_STEPS:
            self._drafts.count_loss("steps beyond the most a run may have")
            return False
        else:
            self._open[status.step_id] = status
        return True
