"""Two results become a comparison: every metric, every scenario, one verdict. Reproducible, bit for bit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from backend.metrics.metric import Fact, Metric
from backend.metrics.registry import BY_KEY
from backend.yaml_lines.complaints import did_you_mean
from evals.comparison.differences import of_scenario, over_all
from evals.comparison.doubts import ComparisonError, check_comparable, doubts, machine_text, notes
from evals.comparison.models import ComparedSide, Comparison, Difference, MetricComparison, Verdict
from evals.comparison.pairs import UNEXPECTED, Matrix, ScenarioPair, paired
from evals.comparison.permutation import Chances, ScenarioValues, chances
from evals.comparison.relevance import error_ms, floor
from evals.comparison.samples import Sample, bootstrapped, median
from evals.comparison.verdict import exit_code, sentence
from evals.results.models import Results

SEED = 20_261_123
"""The seed of every random draw: the same two results give the same comparison."""

_DESCRIBED: dict[str, Metric | Fact] = {UNEXPECTED.key: UNEXPECTED, **BY_KEY}


@dataclass(frozen=True, slots=True)
class _Compared:
    """The data that the verdicts of one comparison share."""

    pairs: tuple[ScenarioPair, ...]
    metrics: tuple[Metric | Fact, ...]
    matrices: tuple[tuple[Matrix, Matrix], ...]
    error: float

    def column(self, place: int, key: str) -> tuple[Matrix, Matrix]:
        """A metric's values on both sides of the pair at ``place``, without missing ones."""
        at = [metric.key for metric in self.metrics].index(key)
        a, b = (side[:, at] for side in self.matrices[place])
        return a[~np.isnan(a)], b[~np.isnan(b)]

    def markers(self, place: int) -> float:
        """The number of markers in the answers of a pair."""
        return median(self.column(place, "markers")[0]) if BY_KEY["markers"] in self.metrics else 1.0


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
    compared = _Compared(pairing.pairs, metrics, tuple(pair.matrices(keys) for pair in pairing.pairs), error_ms(a, b))
    against_chance = chances(_tables(compared), np.random.default_rng(seed))
    doubtful = doubts(a, b)
    found = tuple(_metric(compared, against_chance, place, seed, doubtful) for place in range(len(metrics)))
    found = tuple(one for one in found if one.scenarios)
    return Comparison(
        suite=a.suite.name,
        a=_side(a, names[0]),
        b=_side(b, names[1]),
        exit_code=exit_code(found, doubtful),
        sentence=sentence(found, doubtful),
        verdicts={one.metric: one.verdict for one in found},
        doubts=doubtful,
        notes=notes(a, b, pairing),
        metrics=found,
    )


def _metrics(pairs: Sequence[ScenarioPair], only: Sequence[str]) -> tuple[Metric | Fact, ...]:
    present = {key for pair in pairs for run in (*pair.a, *pair.b) for key in run.metrics} | {UNEXPECTED.key}
    unknown = [key for key in only if key not in _DESCRIBED]
    if unknown:
        raise ComparisonError(f"There is no metric {unknown[0]!r}{did_you_mean(unknown[0], _DESCRIBED)}")
    return tuple(metric for key, metric in _DESCRIBED.items() if key in present and (not only or key in only))


def _tables(compared: _Compared) -> list[ScenarioValues]:
    """The values of each scenario for the permutation test."""
    tables = []
    for place, (a, b) in enumerate(compared.matrices):
        markers = compared.markers(place)
        floors = [
            floor(metric.unit, median(compared.column(place, metric.key)[0]), compared.error, markers)
            for metric in compared.metrics
        ]
        tables.append(ScenarioValues(a, b, np.array(floors)))
    return tables


def _metric(
    compared: _Compared, against_chance: Chances, at: int, seed: int, doubtful: tuple[str, ...]
) -> MetricComparison:
    metric = compared.metrics[at]
    samples = list(_samples(compared, against_chance, at, seed))
    rows = [of_scenario(sample) for sample in samples]
    overall = over_all(metric, rows, samples, float(against_chance.together[at]))
    if metric.clocked and doubtful:
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
        missing_a=sum(len(a) for a, _ in compared.matrices) - sum(row.n_a for row in rows),
        missing_b=sum(len(b) for _, b in compared.matrices) - sum(row.n_b for row in rows),
    )


def _samples(compared: _Compared, against_chance: Chances, at: int, seed: int) -> Iterator[Sample]:
    """The values of one metric in each scenario that has any on either side."""
    metric = compared.metrics[at]
    # Each metric has a generator of its own, so that its interval does not depend on the other metrics in the
    # comparison.
    generator = np.random.default_rng([seed, crc32(metric.key.encode())])
    for place, pair in enumerate(compared.pairs):
        a, b = compared.column(place, metric.key)
        if not len(a) and not len(b):
            continue
        exact = not metric.clocked and (pair.scripted or (metric is UNEXPECTED and _constant(a, b)))
        yield Sample(
            metric=metric, scenario=pair.name, a=a, b=b, error_ms=compared.error, markers=compared.markers(place),
            exact=exact, p_value=float(against_chance.single[place, at]),
            draws=None if exact else bootstrapped(a, b, generator),
        )  # fmt: skip


def _judged_as(verdict: Verdict, rows: Sequence[Difference]) -> tuple[str, ...]:
    return tuple(row.scenario or "" for row in rows if row.verdict == verdict)


def _constant(a: Matrix, b: Matrix) -> bool:
    return len(np.unique(a)) == len(np.unique(b)) == 1


def _doubted(row: Difference) -> Difference:
    changes = {"verdict": "inconclusive", "reason": "no time can be judged, see the doubts", "at_risk": False}
    return row.model_copy(update=changes)


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
