"""What ``playhead compare`` finds of planted changes: ``python -m benchmarks.planted [--rounds 20] [--sides 100]``.

Runs are generated: a script of each run with the spread of a real agent (the wait for the first token, the gaps between
tokens, and when bytes arrive), written as bytes with stamps, and read, measured and scored by the code that scores real
runs. In every round two results of the unchanged build are compared, and one of it with one of every changed build.
Printed is how often each change was found by name, with the exit codes. ``benchmarks.planted_backend`` does the same
with a real backend over HTTP, in hours.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import click

from backend.protocol.events import Event, Span
from evals.comparison.comparison import compare
from evals.comparison.models import Comparison
from evals.evaluation.assembly import assemble
from evals.playing.harness import Effort
from evals.playing.runner import PlayedSuite
from evals.results.models import Results, RunResult, Target
from evals.scoring.scored_run import score
from evals.suites.suite_file import parse_suite
from tests.evals.captures import capture, play, played
from tests.metrics.traces import citation, done, status, token

SUITE = parse_suite(b"suite: planted\nruns: [{agent: made}]\n", "planted.yaml")
CALM = Effort([0.2] * 99 + [1.5], cpu_share=0.03, load_before=0.3, load_after=0.4, cpu_pressure=0.05, lasted_s=30.0)
NAMES = ("cited", "plain")
POOL = 4
"""How many times as many runs as one side has are generated of each build; every round draws from them anew."""

FIRST_TOKEN_MS = 800.0
FIRST_TOKEN_SPREAD = 0.06
"""As that of a bundled scenario, whose ``jitter`` of 0.1 spreads every wait evenly over a tenth up and down."""

GAP_MS, GAP_SPREAD = 30.0, 0.4
ARRIVAL_MS = 0.4
TOKENS = 40

Script = list[tuple[float, Event]]


@dataclass(frozen=True)
class Build:
    """An agent, with what is planted in it: the share of its runs that freeze for a second in the middle of the answer,
    one run in so many that never ends, the wait for the first token as a multiple, and swapped sources.
    """

    name: str
    freezes: float = 0.0
    lost_one_in: int = 0
    first_token: float = 1.0
    swapped: bool = False


@dataclass
class Kind:
    """A planted change, and whether a comparison found it by name."""

    build: Build
    named: Callable[[Comparison], bool]
    found: int = 0
    codes: Counter[int] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)


def worse(metric: str) -> Callable[[Comparison], bool]:
    """The metric is called worse, which is exit code 1."""
    return lambda comparison: comparison.verdicts.get(metric) == "worse" and comparison.exit_code == 1


def lost_end_named(comparison: Comparison) -> bool:
    """The lost end is the first thing that the sentence names, and the exit code is not 0."""
    first = comparison.sentence.partition(":")[2].strip()
    return comparison.exit_code != 0 and first.startswith("no end")


def kinds() -> list[Kind]:
    """The changes that are planted."""
    return [
        Kind(Build("a freeze of 1 s in 1 of 5 runs", freezes=0.2), worse("stalls")),
        Kind(Build("a lost end in 1 of 75 runs", lost_one_in=75), lost_end_named),
        Kind(Build("two swapped spans in one scenario", swapped=True), worse("order_inversions")),
        Kind(Build("first token +10 %", first_token=1.1), worse("ttft_ms")),
        Kind(Build("first token +20 %", first_token=1.2), worse("ttft_ms")),
    ]


def script(
    name: str, build: Build, chance: random.Random, spread: float, *, frozen: bool = False, lost: bool = False
) -> Script:
    """One run of a scenario, as (milliseconds on the server, event)."""
    at_ms = FIRST_TOKEN_MS * build.first_token * chance.lognormvariate(0, spread)
    found: Script = [(5, status("retrieving")), (at_ms * 0.6, status("retrieving", "finished"))]
    found.append((at_ms * 0.6 + 1, status("summarizing")))
    for place in range(TOKENS):
        found.append((at_ms, token(f"word{place:02} ")))
        at_ms += GAP_MS * chance.lognormvariate(0, GAP_SPREAD) + (1000.0 if frozen and place == TOKENS // 2 else 0.0)
    if name == "cited":
        spans = (Span(start=0, end=60), Span(start=63, end=130))
        order = (spans[1], spans[0]) if build.swapped else spans
        found += [(at_ms + number, citation(number, title=f"{number}", spans=(span,)))
                  for number, span in enumerate(order, start=1)]  # fmt: skip
    found.append((at_ms + 5, status("summarizing", "finished")))
    return found if lost else [*found, (at_ms + 6, done())]


def arrived(planned: Script, chance: random.Random) -> Script:
    """The same events with the moments at which they arrive; the server's moments stay in ``at_ms``."""
    latest, found = 0.0, []
    for at_ms, event in planned:
        latest = max(latest, at_ms + chance.expovariate(1 / ARRIVAL_MS))
        found.append((latest, event.model_copy(update={"at_ms": at_ms})))
    return found


class Pools:
    """The generated runs of every build, scored. ``spread`` is that of the wait for the first token, as a share."""

    def __init__(self, sides: int, chance: random.Random, spread: float = FIRST_TOKEN_SPREAD) -> None:
        self._sides, self._chance, self._spread = sides, chance, spread
        self._pools: dict[tuple[Build, bool, bool], list[RunResult]] = {}
        self._frame: Results | None = None

    def results(self, build: Build) -> Results:
        """Results of as many runs as a side has, drawn anew. Exactly the planted number of them freezes or is lost."""
        frozen = round(build.freezes * self._sides)
        lost = max(1, self._sides // build.lost_one_in) if build.lost_one_in else 0
        runs = [
            *self._drawn(build, frozen, frozen=True),
            *self._drawn(build, lost, lost=True),
            *self._drawn(build, self._sides - frozen - lost),
        ]
        if self._frame is None:
            self._frame = self._framed(build)
        return self._frame.model_copy(update={"runs": tuple(runs)})

    def _drawn(self, build: Build, count: int, *, frozen: bool = False, lost: bool = False) -> list[RunResult]:
        key = build, frozen, lost
        if count and key not in self._pools:
            self._pools[key] = [
                self._scored(build, place, frozen=frozen, lost=lost) for place in range(POOL * count)
            ]  # fmt: skip
        return self._chance.sample(self._pools[key], count) if count else []

    def _scored(self, build: Build, place: int, *, frozen: bool, lost: bool) -> RunResult:
        name = NAMES[place % len(NAMES)]
        planned = script(name, build, self._chance, self._spread, frozen=frozen, lost=lost)
        run = played(capture(arrived(planned, self._chance)), play(f"made:{name}"), place + 1)
        return score(run).result.model_copy(update={"run_id": f"{build.name} {frozen} {lost} {place}", "group": name})

    def _framed(self, build: Build) -> Results:
        """Results with the figures of a calm harness."""
        runs = [
            played(capture(arrived(script(name, build, self._chance, self._spread), self._chance)),
                   play(f"made:{name}"), 1)
            for name in NAMES
        ]  # fmt: skip
        target = Target(url="http://127.0.0.1:1", started_here=True)
        return assemble(SUITE, target, PlayedSuite(runs, 1, 0, CALM), [score(run) for run in runs])


def main() -> None:
    """Generate, compare, print."""
    parser = argparse.ArgumentParser(description="What playhead compare finds of planted changes.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--sides", type=int, default=100, help="runs a side")
    parser.add_argument("--spread", type=float, default=FIRST_TOKEN_SPREAD, help="of the wait for the first token")
    parser.add_argument("--seed", type=int, default=12)
    options = parser.parse_args()
    began = time.perf_counter()
    chance = random.Random(options.seed)  # noqa: S311 - reproducible, and no secret
    pools, planted, unchanged = Pools(options.sides, chance, options.spread), kinds(), Build("unchanged")
    different, codes = 0, Counter[int]()
    for number in range(1, options.rounds + 1):
        before = pools.results(unchanged)
        same = compare(before, pools.results(unchanged))
        codes[same.exit_code] += 1
        if {"better", "worse"} & {*same.verdicts.values(), *(one.verdict for one in same.failures)}:
            different += 1
            click.echo(f"round {number}, the same build: exit {same.exit_code}: {same.sentence}")
        for kind in planted:
            comparison = compare(before, pools.results(kind.build))
            kind.codes[comparison.exit_code] += 1
            if kind.named(comparison):
                kind.found += 1
            else:
                kind.missed.append(f"exit {comparison.exit_code}: {comparison.sentence}")
    click.echo(f"{options.sides} runs a side, {options.rounds} rounds, {time.perf_counter() - began:.0f} s")
    for kind in planted:
        click.echo(f"{kind.build.name}: named in {kind.found} of {options.rounds}, exit codes {dict(kind.codes)}")
        for missed in kind.missed:
            click.echo(f"  missed: {missed}")
    click.echo(f"the same build: any difference in {different} of {options.rounds}, exit codes {dict(codes)}")


if __name__ == "__main__":
    main()
