"""A run drawn in a terminal while it is running, or written as plain lines where the output is not a terminal.

Settled parts (finished blocks of the answer, steps that ended) are printed once and scroll away; only parts that
still change are redrawn, at the bottom, so that nothing flickers and any length of answer fits.
"""

import sys
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live
from rich.segment import Segment
from rich.text import Text

from backend.client import Frame
from backend.commands.run_parts import (
    artifact_parts,
    outcome_line,
    source_parts,
    step_line,
    step_tree,
    warning_parts,
)
from backend.commands.terminal_text import THEME, AnswerBlocks, SettlingAnswer
from backend.present.words import run as words
from backend.present.words.durations import format_count, format_ms
from backend.present.words.printable import printable
from backend.protocol.run_view import RunView

PLAIN_WIDTH = 100
"""Columns of plain output, where no terminal says how many there are."""


class Display(Protocol):
    """Shows the frames of one run. A context: leaving it gives the terminal back."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def draw(self, frame: Frame, note: str = "") -> None:
        """Show this frame; ``note`` is said beside it, such as that the run is being stopped."""
        ...

    def close(self, view: RunView) -> None:
        """Show what is said once, at the end: sources, results, warnings, the outcome."""
        ...


def standard_console(*, stderr: bool = False) -> Console:
    """The console of the standard output (or error). A character its encoding lacks becomes a question mark."""
    stream = sys.stderr if stderr else sys.stdout
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    width = None if stream.isatty() else PLAIN_WIDTH
    return Console(theme=THEME, stderr=stderr, highlight=False, emoji=False, markup=False, width=width)


def display_for(console: Console) -> Display:
    """What fits this console: a live picture on a terminal, plain lines elsewhere."""
    return LiveDisplay(console) if console.is_terminal and not console.is_dumb_terminal else PlainDisplay(console)


class _Bottom:
    """Renderables of which only the last lines are drawn, as many as fit on the screen."""

    def __init__(self, growing: RenderableType | None, below: list[Text]) -> None:
        self._growing = growing
        self._below = below

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # One row stays free: a picture as high as the screen would scroll with every redraw.
        room = max(2, console.size.height - 1)
        below = self._below[-max(1, room - 1) :]
        if self._growing is not None:
            lines = console.render_lines(self._growing, options, pad=False)
            for line in lines[max(0, len(lines) - (room - len(below))) :]:
                yield from line
                yield Segment.line()
        for index, text in enumerate(below):
            yield Segment.line() if index else Segment("")
            [line] = console.render_lines(text, options.update(no_wrap=True), pad=False)[:1] or [[]]
            yield from line


class LiveDisplay:
    """A live picture: steps with their durations, the answer as it grows, and a line that says where the run stands."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True, vertical_overflow="crop")
        self._answer = SettlingAnswer()
        self._printed_steps: set[str] = set()
        self._anything_printed = False

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def draw(self, frame: Frame, note: str = "") -> None:
        """Print what settled, redraw the rest."""
        view = frame.view
        settled = self._answer.advance(view.message.answer, whole=view.ended)
        if settled and not self._anything_printed:
            self._print_steps(view, frame.elapsed_ms)
        if self._answer.rewritten:
            self._console.print(Text("The answer was rewritten:", style="caution"))
        resolved = _resolved(view)
        if settled:
            self._console.print(AnswerBlocks(settled, resolved), end="")
        if view.ended or not self._answer.growing:
            self._print_steps(view, frame.elapsed_ms)
        if view.ended:
            self._live.update(Text(""), refresh=True)
        else:
            self._live.update(self._picture(frame, resolved, note), refresh=True)

    def close(self, view: RunView) -> None:
        """Stop the live picture and print what is said once."""
        if not view.ended:
            rest = self._answer.advance(view.message.answer, whole=True)
            self._console.print(AnswerBlocks(rest, _resolved(view)), end="")
            self._print_steps(view, view.stream.last_at_ms, all_of_them=True)
        self._live.update(Text(""), refresh=True)
        self._live.stop()
        _print_closing(self._console, view)

    def _print_steps(self, view: RunView, elapsed_ms: float, *, all_of_them: bool = False) -> None:
        """Print the trees of steps that have ended and are not printed yet."""
        for tree in step_tree(view.stream.steps):
            if all_of_them or view.ended or not any(step.is_open for _, step in tree):
                for depth, step in tree:
                    if step.step_id not in self._printed_steps:
                        self._printed_steps.add(step.step_id)
                        self._console.print(step_line(step, depth, elapsed_ms))
                        self._anything_printed = True

    def _picture(self, frame: Frame, resolved: frozenset[int], note: str) -> RenderableType:
        view = frame.view
        growing = AnswerBlocks(self._answer.growing, resolved) if self._answer.growing else None
        below: list[Text] = []
        for tree in step_tree(view.stream.steps):
            waiting = [pair for pair in tree if pair[1].step_id not in self._printed_steps]
            below += [step_line(step, depth, frame.elapsed_ms) for depth, step in waiting]
        below.append(_status_line(frame, note))
        return _Bottom(growing, below)


class PlainDisplay:
    """Plain lines for files and pipes: a step when it ends, a line of the answer when it is complete."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed = 0
        self._text = ""
        self._reported: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._console.file.flush()

    def draw(self, frame: Frame, note: str = "") -> None:
        """Write what is new and complete."""
        self._write_steps(frame.view)
        text = printable(frame.view.message.answer)
        if not text.startswith(self._text):
            self._console.print("\nThe answer was rewritten:")
            self._printed = 0
        end = len(text) if frame.view.ended else text.rfind("\n") + 1
        self._write_answer(text, end)
        self._text = text[: self._printed]
        self._console.file.flush()

    def close(self, view: RunView) -> None:
        """Write the rest."""
        text = printable(view.message.answer)
        self._write_answer(text, len(text))
        _print_closing(self._console, view)
        self._console.file.flush()

    def _write_answer(self, text: str, end: int) -> None:
        if end > self._printed:
            if self._printed == 0 and self._reported:
                self._console.print()
            self._console.print(Text(text[self._printed : end].removesuffix("\n")), soft_wrap=True)
            self._printed = end

    def _write_steps(self, view: RunView) -> None:
        for tree in step_tree(view.stream.steps):
            for depth, step in tree:
                if not step.is_open and self._reported.get(step.step_id) != step.state:
                    self._reported[step.step_id] = step.state
                    self._console.print(step_line(step, depth, view.stream.last_at_ms), soft_wrap=True)


def _resolved(view: RunView) -> frozenset[int]:
    return frozenset(citation.number for citation in view.message.citations if citation.number is not None)


def _status_line(frame: Frame, note: str) -> Text:
    """What the run is doing, for how long, and what has come."""
    view = frame.view
    facts = [format_ms(frame.elapsed_ms)]
    if view.stream.first_token_ms is not None:
        facts.append(f"{words.METRIC_LABELS['ttft_ms'].lower()} {format_ms(view.stream.first_token_ms)}")
    for count, noun in ((len(view.message.citations), "source"), (len(view.artifacts.items), "result")):
        if count:
            facts.append(format_count(count, noun))
    if view.message.warnings:
        facts.append(format_count(len(view.message.warnings), "warning"))
    said = note or frame.connection_note or words.PHASE_WORDS[view.stream.phase]
    line = Text(printable(said), style="caution" if note or frame.connection_note else "accent")
    line.append(f"  {' · '.join(facts)}", style="muted")
    return line if note else line.append("  Ctrl-C stops", style="muted")


def _print_closing(console: Console, view: RunView) -> None:
    for parts in (source_parts(view), artifact_parts(view), warning_parts(view)):
        for index, part in enumerate(parts):
            if index == 0:
                _print_part(console, "")
            _print_part(console, part)
    _print_part(console, "")
    _print_part(console, outcome_line(view))


def _print_part(console: Console, part: RenderableType) -> None:
    """Print on a terminal as Rich lays it out, elsewhere without the spaces it fills lines up with."""
    if console.is_terminal:
        console.print(part)
        return
    with console.capture() as captured:
        console.print(part)
    for line in captured.get().splitlines():
        console.file.write(line.rstrip() + "\n")
