"""How costs grow with the number of runs: ``python -m benchmarks.runs_growth [suite] [history] [--most RUNS]``.

``suite``: evaluations of 10, 100 and 1,000 runs of some fifty events are scored, assembled, written with their report,
and compared with another of the same build; also suites of so many questions that were played once. ``history``: a
backend with 1,000, 10,000 and 100,000 ended runs lists and searches them over HTTP (``--most`` limits both). The figure
that counts is the exponent, the slope in a log-log plot from the first size to the last: 1 is in proportion, 0 does not
depend on the number. CPU seconds for suites, and milliseconds of waiting (the least of several) for searches.
"""

import argparse
import asyncio
import math
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from backend.client import RunClient, close_shared_http
from backend.launch.server import LocalServer
from backend.protocol.events import DoneEvent, stamp
from backend.runs.frames import encode_frames
from backend.runs.records import RunRecord
from backend.runs.sqlite.store import SqliteStore
from benchmarks.history import SEARCHES
from benchmarks.planted import CALM, NAMES, SUITE, Build, arrived, script
from benchmarks.store import tokens
from evals.comparison.comparison import compare
from evals.evaluation.assembly import assemble
from evals.files.evaluation import Evaluation
from evals.files.folder import write_evaluation
from evals.files.results_file import read_results
from evals.playing.runner import PlayedRun, PlayedSuite
from evals.results.models import Results, Target
from evals.scoring.scored_run import ScoredRun, score
from tests.evals.captures import capture, play, played

SUITE_SIZES = (10, 100, 1_000)
HISTORY_SIZES = (1_000, 10_000, 100_000)
EVENTS = 3
SESSIONS = 500
TRIES = 9
AT_ONCE = 500


def say(what: str, costs: dict[int, float], unit: str) -> None:
    """One line: the cost at each size, and the exponent."""
    sizes = sorted(costs)
    shown = "  ".join(f"{size:>7,}: {costs[size]:9.3f}" for size in sizes)
    first, last = sizes[0], sizes[-1]
    ratio = max(costs[last], 1e-9) / max(costs[first], 1e-9)
    exponent = math.log(ratio) / math.log(last / first) if last > first else 0.0
    print(f"{what:<46} {shown} {unit:<5}  exponent {exponent:5.2f}", flush=True)  # noqa: T201 - a script's output


def runs_of(count: int, seed: int) -> list[PlayedRun]:
    """So many runs of the two scenarios, as bytes with stamps."""
    chance, build = random.Random(seed), Build("any")  # noqa: S311 - reproducible, and no secret
    found = []
    for place in range(count):
        name = NAMES[place % len(NAMES)]
        events = arrived(script(name, build, chance, 0.06), chance)
        found.append(played(capture(events), play(f"made:{name}"), place // len(NAMES) + 1))
    return found


def as_questions(results: Results) -> Results:
    """The same runs, each of a question of its own."""
    runs = [
        run.model_copy(update={"scenario": f"q{place}", "group": f"q{place}", "repeat": 1})
        for place, run in enumerate(results.runs)
    ]
    return results.model_copy(update={"runs": tuple(runs)})


def evaluated(size: int) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each piece of work on an evaluation of so many runs, by its name; each needs those before it."""
    runs, others = runs_of(size, 1), runs_of(size, 2)
    target, scored = Target(url="http://127.0.0.1:1", started_here=True), list[ScoredRun]()
    yield "score", lambda: scored.extend(score(run) for run in runs)
    played_suite = PlayedSuite(runs, 1, 0, CALM)
    yield "assemble", lambda: assemble(SUITE, target, played_suite, scored)
    results = assemble(SUITE, target, played_suite, scored)
    other = assemble(SUITE, target, PlayedSuite(others, 1, 0, CALM), [score(run) for run in others])
    with tempfile.TemporaryDirectory(prefix="playhead-growth-") as place:
        folder = Path(place)
        yield "write all files, with the report", lambda: write_evaluation(folder, Evaluation(results, scored))
        yield "read results.json", lambda: read_results(folder)
    yield "compare", lambda: compare(results, other)
    yield "compare, each question played once", lambda: compare(as_questions(results), as_questions(other))


def suites(most: int) -> None:
    """Evaluations of several sizes, from bytes to files, and two of them compared."""
    costs: dict[str, dict[int, float]] = {}
    for size in (size for size in SUITE_SIZES if size <= most):
        for what, work in evaluated(size):
            began = time.process_time()
            work()
            costs.setdefault(what, {})[size] = time.process_time() - began
    for what, found in costs.items():
        say(what, found, "s CPU")


async def fill(folder: Path, numbers: range) -> None:
    """Add ended runs with these numbers."""
    store = SqliteStore(folder, memory_runs=8)
    await store.open()
    frames = encode_frames(tokens(EVENTS), 1)

    async def run(number: int) -> None:
        question, conversation = f"Question {number}: is the risk rising?", f"ses_{number % SESSIONS}"
        record, _ = await store.submit(RunRecord.asked(question, "documents", session_id=conversation))
        await store.append(record.run_id, 1, frames)
        done = DoneEvent(outcome="failed" if number % 100 == 0 else "completed")
        await store.finish(record.run_id, [], stamp(done, EVENTS + 1, 30.0))

    for first in range(numbers.start, numbers.stop, AT_ONCE):
        await asyncio.gather(*(run(number) for number in range(first, min(first + AT_ONCE, numbers.stop))))
    await store.close()


async def waits(url: str) -> dict[str, float]:
    """How long each search takes, in milliseconds."""
    client = RunClient(url)
    await client.ready()
    found = {}
    for what, asked in SEARCHES.items():
        times = []
        for _ in range(TRIES):
            began = time.perf_counter()
            await client.runs(**asked)  # type: ignore[arg-type]
            times.append((time.perf_counter() - began) * 1000)
        found[what] = min(times)
    await close_shared_http()
    return found


def history(most: int) -> None:
    """Searches in one store that grows."""
    folder = Path(tempfile.mkdtemp(prefix="playhead-growth-"))
    costs: dict[str, dict[int, float]] = {}
    filled = 0
    try:
        for size in (size for size in HISTORY_SIZES if size <= most):
            began = time.process_time()
            asyncio.run(fill(folder, range(filled, size)))
            costs.setdefault("keep a run of three events, each", {})[size] = (
                (time.process_time() - began) / (size - filled) * 1000
            )
            filled = size
            with LocalServer(folder) as server:
                for what, wait_ms in asyncio.run(waits(server.url)).items():
                    costs.setdefault(what, {})[size] = wait_ms
    finally:
        shutil.rmtree(folder)
    for what, found in costs.items():
        say(what, found, "ms")


CASES: dict[str, Callable[[int], None]] = {"suite": suites, "history": history}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], metavar="CASE", help="default: both")
    parser.add_argument("--most", type=int, default=max(HISTORY_SIZES), help="the largest number of runs")
    options = parser.parse_args(arguments)
    for name in options.cases or CASES:
        CASES[name](options.most)


if __name__ == "__main__":
    main()
