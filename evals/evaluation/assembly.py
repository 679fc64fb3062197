"""From scored runs to results: summaries over runs, scripted against measured, and the verdict."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from backend.metrics.facts import PAGE_FACTS
from backend.metrics.registry import KEYS_WITHOUT_MEASURE
from backend.metrics.statistics import nearest_rank, rounded, summarize
from backend.present.timeline.facts import planned_times
from evals.calibration.stored_calibration import calibrated_error
from evals.playing.harness import delivery_jitter, kernel_lag, lag_figures, machine, versions
from evals.playing.runner import PlayedSuite
from evals.results import models as schema
from evals.results.expectation_totals import expectation_totals
from evals.results.groups import by_group, with_groups
from evals.results.harness_figures import Harness
from evals.results.judged_limits import judge_limits
from evals.results.layers import layers
from evals.results.verdict import judge
from evals.scoring.scored_run import ScoredRun
from evals.suites.suite import Suite

JITTER_BASIS = (
    "Delivery jitter: each event's arrival minus the server's own stamp, less the smallest such difference of "
    "its run. It includes everything that delays one event more than another, from the server's write to the "
    "harness's loop; the constant part of the way is not in it. Pooled over all events of all runs."
)
KERNEL_BASIS = (
    "Each chunk's arrival in the harness minus the moment at which the kernel had received it. It includes what "
    "the harness's own loop and reading cost, and nothing of the server. Pooled over all chunks of all runs."
)


_NOT_SCRIPTED = frozenset({"connect_ms", *KEYS_WITHOUT_MEASURE, *(fact.key for fact in PAGE_FACTS)})
"""Values that no script predicts."""


def assemble(suite: Suite, target: schema.Target, played: PlayedSuite, scored: Sequence[ScoredRun]) -> schema.Results:
    """All results of a suite, in the order in which it was played."""
    plans: dict[schema.PlanResult, int] = {}
    runs = with_groups([_with_plan(run, plans) for run in scored])
    harness, here = _harness(played, scored), machine()
    limits = judge_limits(suite, runs, harness, here["usable_cores"])
    return schema.Results(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        suite=schema.SuiteInfo(
            name=suite.suite,
            description=suite.description,
            concurrency=None if suite.load else suite.concurrency,
            loads=tuple(str(load) for load in suite.load),
            deadline_s=suite.deadline_s,
            warm_up_runs=played.warm_up_runs,
            planned_runs=len(played.runs) + played.unfinished,
            unfinished_runs=played.unfinished,
        ),
        target=target,
        verdict=judge(runs, played.unfinished, limits),
        harness=harness,
        limits=limits,
        machine=dict(here),
        versions=versions(),
        summary=summarized(runs),
        scenarios={name: against_script(group) for name, group in by_group(runs).items()},
        layers=layers(runs),
        expectations=expectation_totals(runs),
        plans=tuple(plans),
        runs=runs,
    )


def _with_plan(run: ScoredRun, plans: dict[schema.PlanResult, int]) -> schema.RunResult:
    """The run's result with the index of its plan in ``plans``, to which the plan is added unless it is there
    already."""
    if run.plan is None:
        return run.result
    plan = schema.PlanResult.model_validate(asdict(planned_times(run.plan.events)))
    return run.result.model_copy(update={"plan": plans.setdefault(plan, len(plans))})


def against_script(runs: Sequence[schema.RunResult]) -> dict[str, schema.MetricAgainstScript]:
    """Each metric of one scenario's runs against its script; empty for a scenario without known truth."""
    if any(run.truth is None for run in runs):
        return {}
    found = {}
    for key in runs[0].metrics:
        if key in _NOT_SCRIPTED:
            continue
        scripted = [run.truth[key] for run in runs if run.truth is not None]
        measured = [run.metrics[key] for run in runs]
        errors = _differences(measured, scripted)
        found[key] = schema.MetricAgainstScript(
            scripted=_median(scripted),
            measured=_median(measured),
            error=rounded(_median(errors)),
            server_error=rounded(_median(_differences([run.server_metrics[key] for run in runs], scripted))),
            n=len(errors),
        )
    return found


def _median(values: Sequence[float | None]) -> float | None:
    return nearest_rank([value for value in values if value is not None], 0.5)


def _differences(values: Sequence[float | None], from_values: Sequence[float | None]) -> list[float]:
    pairs = zip(values, from_values, strict=True)
    return [value - base for value, base in pairs if value is not None and base is not None]


def summarized(runs: Sequence[schema.RunResult]) -> dict[str, schema.MetricSummary]:
    """Every metric over the runs that can have it: values measured only in pages are not missing in other runs."""
    keys = dict.fromkeys(key for run in runs for key in run.metrics)
    return {
        key: schema.MetricSummary(**asdict(summarize([run.value(key) for run in runs if key in run.metrics])))
        for key in keys
    }


def _harness(played: PlayedSuite, scored: Sequence[ScoredRun]) -> Harness:
    effort = played.effort
    jitter = delivery_jitter(run.wire for run in scored if run.result.through is None and run.server.events)
    kernel = kernel_lag(part.capture for run in played.runs for part in run.connections.parts)
    return Harness(
        receive_lag_ms=kernel or jitter,
        receive_lag_basis=KERNEL_BASIS if kernel else JITTER_BASIS,
        kernel_lag_ms=kernel,
        delivery_jitter_ms=jitter,
        send_delay_ms=lag_figures([late for run in played.runs if (late := run.send_delay_ms) is not None]),
        loop_lag_ms=lag_figures(effort.loop_lag_ms),
        cpu_share=effort.cpu_share,
        cpu_pressure=effort.cpu_pressure,
        load={"before": effort.load_before, "after": effort.load_after},
        lasted_s=round(effort.lasted_s, 3),
        calibration=calibrated_error(played.most_at_once),
    )
