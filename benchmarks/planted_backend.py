"""What ``playhead compare`` finds, end to end: ``python -m benchmarks.planted_backend [--repeats 20] [--record FILE]``.

A real backend plays four short scenarios, and others play the same ones with a change planted: a freeze of one second
in one scenario, everything 20 % slower, two citations of one scenario swapped, two sources of ranges of an answer
swapped. A proxy in front freezes 1 of 5 answers, or leaves out the end of 1 in 75. In every repeat each is measured
over HTTP, 104 runs a side, and compared with a result of the unchanged backend; so is a second result of the unchanged
one. Printed is how often each change was found by name, how often two results of the same build were called
different, and how loaded the machine was. A repeat takes about two minutes on an idle machine, the usual twenty
take forty. ``--record`` writes how late every event came in the runs of the unchanged backend, which the tests
resample.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import click

from backend.launch.server import LocalServer
from benchmarks.planted import lost_end_named, worse
from evals.comparison.comparison import compare
from evals.comparison.models import Comparison
from evals.evaluation.live import evaluate
from evals.files.evaluation import Evaluation
from evals.playing.watcher import Watcher
from evals.results.models import Target
from evals.suites.suite import Suite, WrittenScenario

RUNS = 26
"""Of each of the four scenarios, so that a side has 104."""

CONCURRENCY = 20
NAMES = ("planted_cited", "planted_plain", "planted_steps", "planted_spans")
ALL = frozenset(NAMES)


def scenario(name: str, *, slower: float = 1.0, freeze_s: float = 0.0, swapped: bool = False) -> str:
    """One of the three scenarios as YAML, with what is planted in it."""

    def seconds(value: float) -> str:
        return f"{value * slower:.3f}"

    titles = {1: "First source", 2: "Second source"}
    supports = {1: "The first half of the answer", 2: "The second half of it"}
    numbers = (2, 1) if swapped else (1, 2)
    steps = [f"{{step: retrieving, lasts: {seconds(0.25)}}}"]
    if name == "planted_steps":
        steps.append(f"{{step: running_tool, lasts: {seconds(0.3)}}}")
    lines = [*steps, "{start: summarizing}"]
    if name == "planted_cited":
        lines += [f"{{cite: {number}, title: {titles[number]}}}" for number in numbers]
    marks = (" [1]", " [2]") if name == "planted_cited" else ("", "")
    lines.append(f'{{say: "The first half of the answer stands here in a dozen words or so{marks[0]}."}}')
    if freeze_s:
        lines.append(f"{{wait: {freeze_s}}}")
    lines.append(f'{{say: " The second half of it comes right behind, as long as the first{marks[1]}."}}')
    if name == "planted_spans":
        lines += [
            f"{{cite: {place}, title: {titles[number]}, supports: {supports[number]}}}"
            for place, number in enumerate(numbers, start=1)
        ]
    lines.append("{finish: summarizing}")
    head = f"title: {name}\ndescription: A short run.\nquestion: What is planted?\nseed: 1\njitter: 0.1\n"
    return f"{head}rate: {40 / slower:.3f}\ntimeline:\n" + "".join(f"  - {line}\n" for line in lines)


@dataclass
class Planted:
    """A change, what it does to a scenario or to some of the runs, and whether a comparison found it by name."""

    name: str
    named: Callable[[Comparison], bool]
    write: Callable[[str], str] = scenario
    harm: tuple[str, ...] = ()
    found: int = 0
    codes: Counter[int] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)


def worse_in(metric: str, places: frozenset[str]) -> Callable[[Comparison], bool]:
    """The metric is called worse, in exactly these scenarios, which is exit code 1."""

    def named(comparison: Comparison) -> bool:
        found = next(one for one in comparison.metrics if one.metric == metric)
        return found.verdict == "worse" and frozenset(found.worse_in) == places and comparison.exit_code == 1

    return named


def planted() -> list[Planted]:
    """The changes."""
    return [
        Planted(
            "freeze of 1 s in planted_plain", worse_in("longest_gap_ms", frozenset({"planted_plain"})),
            lambda name: scenario(name, freeze_s=1.0 if name == "planted_plain" else 0.0),
        ),
        Planted(
            "everything 20 % slower", worse_in("e2e_ms", ALL),
            lambda name: scenario(name, slower=1.2),
        ),
        Planted(
            "citations swapped in planted_cited", worse_in("order_inversions", frozenset({"planted_cited"})),
            lambda name: scenario(name, swapped=name == "planted_cited"),
        ),
        Planted(
            "spans swapped in planted_spans", worse_in("order_inversions", frozenset({"planted_spans"})),
            lambda name: scenario(name, swapped=name == "planted_spans"),
        ),
        Planted("a freeze of 1 s in 1 of 5 runs", worse("stalls"), harm=("--freeze-one-in", "5")),
        Planted("a lost end in 1 of 75 runs", lost_end_named, harm=("--lose-end-one-in", "75")),
    ]  # fmt: skip


def serve(stack: ExitStack, write: Callable[[str], str], harm: Sequence[str] = ()) -> str:
    """Start a backend whose scenarios are written like this, with a proxy before it; the proxy's address."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="playhead-planted-")))
    scenarios = folder / "scenarios"
    scenarios.mkdir()
    for name in NAMES:
        (scenarios / f"{name}.yaml").write_text(write(name), encoding="utf-8")
    url = stack.enter_context(LocalServer(folder / "data", scenarios_dir=scenarios)).url
    command = [sys.executable, "-m", "benchmarks._faulty_proxy", url.rpartition(":")[2], *harm]
    proxy = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    stack.callback(proxy.terminate)
    return proxy.stdout.readline().strip() if proxy.stdout else ""


def measured(url: str, runs: int = RUNS) -> Evaluation:
    """Play the suite against a backend."""
    suite = Suite(
        suite="planted", repeats=runs, warm_up=1, concurrency=CONCURRENCY,
        runs=tuple(WrittenScenario(agent=f"scripted:{name}") for name in NAMES),
    )  # fmt: skip
    return asyncio.run(evaluate(suite, Target(url=url, started_here=True), asyncio.Event(), Watcher()))


def lateness(evaluation: Evaluation) -> Iterator[list[float]]:
    """For every run, how many milliseconds after its scripted moment each event came."""
    for run in evaluation.runs:
        plan = run.plan
        if plan is not None and len(plan.times_ms) == len(run.wire.times_ms):
            yield [round(at - due, 2) for at, due in zip(run.wire.times_ms, plan.times_ms, strict=True)]


def said(comparison: Comparison) -> str:
    """A comparison in a line."""
    return f"exit {comparison.exit_code}: {comparison.sentence}"


def main() -> None:
    """Measure, compare, print."""
    parser = argparse.ArgumentParser(description="What playhead compare finds of planted changes.")
    parser.add_argument("--repeats", type=int, default=20, help="rounds of about two minutes each (default 20)")
    parser.add_argument("--record", type=Path, help="write how late every event of the unchanged backend came")
    options = parser.parse_args()
    changes, unchanged, different, late = planted(), Counter[int](), 0, []
    with ExitStack() as stack:
        plain = serve(stack, scenario)
        for repeat in range(options.repeats):
            first, second = measured(plain), measured(plain)
            late += [*lateness(first), *lateness(second)]
            same = compare(first.results, second.results)
            unchanged[same.exit_code] += 1
            if {"better", "worse"} & {*same.verdicts.values(), *(one.verdict for one in same.failures)}:
                different += 1
                click.echo(f"repeat {repeat}, same build: {said(same)}")
            for change in changes:
                # One more backend at a time, so that six idle ones take nothing from what is measured.
                with ExitStack() as changed:
                    found = compare(first.results, measured(serve(changed, change.write, change.harm)).results)
                change.codes[found.exit_code] += 1
                if change.named(found):
                    change.found += 1
                else:
                    change.missed.append(said(found))
            load = os.getloadavg()[0]
            click.echo(f"repeat {repeat}: {[change.found for change in changes]} found, load {load:.1f}")
    for change in changes:
        click.echo(
            f"{change.name}: found by name in {change.found} of {options.repeats}, exit codes {dict(change.codes)}"
        )
        for missed in change.missed:
            click.echo(f"  missed: {missed}")
    click.echo(f"same build called different: {different} of {options.repeats}; exit codes {dict(unchanged)}")
    if options.record:
        options.record.write_text(json.dumps(late, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
