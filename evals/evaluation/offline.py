"""A file or a folder of recordings becomes results, without any server. The same input gives the same bytes.

So nothing of this machine and this moment is in them: ``created_at`` is that of the newest recording, and the harness's
values are null. Recordings are read one at a time, in the order of their names, by as many processes as there are
cores; only their results are kept, so memory grows with the runs and not with their events.
"""

import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import overload

from evals.evaluation.assembly import summarized
from evals.files.evaluation import Evaluation
from evals.files.events_parquet import EventBatch, event_batch
from evals.results import models as schema
from evals.results.expectation_totals import expectation_totals
from evals.results.groups import with_groups
from evals.results.harness_figures import Harness, LagFigures
from evals.results.judged_limits import judge_limits
from evals.results.verdict import judge
from evals.scoring.recorded_run import score_file
from evals.scoring.scored_run import ScoredRun
from evals.suites.scenario_index import ScenarioIndex
from evals.suites.suite import Suite

SUFFIX = ".jsonl"
FILES_AT_A_TIME = 32
FEW = 200
"""Up to this many recordings are read in this process: starting others would take longer."""

RECEIVE_LAG_BASIS = "Nothing was received: recordings were scored, whose times are the server's own."

_Scored = tuple[schema.RunResult, EventBatch | None]

Progress = Callable[[int, int], bool]
"""Called with the number of scored recordings and the number of all. True stops there."""


class RecordingsError(Exception):
    """There is nothing to score. The message has the next action."""


def recording_files(path: Path) -> tuple[Path, list[str]]:
    """The folder and the names in it of the recordings at ``path``: a file, or all ``*.jsonl`` below a folder, sorted.

    Raises ``RecordingsError``.
    """
    try:
        if path.is_file():
            return path.parent, [path.name]
        if not path.is_dir():
            raise RecordingsError(f"There is no file and no folder {path}: give a recording, or a folder of them.")
        names = sorted(file.relative_to(path).as_posix() for file in path.rglob(f"*{SUFFIX}") if file.is_file())
    except OSError as error:
        raise RecordingsError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not names:
        raise RecordingsError(f"There is no recording (*{SUFFIX}) in {path}.")
    return path, names


class RecordedRuns(Sequence[ScoredRun]):
    """The scored runs with their events, read from their files again at each access."""

    def __init__(self, folder: Path, names: Sequence[str], scenarios: ScenarioIndex) -> None:
        self._folder = folder
        self._names = names
        self._scenarios = scenarios

    @overload
    def __getitem__(self, index: int) -> ScoredRun: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ScoredRun]: ...
    def __getitem__(self, index: int | slice) -> "ScoredRun | Sequence[ScoredRun]":
        if isinstance(index, slice):
            return RecordedRuns(self._folder, self._names[index], self._scenarios)
        name = self._names[index]
        return score_file(self._folder / name, name, self._scenarios)

    def __len__(self) -> int:
        return len(self._names)


def evaluate_recordings(path: Path, suite: Suite | None, progress: Progress) -> Evaluation:
    """Score the recordings at ``path``; a ``suite`` adds expectations and limits. Raises ``RecordingsError``. A
    recording that cannot be read is a failed run."""
    folder, names = recording_files(path)
    scenarios = ScenarioIndex(suite.scenarios if suite else ())
    runs: list[schema.RunResult] = []
    packed: list[EventBatch] = []
    repeats: Counter[tuple[str, str, float, int]] = Counter()
    with _scored(folder, names, scenarios) as scored:
        for result, batch in scored:
            packed += [batch] if batch else []
            alike = (result.scenario, result.agent, result.speed, result.seed)
            repeats[alike] += 1
            runs.append(result.model_copy(update={"repeat": repeats[alike], "source": names[len(runs)]}))
            if progress(len(runs), len(names)):
                break
    results = _results(path, suite, with_groups(runs), len(names) - len(runs))
    again = RecordedRuns(folder, names[: len(runs)], scenarios)
    return Evaluation(results, again, packed or None)


def _results(path: Path, suite: Suite | None, runs: Sequence[schema.RunResult], unfinished: int) -> schema.Results:
    nothing = LagFigures(p50=None, p99=None, max=None, n=0)
    harness = Harness(
        receive_lag_ms=nothing,
        receive_lag_basis=RECEIVE_LAG_BASIS,
        loop_lag_ms=nothing,
        cpu_share=None,
        load={"before": None, "after": None},
        lasted_s=None,
    )
    limits = judge_limits(suite, runs, harness, by_agent_only=True) if suite else ()
    return schema.Results(
        created_at=max((run.started for run in runs), key=_moment, default=""),
        suite=schema.SuiteInfo(
            name=suite.suite if suite else "recordings",
            description=suite.description if suite else "",
            concurrency=None,
            deadline_s=None,
            warm_up_runs=0,
            planned_runs=len(runs) + unfinished,
            unfinished_runs=unfinished,
        ),
        target=schema.Target(url=str(path), started_here=False, plane="server"),
        verdict=judge(runs, unfinished, limits),
        harness=harness,
        limits=limits,
        machine={},
        versions={},
        summary=summarized(runs),
        scenarios={},
        expectations=expectation_totals(runs),
        runs=tuple(runs),
    )


def _moment(created_at: str) -> datetime:
    """The creation time of a recording; the earliest of all times if it has none."""
    try:
        moment = datetime.fromisoformat(created_at)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@contextmanager
def _scored(folder: Path, names: Sequence[str], scenarios: ScenarioIndex) -> Iterator[Iterator[_Scored]]:
    """The runs in the order of their names, scored on demand; the rest is dropped. With the first of several runs that
    another process scored come the events of all of them."""
    if len(names) <= FEW:
        yield ((score_file(folder / name, name, scenarios).result, None) for name in names)
        return
    # A fresh interpreter for each: a fork would copy the caller's threads and locks.
    context = multiprocessing.get_context("spawn")
    chunks = [tuple(names[start : start + FILES_AT_A_TIME]) for start in range(0, len(names), FILES_AT_A_TIME)]
    workers = ProcessPoolExecutor(_cores(), mp_context=context)
    try:
        with _ctrl_c_left_to_the_parent():
            waiting = deque(workers.submit(_score_chunk, folder, chunk, scenarios) for chunk in chunks)
        yield _results_of(waiting)
    finally:
        workers.shutdown(cancel_futures=True)


def _results_of(waiting: "deque[Future[tuple[list[str], EventBatch]]]") -> Iterator[_Scored]:
    while waiting:
        # Removed from the queue, so that it is not kept as text too.
        lines, batch = waiting.popleft().result()
        for place, line in enumerate(lines):
            yield schema.RunResult.model_validate_json(line), None if place else batch


def _score_chunk(folder: Path, names: tuple[str, ...], scenarios: ScenarioIndex) -> tuple[list[str], EventBatch]:
    """In another process: these recordings' runs, as JSON, and their events."""
    runs = [score_file(folder / name, name, scenarios) for name in names]
    return [run.result.model_dump_json() for run in runs], event_batch(runs)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _ctrl_c_left_to_the_parent() -> Iterator[None]:
    """Processes that are started meanwhile ignore Ctrl-C, which a terminal sends to all of them.

    They inherit that: a worker that ignored it only by itself would be ended by a Ctrl-C during its imports, and the
    whole pool with it. A Ctrl-C during these milliseconds is lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
