"""What ``playhead compare`` finds, end to end: ``python -m benchmarks.planted_backend [--repeats 20] [--record FILE]``.

A real backend plays three short scenarios, and others play the same ones with a change planted: a freeze of one second
in one scenario, everything 20 % slower, two citations of one scenario swapped. In every repeat each is measured over
HTTP and compared with a result of the unchanged backend; so is a second result of the unchanged one. Printed is how
often each change was found by name (the right metric worse in the right scenario), how often two results of the same
build were called different, and how loaded the machine was. ``--record`` writes how late every event came in the
runs of the unchanged backend, which the tests resample.
"""

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import click

from backend.launch.server import LocalServer
from evals.comparison.comparison import compare
from evals.comparison.models import Comparison
from evals.evaluation.live import evaluate
from evals.files.evaluation import Evaluation
from evals.playing.watcher import Watcher
from evals.results.models import Target
from evals.suites.suite import Suite, WrittenScenario

RUNS = 10
CONCURRENCY = 5
NAMES = ("planted_cited", "planted_plain", "planted_steps")


def scenario(name: str, *, slower: float = 1.0, freeze_s: float = 0.0, swapped: bool = False) -> str:
    """One of the three scenarios as YAML, with what is planted in it."""

    def seconds(value: float) -> str:
        return f"{value * slower:.3f}"

    cites = ["{cite: 1, title: First source}", "{cite: 2, title: Second source}"]
    steps = [f"{{step: retrieving, lasts: {seconds(0.25)}}}"]
    if name == "planted_steps":
        steps.append(f"{{step: running_tool, lasts: {seconds(0.3)}}}")
    lines = [*steps, "{start: summarizing}"]
    if name == "planted_cited":
        lines += cites[::-1] if swapped else cites
    marks = (" [1]", " [2]") if name == "planted_cited" else ("", "")
    lines.append(f'{{say: "The first half of the answer stands here in a dozen words or so{marks[0]}."}}')
    if freeze_s:
        lines.append(f"{{wait: {freeze_s}}}")
    lines.append(f'{{say: " The second half of it comes right behind, as long as the first{marks[1]}."}}')
    lines.append("{finish: summarizing}")
    head = f"title: {name}\ndescription: A short run.\nquestion: What is planted?\nseed: 1\njitter: 0.1\n"
    return f"{head}rate: {40 / slower:.3f}\ntimeline:\n" + "".join(f"  - {line}\n" for line in lines)


@dataclass
class Planted:
    """A change, and what must be found of it: this metric worse in exactly these scenarios."""

    name: str
    metric: str
    places: tuple[str, ...]
    write: Callable[[str], str]
    found: int = 0
    missed: list[str] = field(default_factory=list)


def planted() -> list[Planted]:
    """The changes."""
    return [
        Planted(
            "freeze of 1 s in planted_plain", "longest_gap_ms", ("planted_plain",),
            lambda name: scenario(name, freeze_s=1.0 if name == "planted_plain" else 0.0),
        ),
        Planted("everything 20 % slower", "e2e_ms", NAMES, lambda name: scenario(name, slower=1.2)),
        Planted(
            "citations swapped in planted_cited", "order_inversions", ("planted_cited",),
            lambda name: scenario(name, swapped=name == "planted_cited"),
        ),
    ]  # fmt: skip


def serve(stack: ExitStack, write: Callable[[str], str]) -> str:
    """Start a backend whose scenarios are written like this; its address."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="playhead-planted-")))
    scenarios = folder / "scenarios"
    scenarios.mkdir()
    for name in NAMES:
        (scenarios / f"{name}.yaml").write_text(write(name), encoding="utf-8")
    return stack.enter_context(LocalServer(folder / "data", scenarios_dir=scenarios)).url


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
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--record", type=Path, help="write how late every event of the unchanged backend came")
    options = parser.parse_args()
    changes, different, late, codes = planted(), 0, [], []
    with ExitStack() as stack:
        plain = serve(stack, scenario)
        urls = [serve(stack, change.write) for change in changes]
        for repeat in range(options.repeats):
            first, second = measured(plain), measured(plain)
            late += [*lateness(first), *lateness(second)]
            same = compare(first.results, second.results)
            codes.append(same.exit_code)
            if set(same.verdicts.values()) & {"better", "worse"}:
                different += 1
                click.echo(f"repeat {repeat}, same build: {said(same)}")
            for change, url in zip(changes, urls, strict=True):
                found = compare(first.results, measured(url).results)
                metric = next(one for one in found.metrics if one.metric == change.metric)
                if metric.verdict == "worse" and set(metric.worse_in) == set(change.places):
                    change.found += 1
                else:
                    change.missed.append(said(found))
            load = os.getloadavg()[0]
            click.echo(f"repeat {repeat}: {[change.found for change in changes]} found, load {load:.1f}")
    for change in changes:
        click.echo(f"{change.name}: {change.metric} found worse there in {change.found} of {options.repeats}")
        for missed in change.missed:
            click.echo(f"  missed: {missed}")
    click.echo(f"same build called different: {different} of {options.repeats}; exit codes {codes}")
    if options.record:
        options.record.write_text(json.dumps(late, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
