"""The steps of an answer, tool calls and thinking among them, as drafts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import JsonValue

from backend.dialects.json_values import is_lookup, parsed
from backend.protocol.events import StatusEvent, ToolLog
from backend.protocol.hidden_activity import HiddenActivity

MAX_STEPS = 10_000
MAX_ARGUMENT_CHARS = 1_000_000
"""The maximum length of one tool call's arguments, in code points."""

MAX_THOUGHT_CHARS = 1_000_000
"""What a model may think in one answer, in code points, where readers may see it."""

THINKING = "thinking"


class PartTexts(Protocol):
    """Called before a step that is between two texts; ``marked``: it is thinking that the stream marks as such."""

    def __call__(self, *, marked: bool) -> None:
        """What was written before is a text of its own."""
        ...


@dataclass(slots=True)
class _Step:
    step_id: str
    step: str
    label: str | None
    parent_id: str | None
    tool: ToolLog | None
    arguments: list[str] = field(default_factory=list)
    argument_chars: int = 0
    open: bool = True
    written: int = 0
    """How much of the answer came before it."""


class StepDrafts:
    """Steps by keys of the dialect's own, such as a tool call's id."""

    def __init__(
        self,
        write: Callable[[StatusEvent], None],
        count_loss: Callable[[str], None],
        part_texts: PartTexts,
        written: Callable[[], int],
        *,
        show_reasoning: bool = False,
    ) -> None:
        """``write`` takes every change of a step, ``count_loss`` the plain word for what is left out. ``part_texts`` is
        called before a step that is between two texts of the answer, ``written`` gives its length. ``show_reasoning``:
        the step of thinking carries what the model thought."""
        self._write = write
        self._count_loss = count_loss
        self._part_texts = part_texts
        self._written = written
        self._shows_reasoning = show_reasoning
        self._thoughts: list[str] = []
        """What was thought since the step's last status."""
        self._thought_chars = 0
        self._steps: dict[str, _Step] = {}
        self._hidden = HiddenActivity()
        self._decided: dict[str, bool] = {}
        """Calls that a person has decided on, and whether they may run."""

    @property
    def tool_calls(self) -> int:
        """Tool calls so far."""
        return sum(step.tool is not None for step in self._steps.values())

    def is_open(self, key: str) -> bool:
        """Whether a step of that key runs."""
        step = self._steps.get(key)
        return step is not None and step.open

    def add_thinking(self, text: str = "") -> None:
        """The model thinks, and the stream marks it as such; ``text`` is the next piece of what it thinks, if that can
        be read. That it thinks is shown; what it thinks only where readers may see it, and else it is lost."""
        self._part_texts(marked=True)
        self.think(text)
        if not text:
            self._count_loss("reasoning text")

    def think(self, text: str) -> None:
        """As ``add_thinking``, for what the model thinks in the text that it writes; ``text`` may be empty."""
        if not self.is_open(THINKING):
            self.start(THINKING, THINKING, label="Thinking")
        if not text:
            return
        if not self._shows_reasoning:
            self._count_loss("reasoning text")
        elif self._thought_chars + len(text) > MAX_THOUGHT_CHARS:
            self._count_loss("reasoning text beyond the longest")
        else:
            self._thought_chars += len(text)
            self._thoughts.append(text)

    def shown(self, status: StatusEvent) -> StatusEvent:
        """The status without what was thought, unless readers may see that."""
        if status.thought is None or self._shows_reasoning:
            return status
        self._count_loss("reasoning text")
        return status.model_copy(update={"thought": None})

    def begin_thinking(self) -> None:
        """The model thinks, and no text of it has come; nothing happens if that is known."""
        if not self.is_open(THINKING):
            self._part_texts(marked=True)
            self.start(THINKING, THINKING, label="Thinking")

    def end_thinking(self) -> None:
        """The model has stopped thinking; nothing happens if it was not."""
        if THINKING in self._steps:
            self.end(THINKING)
        self._hidden.drop()

    def note_hidden(self, at_ms: float) -> None:
        """A message came at this time of the run, and nothing of it is shown. Where no step is open that could carry
        this and it lasts, the model is thinking.
        """
        if not self._hidden.note(at_ms):
            return
        carrier = self._carrier()
        if carrier is None:
            self.start(THINKING, THINKING, label="Thinking")
            carrier = self._carrier()
        self._tell_activity(carrier)

    def _carrier(self) -> _Step | None:
        """The open step of thinking, else the latest open one."""
        if self.is_open(THINKING):
            return self._steps[THINKING]
        return next((step for step in reversed(self._steps.values()) if step.open), None)

    def _tell_activity(self, step: _Step | None) -> None:
        times, thought = self._hidden.take(), ""
        if step is not None and step.step == THINKING:
            thought, self._thoughts = "".join(self._thoughts), []
        if step is not None and (times or thought):
            status = StatusEvent(step_id=step.step_id, step=step.step, state="progress", thought=thought or None)
            self._write(status.model_copy(update={"activity_ms": times}) if times else status)

    def start(
        self, key: str, step: str, *, label: str | None = None, detail: str | None = None,
        parent: str | None = None, tool: str | None = None, arguments: JsonValue = None,
    ) -> None:  # fmt: skip
        """A step begins; a tool call names its ``tool``. A key that is open already changes nothing; one that was
        closed begins anew under a new id."""
        known = self._steps.get(key)
        if known is not None and known.open:
            return
        if len(self._steps) >= MAX_STEPS:
            self._count_loss("steps beyond the most a run may have")
            return
        number = len(self._steps) + 1
        if known is not None:
            self._steps[f"{key}\n{number - 1}"] = known
            self._decided.pop(key, None)
        log = ToolLog(name=tool, arguments=arguments) if tool is not None else None
        above = self._steps.get(parent) if parent is not None else None
        made = _Step(f"step-{number}", step, label, above.step_id if above else None, log)
        made.written = self._written()
        self._steps[key] = made
        self._tell(made, "started", detail)

    def start_call(self, key: str, name: str, *, arguments: JsonValue = None, kind: str = "") -> None:
        """A tool is called: a step, ``retrieving`` if its ``kind`` or name says that it looks something up. Thinking
        ends by it, and so does a text of the answer."""
        self.end_thinking()
        self._part_texts(marked=False)
        step = "retrieving" if is_lookup(kind or name) else "running_tool"
        self.start(key, step, label=name or "Tool", tool=name or "tool", arguments=arguments)

    def progress(self, key: str, *, detail: str | None = None) -> None:
        """An open step continues."""
        step = self._steps.get(key)
        if step is not None and step.open:
            self._tell(step, "progress", detail)

    def add_arguments(self, key: str, piece: str) -> None:
        """The next piece of a tool call's arguments, as JSON text; shown once they are whole or the step ends."""
        step = self._steps.get(key)
        if step is None or step.tool is None:
            self._count_loss("arguments of an unknown tool call")
        elif key in self._decided:
            # Sent once more, perhaps as a person changed them.
            return
        elif step.argument_chars + len(piece) > MAX_ARGUMENT_CHARS:
            self._count_loss("arguments beyond the longest")
        else:
            step.argument_chars += len(piece)
            step.arguments.append(piece)

    def complete_arguments(self, key: str, arguments: JsonValue = None) -> None:
        """All arguments are there: those added piece by piece, or these."""
        step = self._steps.get(key) if key not in self._decided else None
        if step is not None and self._gather_arguments(step, arguments) and step.open:
            self._tell(step, "progress")

    def end(
        self, key: str, state: Literal["finished", "failed", "cancelled"] = "finished", *,
        result: JsonValue = None, detail: str | None = None,
    ) -> None:  # fmt: skip
        """An open step ends; a tool call may have a result. Nothing happens if it is not open."""
        step = self._steps.get(key)
        if step is None or not step.open:
            return
        if key == THINKING:
            self._tell_activity(step)
        if self._decided.get(key) is False:
            state, detail = "cancelled", detail or "A person declined this call."
        self._gather_arguments(step, None)
        if step.tool is not None and result is not None:
            step.tool = step.tool.model_copy(update={"result": result})
        step.open = False
        self._tell(step, state, detail)

    def proposed(self, key: str) -> ToolLog | None:
        """The tool call of that key, as far as it is known."""
        step = self._steps.get(key)
        if step is None or step.tool is None:
            return None
        self._gather_arguments(step, None)
        return step.tool

    def decide(self, key: str, *, accepted: bool, arguments: JsonValue = None) -> None:
        """A person has decided on an open tool call. ``arguments`` are those that run, if they are not the proposed
        ones. A call that may not run ends as cancelled, whatever its result says."""
        step = self._steps.get(key)
        if step is None or step.tool is None or not step.open:
            return
        self._decided[key] = accepted
        if accepted and arguments is not None:
            step.tool = step.tool.model_copy(update={"effective_arguments": arguments})
            self._tell(step, "progress")

    def end_call(self, key: str) -> str:
        """An open tool call ends of whose result the stream says nothing. If text followed, the sender ran it; else it
        is the caller's to run, and was not: gives its name then."""
        step = self._steps.get(key)
        if step is None or not step.open or step.tool is None:
            return ""
        if key in self._decided or self._written() > step.written:
            self.end(key, detail="Called; its result is not part of the stream.")
            return ""
        self.end(key, "cancelled", detail="Not run: the caller of the agent has to run it.")
        return step.tool.name

    def close(self, state: Literal["finished", "failed"]) -> None:
        """Nothing more comes: every open step ends, the latest first."""
        for key in [key for key, step in reversed(self._steps.items()) if step.open]:
            self.end(key, state)

    def _gather_arguments(self, step: _Step, arguments: JsonValue) -> bool:
        """Put the arguments into a tool call's log. Whether that changed it."""
        if step.tool is None:
            return False
        if arguments is None and step.arguments:
            arguments = parsed("".join(step.arguments))
        step.arguments = []
        if arguments is None or arguments == step.tool.arguments:
            return False
        step.tool = step.tool.model_copy(update={"arguments": arguments})
        return True

    def _tell(
        self,
        step: _Step,
        state: Literal["started", "progress", "finished", "failed", "cancelled"],
        detail: str | None = None,
    ) -> None:
        status = StatusEvent(step_id=step.step_id, step=step.step, state=state, label=step.label, detail=detail)
        self._write(status.model_copy(update={"parent_id": step.parent_id, "tool": step.tool}))
