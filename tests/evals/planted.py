"""Results with a known difference: scripts played through the real scoring, with the lateness of real runs.

``data/lateness.json`` holds, for every run of a real measurement over HTTP, how many milliseconds after its scripted
moment each event came (``python -m benchmarks.planted_backend --record``). A run here is a script whose events come as
late as those of one recorded run did, so that its noise is that of a real machine and a real wire, outliers included.
"""

import json
import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from backend.protocol.events import CitationEvent, Event
from evals.evaluation.assembly import assemble
from evals.playing.harness import Effort
from evals.playing.runner import PlayedRun, PlayedSuite
from evals.results.groups import with_groups
from evals.results.models import Results, RunResult, Target
from evals.scoring.scored_run import ScoredRun, score
from evals.suites.suite_file import parse_suite
from tests.evals.captures import capture, play, played
from tests.metrics.traces import citation, done, status, token

Script = list[tuple[float, Event]]
Change = Callable[[str, Script], Script]

NAMES = ("cited", "plain", "steps")
SUITE = parse_suite(b"suite: planted\nruns: [{agent: made}]\n", "planted.yaml")
CALM = Effort([0.2] * 99 + [1.5], cpu_share=0.03, load_before=0.3, load_after=0.4, cpu_pressure=0.05, lasted_s=30.0)
DATA = Path(__file__).parent / "data"


def script(name: str) -> Script:
    """What a run of this scenario is meant to send, as (milliseconds, event): about three seconds."""
    found: Script = [(0, status("retrieving")), (400, status("retrieving", "finished"))]
    at_ms = 405.0
    if name == "steps":
        found += [(at_ms, status("running_tool")), (at_ms + 400, status("running_tool", "finished"))]
        at_ms += 405
    found.append((at_ms, status("summarizing")))
    if name == "cited":
        found += [(at_ms, citation(1, title="First source")), (at_ms, citation(2, title="Second source"))]
    for place in range(60):
        at_ms += 35
        marker = {29: " [1].", 59: " [2]."}.get(place, "") if name == "cited" else ""
        found.append((at_ms, token(f"word{place}{marker} ")))
    return [*found, (at_ms, status("summarizing", "finished")), (at_ms, done())]


def unchanged(name: str, events: Script) -> Script:
    """The same build."""
    return events


def frozen(name: str, events: Script) -> Script:
    """In ``plain``, nothing comes for a second in the middle of the answer."""
    half = len(events) * 2 // 3
    return events[:half] + [(at + 1000, event) for at, event in events[half:]] if name == "plain" else events


def slower(name: str, events: Script) -> Script:
    """Everything takes a fifth longer."""
    return [(at * 1.2, event) for at, event in events]


def swapped(name: str, events: Script) -> Script:
    """In ``cited``, the sources come in the other order."""
    at = [place for place, (_, event) in enumerate(events) if isinstance(event, CitationEvent)]
    changed = list(events)
    for place, other in zip(at, reversed(at), strict=True):
        changed[place] = (events[place][0], events[other][1])
    return changed


@cache
def lateness(file: str) -> tuple[tuple[float, ...], ...]:
    """The recorded runs: how late each event came, in milliseconds."""
    return tuple(tuple(run) for run in json.loads((DATA / file).read_text(encoding="utf-8")))


@cache
def runs_of(change: Change, name: str, file: str) -> tuple[PlayedRun, ...]:
    """A run of the scenario for every recorded run."""
    planned = change(name, script(name))
    # A freeze is not a part of the script: the server only does not keep to it.
    plan = planned if change is not frozen else script(name)
    return tuple(
        played(capture(_late(planned, late)), play(f"scripted:{name}", plan=plan), repeat)
        for repeat, late in enumerate(lateness(file), start=1)
    )


@cache
def pool(change: Change, name: str, file: str = "lateness.json") -> tuple[ScoredRun, ...]:
    """The same, scored."""
    if change is not unchanged and change(name, script(name)) == script(name):
        return pool(unchanged, name, file)
    return tuple(score(run) for run in runs_of(change, name, file))


def _late(events: Script, late: Sequence[float]) -> Script:
    arrived, latest = [], 0.0
    for place, (due, event) in enumerate(events):
        latest = max(latest, due + late[place * len(late) // len(events)])
        arrived.append((latest, event.model_copy(update={"at_ms": due})))
    return arrived


@cache
def _frame(file: str, change: Change) -> Results:
    """Results with the harness's figures of all recorded runs."""
    scored = [run for name in NAMES for run in pool(change, name, file)]
    suite = PlayedSuite([run for name in NAMES for run in runs_of(change, name, file)], 1, 0, CALM)
    return assemble(SUITE, Target(url="http://127.0.0.1:1", started_here=True), suite, scored)


@cache
def _written(change: Change, name: str, file: str) -> tuple[RunResult, ...]:
    return with_groups([run.result for run in pool(change, name, file)])


def drawn(generator: random.Random, runs: int, change: Change, file: str = "lateness.json") -> tuple[Results, Results]:
    """Two results of ``runs`` runs for each scenario: the unchanged build, and one with the change. No recorded run
    lends its noise to both.
    """
    sides: tuple[list[RunResult], list[RunResult]] = ([], [])
    for name in NAMES:
        places = generator.sample(range(len(lateness(file))), 2 * runs)
        sides[0].extend(_written(unchanged, name, file)[place] for place in places[:runs])
        sides[1].extend(_written(change, name, file)[place] for place in places[runs:])
    a, b = (_frame(file, one) for one in (unchanged, change))
    return a.model_copy(update={"runs": tuple(sides[0])}), b.model_copy(update={"runs": tuple(sides[1])})
