"""The rules that every Playhead stream keeps, checked on any stream, event by event."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.protocol.attempts import resumed_after, standing
from backend.protocol.citations import MarkerScan, scan_markers
from backend.protocol.events import (
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    StatusEvent,
    TokenEvent,
    UnknownEvent,
)
from backend.protocol.input_states import fold_inputs, open_inputs
from backend.protocol.run_view import InputView, StepView
from backend.protocol.steps import fold_status

RULES: dict[str, str] = {
    "one-done": "A stream ends with exactly one done, and nothing follows it.",
    "steps-closed": "Every open step is closed before done.",
    "inputs-closed": "Every request to a person is answered once, or closed, before done.",
    "citation-first": "A citation comes before the token that completes its marker.",
    "in-order": "seq counts from 1 without gap or duplicate, and at_ms never goes back.",
    "clean-subset": "Only the seven event types reach the wire, without an engine's inner events.",
}
"""The rules by name, in the order of DESIGN."""

_INNER_FIELDS = frozenset(
    {"thinking", "thought", "reasoning", "reasoning_content", "raw", "raw_event", "raw_chunk", "chunk", "delta"}
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: its name, the event it was seen at (0 = at the end of the stream), and what was wrong."""

    rule: str
    seq: int
    message: str


class Checker:
    """Checks a stream as it comes: ``feed`` every event, then ``close`` once. It delays no event."""

    def __init__(self) -> None:
        self._last_seq = 0
        self._last_at_ms = 0.0
        self._steps: tuple[StepView, ...] = ()
        self._inputs: tuple[InputView, ...] = ()
        self._answer = ""
        self._scan = MarkerScan()
        self._seen: set[tuple[int, int]] = set()
        self._uncited: dict[tuple[int, int], int] = {}
        self._cited: set[int] = set()
        self._error_seq: int | None = None
        self._done = False

    def feed(self, event: Event) -> list[Violation]:
        """What this event breaks."""
        if self._done:
            return [Violation("one-done", event.seq, f"A {event.type} event follows done.")]
        found = [*self._order(event), *self._content(event)]
        if self._error_seq is not None and not isinstance(event, DoneEvent | ErrorEvent):
            found.append(Violation("one-done", event.seq, f"A {event.type} event stands between error and done."))
        if isinstance(event, StatusEvent):
            found += self._answers(event)
            self._steps = fold_status(self._steps, event)
            self._inputs = fold_inputs(self._inputs, event)
        elif isinstance(event, CitationEvent):
            self._cited |= {event.number} if event.number is not None else set()
        elif isinstance(event, TokenEvent):
            found += self._markers(event)
        elif isinstance(event, ErrorEvent):
            self._error_seq = event.seq
        elif isinstance(event, DoneEvent):
            self._done = True
            found += self._dangling(len(self._answer))
            found += self._open_steps(event)
            found += self._open_inputs(event)
        return found

    def close(self) -> list[Violation]:
        """What the end of the stream breaks."""
        if self._done:
            return []
        return [*self._dangling(len(self._answer)), Violation("one-done", 0, "The stream ended without done.")]

    def _order(self, event: Event) -> list[Violation]:
        found = []
        after = resumed_after(event)
        if after is not None:
            self._last_seq = min(self._last_seq, after.seq)
        if event.seq != self._last_seq + 1:
            found.append(Violation("in-order", event.seq, f"seq is {event.seq}, expected {self._last_seq + 1}."))
        if event.at_ms < self._last_at_ms:
            found.append(Violation("in-order", event.seq, f"at_ms goes back from {self._last_at_ms} to {event.at_ms}."))
        self._last_seq = max(self._last_seq, event.seq)
        self._last_at_ms = max(self._last_at_ms, event.at_ms)
        return found

    def _content(self, event: Event) -> list[Violation]:
        if isinstance(event, UnknownEvent):
            reason = f" ({event.problem})" if event.problem else ""
            return [Violation("clean-subset", event.seq, f"{event.type!r} cannot be read as an event{reason}.")]
        inner = sorted(_INNER_FIELDS & set(event.model_extra or {}))
        return [Violation("clean-subset", event.seq, f"The field {name!r} is an inner one.") for name in inner]

    def _markers(self, event: TokenEvent) -> list[Violation]:
        """What is wrong with the markers of which it is certain now that they are markers."""
        since = self._scan.line_start
        self._answer += event.text
        self._scan = scan_markers(self._answer, self._scan)
        now = {(marker.start, marker.number) for marker in self._scan.with_cited((), since)}
        known = {key: seq for key, seq in self._uncited.items() if key in now}
        fresh = {key: event.seq for key in now if key not in self._seen and key[1] not in self._cited}
        self._seen = now
        self._uncited = known | fresh
        return self._dangling(self._scan.line_start)

    def _dangling(self, settled: int) -> list[Violation]:
        found = sorted(key for key in self._uncited if key[0] < settled)
        return [
            Violation("citation-first", self._uncited.pop(key), f"Marker [{key[1]}] stands before its citation.")
            for key in found
        ]

    def _open_steps(self, done: DoneEvent) -> list[Violation]:
        return [
            Violation("steps-closed", done.seq, f"Step {step.step!r} ({step.step_id}) is still open at done.")
            for step in self._steps
            if step.is_open and not step.announced
        ]

    def _answers(self, event: StatusEvent) -> list[Violation]:
        answer = event.answer
        if answer is None or any(each.input_id == answer.input_id for each in open_inputs(self._inputs)):
            return []
        return [Violation("inputs-closed", event.seq, f"The answer to {answer.input_id!r} has no open request.")]

    def _open_inputs(self, done: DoneEvent) -> list[Violation]:
        return [
            Violation("inputs-closed", done.seq, f"The request {asked.input_id!r} is still open at done.")
            for asked in open_inputs(self._inputs)
        ]


def check(events: Iterable[Event]) -> list[Violation]:
    """Every violation of a whole stream, in order."""
    checker = Checker()
    found = [violation for event in standing(events) for violation in checker.feed(event)]
    return found + checker.close()
