"""Matching parts of two results: runs of the same scenario under the same conditions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.metrics.metric import Fact
from evals.results.groups import Conditions, conditions, names_of
from evals.results.models import Results, RunResult

Matrix = npt.NDArray[np.float64]

UNEXPECTED = Fact(
    "unexpected_runs",
    "Runs not as expected",
    "share",
    "lower",
    "Share of the runs that could not be measured to their end, or did not end as expected.",
    clocked=False,
)
"""Compared like a metric: a fault in a run is more important than its times."""


FEWEST_MATCHED = 2
"""The fewest scenarios with one run a side that are taken together."""


@dataclass(frozen=True, slots=True)
class ScenarioPair:
    """The runs of one scenario under the same load, speed, seed and disturbance in both results."""

    name: str
    a: tuple[RunResult, ...]
    b: tuple[RunResult, ...]
    matched: bool = False
    """True for scenarios that were played once each, taken together: the runs at one place of both sides are of the
    same scenario."""

    def matrices(self, metrics: Sequence[str]) -> tuple[Matrix, Matrix]:
        """Both sides as tables, a row for each run, a column for each metric; NaN if a run has no value. A run that
        could not be measured to its end has only the value that it was not as expected."""
        return _matrix(self.a, metrics), _matrix(self.b, metrics)

    @property
    def has_the_same_runs(self) -> bool:
        """True if both sides are the very same runs, by their ids and starts, as where recordings are scored again."""
        a, b = ({(run.run_id or run.source, run.started) for run in side} for side in (self.a, self.b))
        return a == b and len(a) == len(self.a) == len(self.b)

    @property
    def scripted(self) -> bool:
        """True if every run follows a script without a disturbance: its counts can then differ only if the agent or the
        server does."""
        return all(run.truth is not None and run.disturbance is None for run in (*self.a, *self.b))


@dataclass(frozen=True, slots=True)
class Pairing:
    """``only_a`` and ``only_b``: the names of scenarios that only one of the results contains."""

    pairs: tuple[ScenarioPair, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]


def paired(a: Results, b: Results) -> Pairing:
    """The scenarios of both results, in the order of the first; those that were played once each are one pair."""
    of_a, of_b = _grouped(a.runs), _grouped(b.runs)
    names = names_of({*of_a, *of_b})
    pairs = [ScenarioPair(names[key], tuple(runs), tuple(of_b[key])) for key, runs in of_a.items() if key in of_b]
    return Pairing(
        tuple(_once_taken_together(pairs)),
        tuple(names[key] for key in of_a if key not in of_b),
        tuple(names[key] for key in of_b if key not in of_a),
    )


def _once_taken_together(pairs: Sequence[ScenarioPair]) -> list[ScenarioPair]:
    """A scenario with one run a side says nothing by itself; many of them are many pairs of runs."""
    once = [pair for pair in pairs if len(pair.a) == len(pair.b) == 1]
    if len(once) < FEWEST_MATCHED:
        return list(pairs)
    name = f"{len(once):,} scenarios played once"
    matched = ScenarioPair(name, tuple(p.a[0] for p in once), tuple(p.b[0] for p in once), matched=True)
    return [*(pair for pair in pairs if pair not in once), matched]


def _grouped(runs: Sequence[RunResult]) -> dict[Conditions, list[RunResult]]:
    found: dict[Conditions, list[RunResult]] = {}
    for run in runs:
        found.setdefault(conditions(run), []).append(run)
    return found


def _matrix(runs: Sequence[RunResult], metrics: Sequence[str]) -> Matrix:
    rows = [[_value(run, key) for key in metrics] for run in runs]
    found = np.array(rows, dtype=np.float64).reshape(len(rows), len(metrics))
    found[~np.isfinite(found)] = np.nan
    return found


def _value(run: RunResult, key: str) -> float:
    if key == UNEXPECTED.key:
        return float(not run.as_expected)
    value = run.value(key)
    return np.nan if value is None else float(value)
