"""Progress of the command: a bar with the remaining time, and at the end the results in a few lines."""

import asyncio
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from backend.metrics.registry import BY_KEY
from backend.metrics.statistics import nearest_rank
from backend.present.words.durations import format_ms
from backend.present.words.metric_text import difference, formatted
from backend.present.words.printable import printable
from evals.evaluation.live import PlayInPage, evaluate
from evals.evaluation.offline import evaluate_recordings
from evals.files.evaluation import Evaluation
from evals.playing.foreign.target import ForeignTarget
from evals.playing.target import Play
from evals.playing.watcher import Watcher
from evals.results.expectation_text import HEADS, expectation_rows
from evals.results.layers import PAGES, layers_text
from evals.results.models import Results, Target
from evals.suites.suite import Suite

STOPPING = "Stopping: the results so far are written. Press Ctrl-C again to discard them."

_UNPLANNED_MS = 5_000.0
"""The assumed length of a run without a plan."""

_PLAIN_STEP = 0.1
"""Where the output is not a terminal, a line is printed after each tenth of the work."""

_REDRAW_EVERY = 50
"""The bar is drawn again after this many recordings."""

_TONE_OF_EXIT = {0: "green", 1: "red", 2: "yellow"}

_HEADLINE = ("ttfs_ms", "ttft_ms", "e2e_ms", "longest_gap_ms", "dangling_exposure_marker_ms", "unattributed_ms")


def measure_with_progress(
    suite: Suite, target: Target, pages: Sequence[PlayInPage] = (), foreign: ForeignTarget | None = None
) -> tuple[Evaluation, bool]:
    """Evaluate and show the progress. The flag says whether Ctrl-C ended it early."""
    console = Console(stderr=True)
    return asyncio.run(_measure(suite, target, pages, foreign, console))


async def _measure(
    suite: Suite, target: Target, pages: Sequence[PlayInPage], foreign: ForeignTarget | None, console: Console
) -> tuple[Evaluation, bool]:
    stop = asyncio.Event()
    with _bar(console) as bar, _stopping(stop, console):
        watcher = _Bar(bar, console, suite.suite)
        evaluation = await evaluate(suite, target, stop, watcher, pages, foreign)
    return evaluation, stop.is_set()


@contextmanager
def _stopping(stop: asyncio.Event, console: Console) -> Iterator[None]:
    """The first Ctrl-C ends the suite; a second one ends everything."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        console.print(STOPPING)
        stop.set()

    loop.add_signal_handler(signal.SIGINT, end)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


def score_with_progress(path: Path, suite: Suite | None) -> tuple[Evaluation, bool]:
    """Score recordings and show the progress. The flag says whether Ctrl-C ended it early.

    Raises ``RecordingsError``.
    """
    console = Console(stderr=True)
    stopped = False

    def end(*_: object) -> None:
        # Nothing is printed here: a handler may run while a line is being written, and a stream refuses a write that
        # interrupts another one.
        nonlocal stopped
        signal.signal(signal.SIGINT, before)
        stopped = True

    before = signal.signal(signal.SIGINT, end)
    try:
        with _bar(console) as bar:
            shown = _Scored(bar, console)

            def scored(done: int, total: int) -> bool:
                shown.draw(done, total)
                if stopped:
                    console.print(STOPPING)
                return stopped

            return evaluate_recordings(path, suite, scored), stopped
    finally:
        signal.signal(signal.SIGINT, before)


class _Scored:
    """The number of scored recordings, and the time for the rest at the pace so far."""

    def __init__(self, bar: Progress, console: Console) -> None:
        self._bar = bar
        self._console = console
        self._task = bar.add_task("Scoring", total=None, count="", remains="")
        self._began = time.monotonic()
        self._printed = 0

    def draw(self, done: int, total: int) -> None:
        tenth = done * 10 // total
        if tenth == self._printed and done % _REDRAW_EVERY:
            return
        left = f"{format_ms((time.monotonic() - self._began) * 1000 * (total - done) / done)} left"
        self._bar.update(self._task, refresh=True, completed=done, total=total, count=f"{done}/{total}", remains=left)
        if tenth > self._printed and not self._console.is_terminal:
            self._console.print(f"{done} of {total} recordings, {left}.")
        self._printed = tenth


@contextmanager
def _bar(console: Console) -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[remains]}"),
    )
    # Drawn when a run has ended, not by a thread ten times a second, which would delay the arrivals of other runs.
    with Progress(
        *columns, console=console, transient=True, auto_refresh=False, disable=not console.is_terminal
    ) as bar:
        yield bar


class _Bar(Watcher):
    """Progress by planned time: a long run moves the bar further than a short one."""

    def __init__(self, bar: Progress, console: Console, name: str) -> None:
        self._bar = bar
        self._console = console
        self._task = bar.add_task(f"Playing {name}", total=None, count="", remains="")
        self._done = 0
        self._runs = 0
        self._printed = 0.0
        self._total_ms = 1.0
        self._played_ms = 0.0
        self._concurrency = 1.0

    def begins(self, plays: list[Play], at_once: float) -> None:
        self._runs, self._concurrency = len(plays), at_once
        self._total_ms = sum(_weight(play) for play in plays) or 1.0
        if not self._console.is_terminal:
            self._console.print(f"Playing {self._runs} runs, about {self._remaining()}.")
        self._draw(total=self._total_ms, count=f"0/{self._runs}", remains=f"about {self._remaining()}")

    def opening(self, interface: str, plays: list[Play]) -> None:
        self._done, self._played_ms, self._printed = 0, 0.0, 0.0
        self._draw(description=f"Asking in {PAGES[interface]}")
        if not self._console.is_terminal:
            self._console.print(f"Asking in {PAGES[interface]}'s page.")
        self.begins(plays, 1)

    def run_ended(self, play: Play) -> None:
        self._done += 1
        self._played_ms += _weight(play)
        left = f"{self._remaining()} left"
        self._draw(completed=self._played_ms, count=f"{self._done}/{self._runs}", remains=left)
        if not self._console.is_terminal and self._done / self._runs >= self._printed + _PLAIN_STEP:
            self._printed = self._done / self._runs
            self._console.print(f"{self._done} of {self._runs} runs, {left}.")

    def scoring(self, done: int, total: int) -> None:
        self._draw(description="Scoring", completed=done, total=total, count=f"{done}/{total}", remains="")

    def _draw(self, **changes: Any) -> None:
        self._bar.update(self._task, refresh=True, **changes)

    def _remaining(self) -> str:
        return format_ms((self._total_ms - self._played_ms) / self._concurrency)


def _weight(play: Play) -> float:
    return play.planned_ms if play.planned_ms is not None else _UNPLANNED_MS


def print_results(results: Results) -> None:
    """The verdict, and the headline metrics over all runs with their difference from the script."""
    console = Console()
    tone = _TONE_OF_EXIT[results.verdict.exit_code]
    console.print(Text(results.verdict.sentence, style=tone), soft_wrap=True)
    if not results.runs:
        return
    table = Table("Metric", "runs", "median", "p95", "against the script", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for key in _HEADLINE:
        found, unit = results.summary[key], BY_KEY[key].unit
        errors = [of[key].error for of in results.scenarios.values() if key in of]
        typical = nearest_rank([error for error in errors if error is not None], 0.5)
        table.add_row(
            BY_KEY[key].label,
            str(found.n),
            formatted(found.median, unit),
            formatted(found.p95, unit),
            difference(typical, unit),
        )
    console.print(table)
    for layer in results.layers:
        console.print(layers_text(layer), soft_wrap=True)
    if results.expectations:
        expected = Table(*HEADS, box=None, pad_edge=False, title="Expectations", title_justify="left")
        for column in expected.columns[2:]:
            column.justify = "right"
        for row in expectation_rows(results.expectations):
            expected.add_row(*map(printable, row))
        console.print(expected)
