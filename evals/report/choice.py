"""The runs that a report shows one by one: all of a small suite, else those that are worth a look."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evals.report.strangeness import Strangeness, strangeness
from evals.results.models import RunResult

ALL_SHOWN: Final = 60
"""Up to this many runs, each one gets its waterfall."""

_MOST: Final = 8
_MOST_TYPICAL: Final = 60


@dataclass(frozen=True, slots=True)
class RunChoice:
    """Indexes of runs in the results, each list in the order in which it is shown."""

    groups: dict[str, list[int]]
    unexpected: list[int]
    slowest: list[int]
    most_silent: list[int]
    strangest: list[int]
    strangeness: dict[int, Strangeness]
    typical: list[int]
    shown: list[int]
    """Those with a waterfall, in the order of the results."""

    @property
    def first(self) -> list[int]:
        """The runs whose recordings come first if not all can be kept."""
        return list(dict.fromkeys([*self.unexpected, *self.strangest, *self.slowest, *self.most_silent, *self.shown]))


def choose(runs: Sequence[RunResult]) -> RunChoice:
    """The choice for these runs."""
    groups: dict[str, list[int]] = {}
    for place, run in enumerate(runs):
        groups.setdefault(run.group or run.scenario, []).append(place)
    strange = strangeness(groups, runs)
    unexpected = [place for place, run in enumerate(runs) if not run.as_expected]
    slowest = _largest(runs, "e2e_ms")
    most_silent = _largest(runs, "longest_gap_ms")
    strangest = sorted(strange, key=lambda place: -strange[place].distance)[:_MOST]
    typical = [_typical(places, runs) for places in list(groups.values())[:_MOST_TYPICAL]]
    chosen = {*unexpected[:_MOST], *slowest, *most_silent, *strangest, *typical}
    return RunChoice(
        groups=groups,
        unexpected=unexpected,
        slowest=slowest,
        most_silent=most_silent,
        strangest=strangest,
        strangeness=strange,
        typical=typical,
        shown=list(range(len(runs))) if len(runs) <= ALL_SHOWN else sorted(chosen),
    )


def _largest(runs: Sequence[RunResult], key: str) -> list[int]:
    places = [place for place, run in enumerate(runs) if run.metrics.get(key) is not None]
    return sorted(places, key=lambda place: -(runs[place].metrics[key] or 0.0))[:_MOST]


def _typical(places: list[int], runs: Sequence[RunResult]) -> int:
    """The run in the middle of its scenario by its end to end time; the first if none ended."""
    ended = [place for place in places if runs[place].metrics.get("e2e_ms") is not None]
    ended.sort(key=lambda place: runs[place].metrics["e2e_ms"] or 0.0)
    return ended[len(ended) // 2] if ended else places[0]
