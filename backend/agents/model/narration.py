"""A run with a model as drafts: pydantic-ai's events in; steps, text and citations out.

That the model thinks is a step, whether its provider marks that or the model writes it into its text; what it thinks
is passed on only where readers may see it. Citations of the provider (Anthropic, OpenAI
Responses and web search, Gemini grounding) are mapped with the range they support; pydantic-ai passes them on when
their text is complete, so they come after it. Sources that a provider lists elsewhere, as Perplexity does beside chat
completions, are not passed on by pydantic-ai and so are not shown.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from backend.agents.model.marked_text import MarkedText
from backend.agents.model.named_sources import described
from backend.agents.model.sources import Sources
from backend.agents.model.tool_logs import loggable
from backend.protocol.events import Draft, Span, StatusEvent, StepStateName, ToolLog, WarningEvent
from backend.protocol.hidden_activity import HiddenActivity
from backend.protocol.written_answer import THINKING_SHOWN, Piece, WrittenAnswer

if TYPE_CHECKING:
    from pydantic_ai.messages import AgentStreamEvent, Citation, ModelResponsePart, NativeToolReturnPart, ToolReturnPart

_FAILED_OUTCOMES = frozenset({"failed", "retried", "denied"})


class Narration:
    """The drafts of one run. Pass it every event in order, then call ``close``."""

    def __init__(self, label: str, sources: Sources, *, show_reasoning: bool = False, opened: bool = False) -> None:
        """``label`` is the name of the model in a step. ``show_reasoning``: the step of thinking carries what the model
        thought. ``opened`` is as in ``WrittenAnswer``."""
        self._label = label
        self._sources = sources
        self._text = MarkedText(sources)
        self._written = WrittenAnswer(opened=opened)
        self._written_chars = 0
        """Code points of text that the model has written: positions in its parts count them."""
        self._shows_reasoning = show_reasoning
        self._thoughts: list[str] = []
        """What was thought since the step's last status."""
        self._steps: dict[str, StatusEvent] = {}
        self._counts: dict[str, int] = {}
        self._starts: dict[int, int] = {}
        self._hidden = HiddenActivity()

    def ask(self) -> Iterator[Draft]:
        """A request is sent to the model; the next event ends the step."""
        yield from self._open("asking", StatusEvent(step="asking_model", label=f"Waiting for {self._label}"))

    def read(self, event: "AgentStreamEvent", at_ms: float | None = None) -> Iterator[Draft]:
        """The drafts of one event. With ``at_ms``, the run's time, an event of which nothing is shown leaves its time
        in the step of thinking.
        """
        shown = False
        for draft in self._read(event):
            shown = True
            yield draft
        if not shown and "thinking" in self._steps and at_ms is not None and self._hidden.note(at_ms):
            yield from self._tell_activity()

    def _tell_activity(self) -> Iterator[Draft]:
        thinking = self._steps.get("thinking")
        if thinking is None:
            return
        times, thought = self._hidden.take() or None, "".join(self._thoughts) or None
        self._thoughts.clear()
        if times or thought:
            status = StatusEvent(step_id=thinking.step_id, step=thinking.step, state="progress", thought=thought)
            yield status.model_copy(update={"activity_ms": times}) if times else status

    def _read(self, event: "AgentStreamEvent") -> Iterator[Draft]:
        from pydantic_ai import messages

        match event:
            case messages.PartStartEvent():
                yield from self._close("asking")
                yield from self._start(event.index, event.part)
            case messages.PartDeltaEvent(delta=messages.TextPartDelta() as delta):
                yield from self._say(delta.content_delta)
                yield from self._cite(event.index, delta.citations_delta)
            case messages.PartDeltaEvent(delta=messages.ThinkingPartDelta() as delta):
                self._keep_thought(delta.content_delta or "")
            case messages.PartEndEvent(part=messages.ThinkingPart()):
                yield from self._close("thinking")
            case messages.PartEndEvent(part=messages.NativeToolCallPart() as part):
                yield from self._arguments(part.tool_call_id, part.args_as_dict())
            case messages.FunctionToolCallEvent(part=part):
                yield from self._end_response()
                tool = ToolLog(name=part.tool_name, arguments=loggable(part.args_as_dict()))
                status = StatusEvent(step="running_tool", label=_tool_label(part.tool_name), tool=tool)
                yield from self._open(part.tool_call_id, status)
            case messages.FunctionToolResultEvent(part=part):
                yield from self._return(part)

    def step_of(self, key: str) -> str | None:
        """The id of the open step of a tool call."""
        step = self._steps.get(key)
        return None if step is None else step.step_id

    def run_with(self, key: str, arguments: Mapping[str, Any]) -> None:
        """A person changed the arguments of a tool call: these run."""
        step = self._steps.get(key)
        if step is not None and step.tool is not None:
            tool = step.tool.model_copy(update={"effective_arguments": loggable(dict(arguments))})
            self._steps[key] = step.model_copy(update={"tool": tool})

    def respond(self) -> Iterator[Draft]:
        """A whole reply of the model has arrived: its text is final, and the numbers of its parts start again."""
        yield from self._end_response()
        self._starts = {}

    def close(self, state: StepStateName = "finished") -> Iterator[Draft]:
        """The run is over: show the text held back, and close open steps."""
        yield from self._spread(self._written.close())
        yield from self._text.flush()
        for key in [*reversed(self._steps)]:
            yield from self._close(key, state)

    def _start(self, index: int, part: "ModelResponsePart") -> Iterator[Draft]:
        from pydantic_ai import messages

        match part:
            case messages.TextPart():
                yield from self._close("thinking")
                yield from self._spread(self._written.begin_text(apart=not self._starts))
                self._starts.setdefault(index, self._written_chars)
                yield from self._say(part.content)
                yield from self._cite(index, part.citations)
            case messages.ThinkingPart():
                yield from self._spread(self._written.assume_marked())
                yield from self._spread(self._written.begin_text(apart=True))
                yield from self._think(part.content)
            case messages.NativeToolCallPart():
                yield from self._spread(self._written.begin_text(apart=True))
                tool = ToolLog(name=part.tool_name, arguments=None)
                status = StatusEvent(step="running_tool", label=_tool_label(part.tool_name), tool=tool)
                yield from self._open(part.tool_call_id, status)
            case messages.NativeToolReturnPart():
                yield from self._return(part)

    def _say(self, text: str) -> Iterator[Draft]:
        if not text:
            return
        self._written_chars += len(text)
        yield from self._spread(self._written.add(text))

    def _spread(self, pieces: list[Piece]) -> Iterator[Draft]:
        """What the model wrote, as the answer, thinking and warnings that it is."""
        for piece in pieces:
            if piece.kind == "text":
                yield from self._close("thinking")
                if "writing" not in self._steps:
                    yield from self._open("writing", StatusEvent(step="summarizing", label="Writing the answer"))
                yield from self._text.add(piece.text)
            elif piece.kind == "thought":
                yield from self._think(piece.text)
            elif piece.kind == "thought_ends":
                yield from self._close("thinking")
            else:
                yield WarningEvent(code="thinking_shown", message=THINKING_SHOWN)

    def _think(self, text: str) -> Iterator[Draft]:
        yield from self._open("thinking", StatusEvent(step="thinking", label="Thinking"))
        self._keep_thought(text)

    def _keep_thought(self, text: str) -> None:
        if self._shows_reasoning and text:
            self._thoughts.append(text)

    def _cite(self, index: int, citations: "list[Citation] | None") -> Iterator[Draft]:
        """The citations of one part of the text: each delta has all of them; only new ones are sent."""
        begun = self._starts.get(index)
        if begun is None:
            return
        for citation in citations or ():
            span = self._span(citation, begun)
            for source in citation.sources:
                key, fields = described(source)
                told = self._sources.cite_named(key, fields, span)
                if told is not None:
                    yield told

    def _span(self, citation: "Citation", begun: int) -> Span | None:
        """The range of the answer that a citation supports; ``begun`` is the start of its part of the text."""
        anchor = citation.anchor
        if anchor is None:
            return None
        start = begun + anchor.start
        if anchor.kind == "marker":
            return self._text.cited_span(self._written.shown_start(start))
        end = min(begun + anchor.end, self._written_chars)
        return self._written.shown_span(Span(start=start, end=end)) if start < end else None

    def _arguments(self, key: str, arguments: Mapping[str, Any]) -> Iterator[Draft]:
        step = self._steps.get(key)
        if step is None or step.tool is None or not arguments:
            return
        tool = step.tool.model_copy(update={"arguments": loggable(dict(arguments))})
        self._steps[key] = step.model_copy(update={"tool": tool, "state": "progress"})
        yield self._steps[key]

    def _return(self, part: "ToolReturnPart[Any] | NativeToolReturnPart[Any]") -> Iterator[Draft]:
        state: StepStateName = "failed" if part.outcome in _FAILED_OUTCOMES else "finished"
        detail = str(part.content) if state == "failed" else None
        yield from self._close(part.tool_call_id, state, result=loggable(part.content), detail=detail)

    @property
    def begins_in_thought(self) -> bool | None:
        """As in ``WrittenAnswer``."""
        return self._written.begins_in_thought

    def _end_response(self) -> Iterator[Draft]:
        yield from self._spread(self._written.begin_text(apart=True))
        yield from self._text.flush()
        yield from self._close("thinking")
        yield from self._close("writing")

    def _open(self, key: str, status: StatusEvent) -> Iterator[Draft]:
        if key in self._steps:
            return
        self._counts[status.step] = self._counts.get(status.step, 0) + 1
        step_id = f"{status.step}-{self._counts[status.step]}"
        self._steps[key] = status.model_copy(update={"step_id": step_id})
        yield self._steps[key]

    def _close(
        self, key: str, state: StepStateName = "finished", *, result: JsonValue = None, detail: str | None = None
    ) -> Iterator[Draft]:
        if key == "thinking":
            yield from self._tell_activity()
        step = self._steps.pop(key, None)
        if step is None:
            return
        tool = step.tool and step.tool.model_copy(update={"result": result})
        short = detail and " ".join(detail.split())[:200]
        yield step.model_copy(update={"state": state, "tool": tool, "detail": short})


def _tool_label(name: str) -> str:
    words = name.replace("_", " ").strip() or "a tool"
    return words[0].upper() + words[1:]
