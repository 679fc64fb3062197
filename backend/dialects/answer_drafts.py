"""What a dialect writes to: the drafts of one answer, with the book-keeping that every dialect needs.

Steps and citations go by keys of the dialect's own (a tool call's id, a source's address). The same key again is an
update, never a duplicate. Memory is bounded: what goes beyond a bound is counted as lost.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from backend.dialects.cited_sources import CitedSources
from backend.dialects.dialect import STREAM_CUT, Loss, StreamEnd
from backend.dialects.json_values import is_lookup, parsed
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    Draft,
    ErrorEvent,
    Outcome,
    Span,
    StatusEvent,
    TokenEvent,
    ToolLog,
    WarningEvent,
)

MAX_TEXT_CHARS = 8_000_000
"""Code points an answer may have."""

MAX_STEPS = 10_000
MAX_ARGUMENT_CHARS = 1_000_000
"""What one tool call's arguments may hold, in code points."""

WARNINGS_PER_CODE = 5
"""After so many of one code the rest is counted, and told in one warning at the end."""

THINKING = "thinking"


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


class AnswerDrafts:
    """Collects the drafts of one foreign answer in their order; ``take`` hands them out."""

    def __init__(self) -> None:
        self._drafts: list[Draft] = []
        self._pieces: list[str] = []
        self.length = 0
        """Code points of the answer so far."""
        self._steps: dict[str, _Step] = {}
        self._passed_tools: set[str] = set()
        self._sources = CitedSources(self._write, self.lose)
        self._warned: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        self._usage: dict[str, JsonValue] = {}
        self._outcome: Outcome | None = None
        self._error: ErrorEvent | None = None
        self.ended_at_ms = 0.0
        """When the run ended, where the stream says so."""

    # What the decoder reads.

    def take(self) -> list[Draft]:
        """The drafts since the last call."""
        drafts, self._drafts = self._drafts, []
        return drafts

    @property
    def text(self) -> str:
        """The answer so far."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @property
    def told_end(self) -> bool:
        """Whether the dialect's end, or an error, was seen."""
        return self._outcome is not None

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What was carried and dropped, the most frequent first."""
        return tuple(Loss(what, count) for what, count in self._lost.most_common())

    @property
    def usage_so_far(self) -> Mapping[str, JsonValue]:
        """What was said of usage."""
        return self._usage

    @property
    def tools(self) -> int:
        """Tool calls so far."""
        return len(self._passed_tools) + sum(step.tool is not None for step in self._steps.values())

    @property
    def citations(self) -> int:
        """Citations so far: a source once for every place that the stream says it is cited at, or once."""
        return self._sources.count

    def close(self) -> StreamEnd:
        """Nothing more comes: open steps are closed, what was held back is told."""
        self._sources.close(self.length)
        outcome: Outcome = self._outcome or ("failed" if self._error else "interrupted")
        for key in [key for key, step in reversed(self._steps.items()) if step.open]:
            self.end_step(key, "finished" if outcome == "completed" else "failed")
        for code, count in self._warned.items():
            if count > WARNINGS_PER_CODE:
                self._drafts.append(
                    WarningEvent(code=code, message=f"{count - WARNINGS_PER_CODE:,} more of this kind.")
                )
        error = self._error
        if outcome == "interrupted" and error is None:
            error = ErrorEvent(code="stream_cut", message=STREAM_CUT, retryable=True)
        return StreamEnd(outcome, None if outcome == "completed" else error, dict(self._usage), self.ended_at_ms)

    # What a dialect writes.

    def say(self, text: str) -> None:
        """The next piece of the answer. Thinking ends by it."""
        if not text:
            return
        self.end_thinking()
        if self._take_text(text):
            self._drafts.append(TokenEvent(text=text))

    def think(self) -> None:
        """The model thinks. That it does is shown; what it thinks is not, and is counted as lost."""
        self.lose("reasoning text")
        self.begin_thinking()

    def begin_thinking(self) -> None:
        """The model thinks, and no text of it has come; nothing happens if that is known."""
        step = self._steps.get(THINKING)
        if step is None or not step.open:
            self.start_step(THINKING, THINKING, label="Thinking")

    def end_thinking(self) -> None:
        """The model has stopped thinking; nothing happens if it was not."""
        self.end_step(THINKING)

    def start_step(
        self, key: str, step: str, *, label: str | None = None, detail: str | None = None,
        parent: str | None = None, tool: str | None = None, arguments: JsonValue = None,
    ) -> None:  # fmt: skip
        """A step begins; a tool call names its ``tool``. A key that is open already changes nothing; one that was
        closed begins anew under an id of its own."""
        known = self._steps.get(key)
        if known is not None and known.open:
            return
        if len(self._steps) >= MAX_STEPS:
            self.lose("steps beyond the most a run may have")
            return
        if known is not None:
            self._steps[f"{key}\n{len(self._steps)}"] = known
        log = ToolLog(name=tool, arguments=arguments) if tool is not None else None
        above = self._steps.get(parent) if parent is not None else None
        made = _Step(
            f"step-{len(self._steps) + 1 - (known is not None)}", step, label, above.step_id if above else None, log
        )
        self._steps[key] = made
        self._status(made, "started", detail)

    def start_call(self, key: str, name: str, *, arguments: JsonValue = None, kind: str = "") -> None:
        """A tool is called: a step, ``retrieving`` if its ``kind`` or name says that it looks something up. Thinking
        ends by it."""
        self.end_thinking()
        step = "retrieving" if is_lookup(kind or name) else "running_tool"
        self.start_step(key, step, label=name or "Tool", tool=name or "tool", arguments=arguments)

    def progress(self, key: str, *, detail: str | None = None) -> None:
        """An open step goes on."""
        step = self._steps.get(key)
        if step is not None and step.open:
            self._status(step, "progress", detail)

    def add_arguments(self, key: str, piece: str) -> None:
        """The next piece of a tool call's arguments, as JSON text; shown once they are whole or the step ends."""
        step = self._steps.get(key)
        if step is None or step.tool is None:
            self.lose("arguments of an unknown tool call")
        elif step.argument_chars + len(piece) > MAX_ARGUMENT_CHARS:
            self.lose("arguments beyond the longest")
        else:
            step.argument_chars += len(piece)
            step.arguments.append(piece)

    def arguments_whole(self, key: str, arguments: JsonValue = None) -> None:
        """All arguments are there: those added piece by piece, or these."""
        step = self._steps.get(key)
        if step is None or step.tool is None:
            return
        if self._gather_arguments(step, arguments) and step.open:
            self._status(step, "progress", None)

    def end_step(
        self, key: str, state: Literal["finished", "failed", "cancelled"] = "finished", *,
        result: JsonValue = None, detail: str | None = None,
    ) -> None:  # fmt: skip
        """An open step ends; a tool call may have a result. Nothing happens if it is not open."""
        step = self._steps.get(key)
        if step is None or not step.open:
            return
        self._gather_arguments(step, None)
        if step.tool is not None and result is not None:
            step.tool = step.tool.model_copy(update={"result": result})
        step.open = False
        self._status(step, state, detail)

    def end_call(self, key: str) -> None:
        """An open tool call ends that is the caller's to run: what came of it is in no stream."""
        self.end_step(key, detail="Called; its result is not part of the stream.")

    def is_open(self, key: str) -> bool:
        """Whether a step of that key runs."""
        step = self._steps.get(key)
        return step is not None and step.open

    def cite(self, key: str, *, span: Span | None = None, mention: str = "", **fields: object) -> int:
        """A source, by its key; gives its number. Known keys are updated with the fields that are new and the further
        span, and nothing is written if nothing changed.

        ``fields``: ``title``, ``source``, ``url``, ``quote``, ``document_id``, ``locator`` as in ``CitationEvent``.
        ``span`` is the supported range of the answer in code points; it may come before its text. ``mention`` tells
        apart the places that cite a source where the stream gives no range.
        """
        return self._sources.cite(key, span, mention, fields, self.length)

    def citation_id(self, key: str) -> str | None:
        """The id a source was given."""
        return self._sources.id_of(key)

    def add_artifact(self, artifact: ArtifactEvent) -> None:
        """A chart, table, list of documents or value that the stream carried."""
        self._drafts.append(artifact)

    def pass_on(self, draft: TokenEvent | StatusEvent | CitationEvent | ArtifactEvent | WarningEvent) -> None:
        """A draft that a stream carried as our own event, as it is: with its ids and numbers. Its steps are the
        dialect's own to close."""
        if isinstance(draft, TokenEvent):
            if not self._take_text(draft.text):
                return
        elif isinstance(draft, StatusEvent) and draft.tool is not None and draft.step_id is not None:
            self._passed_tools.add(draft.step_id)
        elif isinstance(draft, CitationEvent):
            self._sources.pass_on(draft)
            return
        self._drafts.append(draft)

    def warn(self, code: str, message: str, *, citation_id: str | None = None) -> None:
        """A reason to trust less. Of each code only the first few are written, the rest is summed up at the end."""
        self._warned[code] += 1
        if self._warned[code] <= WARNINGS_PER_CODE:
            self._drafts.append(WarningEvent(code=code, message=message, citation_id=citation_id))

    def lose(self, what: str, count: int = 1) -> None:
        """The stream carried this, and our events do not. ``what`` is a plain word, the same for the same thing."""
        if what in self._lost or len(self._lost) < 200:
            self._lost[what] += count

    def add_usage(self, usage: Mapping[str, JsonValue]) -> None:
        """What the provider counts, under its own names beside ``input_tokens`` and ``output_tokens``; later words
        replace earlier ones."""
        for name, value in usage.items():
            if value is not None and (name in self._usage or len(self._usage) < 50):
                self._usage[name] = value

    def fail(self, code: str, message: str, *, retryable: bool = False, outcome: Outcome = "failed") -> None:
        """The stream carries an error. The first one counts."""
        if self._error is None:
            self._error = ErrorEvent(code=code, message=message or "The stream reports an error.", retryable=retryable)
            self._outcome = outcome

    def complete(self, outcome: Outcome = "completed") -> None:
        """The dialect's own end was seen. An error that was seen before it remains."""
        if self._error is None:
            self._outcome = outcome

    def _write(self, draft: Draft) -> None:
        self._drafts.append(draft)

    def _take_text(self, text: str) -> bool:
        if self.length + len(text) > MAX_TEXT_CHARS:
            self.lose("text beyond the longest answer")
            return False
        self.length += len(text)
        self._pieces.append(text)
        return True

    def _gather_arguments(self, step: _Step, arguments: JsonValue) -> bool:
        if step.tool is None:
            return False
        if arguments is None and step.arguments:
            arguments = parsed("".join(step.arguments))
        step.arguments = []
        if arguments is None or arguments == step.tool.arguments:
            return False
        step.tool = step.tool.model_copy(update={"arguments": arguments})
        return True

    def _status(
        self, step: _Step, state: Literal["started", "progress", "finished", "failed", "cancelled"], detail: str | None
    ) -> None:
        status = StatusEvent(step_id=step.step_id, step=step.step, state=state, label=step.label, detail=detail)
        self._drafts.append(status.model_copy(update={"parent_id": step.parent_id, "tool": step.tool}))
