"""Judges results by the limits of their suite: pass, fail, or inconclusive, each with its reason.

The rules are those of METRICS.md, "Statistics" and "The harness measures itself". A limit on a percentile fails only
if both the estimate and the lower end of its 95 % interval are over it; where only the estimate is over it, the limit
is inconclusive. A time is inconclusive on a machine that was too busy, or where the p99 receive lag is more than a
tenth of the distance between value and limit. Counts are exact and judged as they are, on a busy machine too: a stall
of a second is one there as well.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from backend.metrics.registry import BY_KEY
from backend.metrics.statistics import nearest_rank, needed, percentile_bounds
from backend.present.words.metric_text import formatted
from evals.results.bootstrap import means, percentile_ends
from evals.results.harness_figures import Harness
from evals.results.models import LimitResult, RunResult
from evals.results.overload import overload
from evals.results.proportion import Proportion
from evals.suites.limits import Limit, Limits, Statistic, listed
from evals.suites.suite import Suite, SuiteScenario

LARGEST_LAG_SHARE: Final = 0.1
"""The largest p99 receive lag that is accepted, as a share of the distance between a value and its limit."""

_SHARES: Final[dict[Statistic, float]] = {"median": 0.5, "p95": 0.95, "p99": 0.99}

_EXTREMES: Final[frozenset[Statistic]] = frozenset({"max", "min"})

MEAN_NEEDS: Final = 20
"""The fewest values for which a mean gets a bootstrap interval: with fewer it is too narrow (Hesterberg 2015)."""

_Verdict = Literal["pass", "fail", "inconclusive"]


@dataclass(frozen=True, slots=True)
class ClockDoubt:
    """Reasons not to judge values that depend on a clock: ``busy``, a sentence about a machine that was too busy, and
    the p99 of the receive lag in milliseconds. Each is None where there is no such reason.
    """

    busy: str | None
    lag_ms: float | None

    @classmethod
    def of(cls, harness: Harness, cores: object = None) -> "ClockDoubt":
        """The doubt about the times of this harness, measured on a machine with ``cores`` cores."""
        return cls(overload(harness, cores), harness.receive_lag_ms.p99)

    def about(self, limit: Limit, value: float) -> str | None:
        """Why this value cannot be judged; None if it can."""
        metric, margin = BY_KEY[limit.metric], abs(value - limit.bound)
        if not metric.clocked or metric.unit == "count":
            return None
        if self.busy:
            return f"the machine was too busy: {self.busy}"
        if metric.unit == "ms" and self.lag_ms is not None and self.lag_ms > LARGEST_LAG_SHARE * margin:
            return (
                f"the harness's receive lag of {formatted(self.lag_ms, 'ms')} (p99) is more than a tenth of the "
                f"distance between value and limit, {formatted(margin, 'ms')}"
            )
        return None


def judge_limits(
    suite: Suite, runs: Sequence[RunResult], harness: Harness, cores: object = None, *, by_agent_only: bool = False
) -> tuple[LimitResult, ...]:
    """Judge every limit of the suite, then those of its scenarios. A scenario's limits apply to the runs that were
    played for it; with ``by_agent_only`` they apply to every run of its agent and question, which recordings need.
    ``cores`` is the number of cores of the measuring machine.
    """
    doubt = ClockDoubt.of(harness, cores)
    found = list(_judged(suite.limits, runs, doubt, None))
    for scenario in suite.scenarios:
        if scenario.limits:
            of_scenario = [run for run in runs if _belongs(run, scenario, by_agent_only)]
            found += _judged(scenario.limits, of_scenario, doubt, scenario.result_name)
    return tuple(found)


def _belongs(run: RunResult, scenario: SuiteScenario, by_agent_only: bool) -> bool:
    if by_agent_only:
        return scenario.fits(run.agent, run.question) or run.scenario == scenario.name
    if run.agent != scenario.agent:
        return False
    # A disturbance names the request, which is the same for the scenario, then the moment, which differs by run.
    asked = run.disturbance.partition(":")[0] if run.disturbance else None
    meant = (scenario.result_name, scenario.speed, scenario.seed, scenario.disturbance)
    return (run.scenario, run.speed, run.seed, asked) == meant


def _judged(
    limits: Limits, runs: Sequence[RunResult], doubt: ClockDoubt, scenario: str | None
) -> Iterator[LimitResult]:
    for limit in listed(limits):
        on_page = BY_KEY[limit.metric].plane == "paint"
        concerned = [run for run in runs if (run.through is not None) == on_page]
        loads = list(dict.fromkeys(run.load for run in concerned)) or [""]
        for load in loads:
            ended = [run for run in concerned if run.load == load and run.error is None]
            broken = sum(run.load == load and run.error is not None for run in concerned)
            values = [run.metrics.get(limit.metric) for run in ended]
            found = judge_limit(limit, values, doubt, scenario, broken)
            # Values under different loads belong to different populations, so each load must keep the limit.
            changes = {"reason": f"Under {load}: {found.reason}", "load": load}
            yield found if len(loads) == 1 else found.model_copy(update=changes)


def judge_limit(
    limit: Limit, values: Sequence[float | None], doubt: ClockDoubt, scenario: str | None = None, broken: int = 0
) -> LimitResult:
    """Judge one limit by a metric's values: one for each run, None where the run has none.

    ``broken`` counts the runs that could not be measured to their end. Their values are unknown, so a limit passes
    only if it passes whatever those values are, and fails only if it fails whatever they are (the bounds of Manski
    1989).
    """
    present = [value for value in values if value is not None]
    value = _estimate(present, limit.statistic)
    lower, upper = _bounds(present, limit.statistic)
    if value is None:
        verdict, reason = _without_value(limit, values)
    else:
        verdict, reason = _verdict(limit, value, lower, upper, len(present))
        if broken and verdict != _if_broken(limit, present, broken, verdict):
            verdict, reason = "inconclusive", f"{reason} But {broken} more could not be measured to their end."
        why = doubt.about(limit, value)
        if why:
            verdict, reason = "inconclusive", f"{reason} But {why}."
    missing = len(values) - len(present)
    if value is not None and missing:
        reason += f" {missing} of {len(values)} runs have no value."
    interval, about_it = _interval(limit, present, lower, upper)
    reason += about_it
    return LimitResult(
        metric=limit.metric,
        statistic=limit.statistic,
        scenario=scenario,
        limit=limit.bound,
        value=value,
        interval=interval,
        n=len(present),
        verdict=verdict,
        reason=reason,
    )


def _estimate(present: Sequence[float], statistic: Statistic) -> float | None:
    if not present:
        return None
    if statistic in _EXTREMES:
        return max(present) if statistic == "max" else min(present)
    if statistic == "mean":
        return math.fsum(present) / len(present)
    return nearest_rank(present, _SHARES[statistic])


def _bounds(present: Sequence[float], statistic: Statistic) -> tuple[float | None, float | None]:
    """Both ends of the interval; an end is None where there are too few values for it."""
    if statistic in _SHARES:
        return percentile_bounds(present, _SHARES[statistic])
    if statistic != "mean":
        value = _estimate(present, statistic)
        return value, value
    if len(present) < MEAN_NEEDS:
        return None, None
    return percentile_ends(means(np.array(present), np.random.default_rng(0)))


def _interval(
    limit: Limit, present: Sequence[float], lower: float | None, upper: float | None
) -> tuple[tuple[float, float] | None, str]:
    """The interval as it is written, and what has to be said of it."""
    metric = BY_KEY[limit.metric]
    if present and limit.statistic == "mean" and metric.unit == "share" and not metric.clocked:
        return _of_a_share(present)
    exact = not metric.clocked or limit.statistic in _EXTREMES
    return None if exact or lower is None or upper is None else (lower, upper), ""


def _of_a_share(present: Sequence[float]) -> tuple[tuple[float, float] | None, str]:
    """The interval of the mean of shares, and what it is for: such a limit is judged by these runs, as all counts are,
    and the interval says how far other questions or runs may be from them."""
    if set(present) <= {0.0, 1.0}:
        interval = Proportion(math.fsum(present) / len(present), len(present)).wilson()
    elif len(present) < MEAN_NEEDS:
        return None, f" Judged by these runs; there is an interval from {MEAN_NEEDS} runs on."
    else:
        interval = percentile_ends(means(np.array(present), np.random.default_rng(0)))
    lower, upper = (formatted(end, "share") for end in interval)
    return interval, f" Judged by these runs; the 95 % interval for others like them is {lower} to {upper}."


def _if_broken(limit: Limit, present: Sequence[float], broken: int, verdict: _Verdict) -> _Verdict:
    """The verdict if every broken run had the value that contradicts it most."""
    beyond = math.inf if (verdict == "pass") != limit.from_below else -math.inf
    value = _estimate([*present, *[beyond] * broken], limit.statistic)
    if value is None or not limit.broken_by(value):
        return "pass"
    return "fail"


def _without_value(limit: Limit, values: Sequence[float | None]) -> tuple[_Verdict, str]:
    if not values:
        return "inconclusive", "No run of this limit was played."
    return "inconclusive", f"None of {len(values)} runs has a value for {limit.metric}."


def _verdict(limit: Limit, value: float, lower: float | None, upper: float | None, n: int) -> tuple[_Verdict, str]:
    unit = BY_KEY[limit.metric].unit
    said = (
        f"The {limit.statistic} of {n} runs is {formatted(value, unit)}" if n > 1 else f"It is {formatted(value, unit)}"
    )
    side = "below" if limit.from_below else "over"
    if not limit.broken_by(value):
        return "pass", f"{said}, not {side} the limit of {formatted(limit.bound, unit)}."
    said += f", {side} the limit of {formatted(limit.bound, unit)}"
    if not BY_KEY[limit.metric].clocked or limit.statistic in _EXTREMES:
        return "fail", f"{said}."
    nearest = upper if limit.from_below else lower
    if nearest is not None and limit.broken_by(nearest):
        return "fail", f"{said}, and so is the nearest end of its 95 % interval, {formatted(nearest, unit)}."
    if nearest is None:
        enough = MEAN_NEEDS if limit.statistic == "mean" else needed(_SHARES[limit.statistic])
        return "inconclusive", f"{said}, but so few runs have no interval: play {enough}."
    return "inconclusive", f"{said}, but its 95 % interval reaches to {formatted(nearest, unit)}: play more runs."
