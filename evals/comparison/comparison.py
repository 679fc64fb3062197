"""Two results become a comparison: every metric, every scenario, one verdict. Reproducible, bit for bit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

import numpy as np

from backend.metrics.metric import Fact, Metric
from backend.metrics.registry import BY_KEY
from backend.yaml_lines.complaints import did_you_mean
from evals.comparison import failures
from evals.comparison.differences import of_scenario, over_all
from evals.comparison.doubts import ComparisonError, check_comparable, doubts, machine_text, notes
from evals.comparison.metric_kinds import DECIDES_NOTHING, kind, needs_quiet
from evals.comparison.models import ComparedSide, Comparison, Difference, MetricComparison, Verdict
from evals.comparison.pairs import UNEXPECTED, Matrix, ScenarioPair, paired
from evals.comparison.permutation import Chances, ScenarioValues, chances
from evals.comparison.relevance import error_ms, floor
from evals.comparison.runs_beyond import Bound, bound_of
from evals.comparison.samples import Sample, median
from evals.comparison.verdict import exit_code, sentence
from evals.results.models import Results

SEED = 20_261_123
"""The seed of every random draw: the same two results give the same comparison."""

_DESCRIBED: dict[str, Metric | Fact] = {UNEXPECTED.key: UNEXPECTED, **BY_KEY}

_SHARE_FLOOR = 0.01
"""Added to the standard error of a share of runs."""


@dataclass(frozen=True)
class _Compared:
    """The data that the verdicts of one comparison share. The columns of the permutation test are the metrics'
    levels, the metrics' runs beyond their bounds, then the kinds of failure.
    """

    pairs: tuple[ScenarioPair, ...]
    metrics: tuple[Metric | Fact, ...]
    matrices: tuple[tuple[Matrix, Matrix], ...]
    failures: tuple[str, ...]
    error: float

    @cached_property
    def places(self) -> dict[str, int]:
        """The column of each metric."""
        return {metric.key: place for place, metric in enumerate(self.metrics)}

    def column(self, place: int, key: str) -> tuple[Matrix, Matrix]:
        """A metric's values on both sides of the pair at ``place``, without missing ones."""
        a, b = (side[:, self.places[key]] for side in self.matrices[place])
        if self.pairs[place].matched:
            known = ~np.isnan(a) & ~np.isnan(b)
            return a[known], b[known]
        return a[~np.isnan(a)], b[~np.isnan(b)]

    def markers(self, place: int) -> float:
        """The number of markers in the answers of a pair."""
        return median(self.column(place, "markers")[0]) if "markers" in self.places else 1.0

    @cached_property
    def bounds(self) -> tuple[tuple[Bound, ...], ...]:
        """For each pair, the bound of each metric."""
        return tuple(
            tuple(
                bound_of(metric, np.concatenate(self.column(place, metric.key)), self.error, self.markers(place))
                for metric in self.metrics
            )
            for place in range(len(self.pairs))
        )

    def parts(self) -> list[str]:
        """The part of the family that each column of the test belongs to; none for what decides nothing."""
        of_metrics = [
            "" if metric.key in DECIDES_NOTHING else "times" if kind(metric) == "time" else "counts"
            for metric in self.metrics
        ]
        return [*of_metrics, *of_metrics, *("counts" for _ in self.failures)]

    def tables(self) -> list[ScenarioValues]:
        """The values of each scenario for the permutation test."""
        tables = []
        for place, (pair, (a, b), bounds) in enumerate(zip(self.pairs, self.matrices, self.bounds, strict=True)):
            markers = self.markers(place)
            floors = [
                floor(metric.unit, median(self.column(place, metric.key)[0]), self.error, markers)
                for metric in self.metrics
            ]
            floors += [_SHARE_FLOOR] * (len(self.metrics) + len(self.failures))
            sides = [
                np.hstack([values, _beyond(values, bounds), failures.table(runs, self.failures)])
                for values, runs in ((a, pair.a), (b, pair.b))
            ]
            tables.append(ScenarioValues(sides[0], sides[1], np.array(floors), pair.matched))
        return tables


def _beyond(values: Matrix, bounds: Sequence[Bound]) -> Matrix:
    return np.column_stack([bound.passed(values[:, place]) for place, bound in enumerate(bounds)])


def compare(
    a: Results, b: Results, *, names: tuple[str, str] = ("A", "B"), only: Sequence[str] = (), seed: int = SEED
) -> Comparison:
    """B against A. ``only`` names the metrics to compare, all without it. Raises ``ComparisonError``."""
    check_comparable(a, b)
    pairing = paired(a, b)
    if not pairing.pairs:
        raise ComparisonError("The two results have no scenario in common: compare results of the same suite.")
    metrics = _metrics(pairing.pairs, only)
    keys = [metric.key for metric in metrics]
    matrices = tuple(pair.matrices(keys) for pair in pairing.pairs)
    kinds = () if only else failures.all_kinds(pairing.pairs)
    compared = _Compared(pairing.pairs, metrics, matrices, kinds, error_ms(a, b))
    against_chance = chances(compared.tables(), compared.parts(), np.random.default_rng(seed))
    doubtful = doubts(a, b) if any(needs_quiet(metric) for metric in metrics) else ()
    found = tuple(_metric(compared, against_chance, place, seed, doubtful) for place in range(len(metrics)))
    found = tuple(one for one in found if one.scenarios)
    failed = failures.judged(pairing.pairs, kinds, against_chance, 2 * len(metrics))
    return Comparison(
        suite=a.suite.name,
        a=_side(a, names[0]),
        b=_side(b, names[1]),
        exit_code=exit_code(found, failed, doubtful),
        sentence=sentence(found, failed, doubtful),
        verdicts={one.metric: one.verdict for one in found},
        doubts=doubtful,
        notes=notes(a, b, pairing),
        failures=failed,
        metrics=found,
    )


def _metrics(pairs: Sequence[ScenarioPair], only: Sequence[str]) -> tuple[Metric | Fact, ...]:
    present = {key for pair in pairs for run in (*pair.a, *pair.b) for key in run.metrics} | {UNEXPECTED.key}
    unknown = [key for key in only if key not in _DESCRIBED]
    if unknown:
        raise ComparisonError(f"There is no metric {unknown[0]!r}{did_you_mean(unknown[0], _DESCRIBED)}")
    return tuple(metric for key, metric in _DESCRIBED.items() if key in present and (not only or key in only))


def _metric(
    compared: _Compared, against_chance: Chances, at: int, seed: int, doubtful: tuple[str, ...]
) -> MetricComparison:
    metric = compared.metrics[at]
    # Each metric has a generator of its own, so that its interval does not depend on the other metrics in the
    # comparison.
    generator = np.random.default_rng([seed, crc32(metric.key.encode())])
    samples = list(_samples(compared, against_chance, at))
    rows = [of_scenario(sample, generator) for sample in samples]
    p_level, p_beyond = (float(against_chance.together[column]) for column in (at, at + len(compared.metrics)))
    overall = over_all(metric, samples, (p_level, p_beyond), generator)
    if needs_quiet(metric) and doubtful:
        rows, overall = [_doubted(row) for row in rows], _doubted(overall)
    worse, better = _judged_as("worse", rows), _judged_as("better", rows)
    verdict, reason = _of_metric(overall, rows, worse, better)
    return MetricComparison(
        metric=metric.key,
        verdict=verdict,
        reason=reason,
        overall=overall,
        scenarios=tuple(rows),
        worse_in=worse,
        better_in=better,
        missing_a=sum(int(np.isnan(a[:, at]).sum()) for a, _ in compared.matrices),
        missing_b=sum(int(np.isnan(b[:, at]).sum()) for _, b in compared.matrices),
    )


def _samples(compared: _Compared, against_chance: Chances, at: int) -> Iterator[Sample]:
    """The values of one metric in each scenario that has any on either side."""
    metric = compared.metrics[at]
    for place, pair in enumerate(compared.pairs):
        a, b = compared.column(place, metric.key)
        if not len(a) and not len(b):
            continue
        yield Sample(
            metric=metric, scenario=pair.name, a=a, b=b, error_ms=compared.error, markers=compared.markers(place),
            scripted=not metric.clocked and (pair.scripted or metric is UNEXPECTED),
            same_runs=pair.has_the_same_runs and np.array_equal(np.sort(a), np.sort(b)),
            bound=compared.bounds[place][at], p_level=float(against_chance.single[place, at]),
            p_beyond=float(against_chance.single[place, at + len(compared.metrics)]), matched=pair.matched,
        )  # fmt: skip


def _judged_as(verdict: Verdict, rows: Sequence[Difference]) -> tuple[str, ...]:
    return tuple(row.scenario or "" for row in rows if row.verdict == verdict)


def _doubted(row: Difference) -> Difference:
    changes = {"verdict": "inconclusive", "reason": "no time can be judged, see the doubts", "at_risk": False}
    return row.model_copy(update={**changes, "runs_that_tell": None})


def _of_metric(
    overall: Difference, rows: Sequence[Difference], worse: Sequence[str], better: Sequence[str]
) -> tuple[Verdict, str]:
    """Worse if it is worse anywhere, so that a gain in one scenario cannot hide a loss in another."""
    if overall.verdict == "worse" or worse:
        return "worse", _where("worse", overall, worse, better)
    if any(row.at_risk for row in rows):
        return "inconclusive", next(f"in {row.scenario} {row.reason}" for row in rows if row.at_risk)
    if overall.verdict == "better" or better:
        return "better", _where("better", overall, better, ())
    return overall.verdict, overall.reason


def _where(word: str, overall: Difference, named: Iterable[str], against: Sequence[str]) -> str:
    places = ", ".join(named)
    said = f"{word} in {places}" if places else f"{word} over all scenarios, in no single one for certain"
    if places and overall.verdict == word:
        said += ", and over all scenarios"
    return f"{said}; better in {', '.join(against)}" if against else said


def _side(results: Results, name: str) -> ComparedSide:
    return ComparedSide(
        name=name,
        created_at=results.created_at,
        runs=len(results.runs),
        machine=machine_text(results.machine),
        versions=results.versions,
    )
