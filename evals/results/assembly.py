"""From scored runs to results: summaries over runs, scripted against measured, and the verdict."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from backend.metrics.facts import PAGE_FACTS
from backend.metrics.registry import KEYS_WITHOUT_MEASURE
from backend.metrics.statistics import nearest_rank, summarize
from evals.playing.harness import Lag, delivery_jitter, kernel_lag, machine, versions
from evals.playing.runner import Session
from evals.results import models as schema
from evals.results.groups import with_groups
from evals.results.judged_limits import judge_limits
from evals.results.layers import layers
from evals.results.stored_calibration import calibrated_error
from evals.results.verdict import judge
from evals.scoring.continuation import told
from evals.scoring.scored_run import ScoredRun, start_delay_ms
from evals.suites.suite import Suite

JITTER_BASIS = (
    "Delivery jitter: each event's arrival minus the server's own stamp, less the smallest such difference of "
    "its run. It holds everything that delays one event more than another, from the server's write to the "
    "harness's loop; the constant part of the way is not in it. Pooled over all events of all runs."
)
KERNEL_BASIS = (
    "Each chunk's arrival in the harness minus the moment at which the kernel had received it. It holds what the "
    "harness's own loop and reading cost, and nothing of the server. Pooled over all chunks of all runs."
)


_NOT_SCRIPTED = frozenset({"connect_ms", *KEYS_WITHOUT_MEASURE, *(fact.key for fact in PAGE_FACTS)})
"""What no script says of its run."""


def assemble(suite: Suite, target: schema.Target, session: Session, scored: Sequence[ScoredRun]) -> schema.Results:
    """Everything that is written of a session, in the order in which it was played."""
    runs = with_groups([run_result(run) for run in scored])
    harness = _harness(session, scored)
    limits = judge_limits(suite, runs, harness)
    return schema.Results(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        suite=schema.SuiteInfo(
            name=suite.suite,
            description=suite.description,
            concurrency=None if suite.load else suite.concurrency,
            loads=tuple(str(load) for load in suite.load),
            deadline_s=suite.deadline_s,
            warm_up_runs=session.warm_up_runs,
            planned_runs=len(session.runs) + session.unfinished,
            unfinished_runs=session.unfinished,
        ),
        target=target,
        verdict=judge(runs, session.unfinished, limits),
        harness=harness,
        limits=limits,
        machine=dict(machine()),
        versions=versions(),
        summary=summarized(runs),
        scenarios={name: against_script(group) for name, group in _scored_by_group(runs, scored).items()},
        layers=layers(scored),
        runs=runs,
    )


def _scored_by_group(runs: Sequence[schema.RunResult], scored: Sequence[ScoredRun]) -> dict[str, list[ScoredRun]]:
    found: dict[str, list[ScoredRun]] = {}
    for run, of_run in zip(runs, scored, strict=True):
        found.setdefault(run.group, []).append(of_run)
    return found


def against_script(runs: Sequence[ScoredRun]) -> dict[str, schema.MetricAgainstScript]:
    """Each metric of one scenario's runs against its script; empty for a scenario without known truth."""
    if any(run.truth is None for run in runs):
        return {}
    found = {}
    for key in _keys(runs):
        if key in _NOT_SCRIPTED:
            continue
        scripted = [run.truth[key] for run in runs if run.truth is not None]
        measured = [run.metrics[key] for run in runs]
        errors = _differences(measured, scripted)
        found[key] = schema.MetricAgainstScript(
            scripted=_median(scripted),
            measured=_median(measured),
            error=_rounded(_median(errors)),
            server_error=_rounded(_median(_differences([run.server_metrics[key] for run in runs], scripted))),
            n=len(errors),
        )
    return found


def _median(values: Sequence[float | None]) -> float | None:
    return nearest_rank([value for value in values if value is not None], 0.5)


def _differences(values: Sequence[float | None], from_values: Sequence[float | None]) -> list[float]:
    pairs = zip(values, from_values, strict=True)
    return [value - base for value, base in pairs if value is not None and base is not None]


def _keys(runs: Sequence[ScoredRun]) -> list[str]:
    return list(runs[0].metrics) if runs else []


def summarized(runs: Sequence[schema.RunResult]) -> dict[str, schema.MetricSummary]:
    """Every metric over the runs that can have it: what is measured in pages only is not missing in the others."""
    keys = dict.fromkeys(key for run in runs for key in run.metrics)
    return {
        key: schema.MetricSummary(**asdict(summarize([run.value(key) for run in runs if key in run.metrics])))
        for key in keys
    }


def _harness(session: Session, scored: Sequence[ScoredRun]) -> schema.Harness:
    effort = session.effort
    direct = [run for run in scored if run.through is None]
    jitter = _figures(delivery_jitter(run.wire for run in direct if run.server.events))
    lag = kernel_lag(capture for run in direct for capture in run.played.captures)
    kernel = None if lag is None else _figures(lag)
    return schema.Harness(
        receive_lag_ms=kernel or jitter,
        receive_lag_basis=KERNEL_BASIS if kernel else JITTER_BASIS,
        kernel_lag_ms=kernel,
        delivery_jitter_ms=jitter,
        loop_lag_ms=_figures(Lag.of(effort.loop_lag_ms)),
        cpu_share=effort.cpu_share,
        cpu_pressure=effort.cpu_pressure,
        load={"before": effort.load_before, "after": effort.load_after},
        lasted_s=round(effort.lasted_s, 3),
        calibration=calibrated_error(session.most_at_once),
    )


def _figures(lag: Lag) -> schema.LagFigures:
    return schema.LagFigures(**asdict(lag))


def run_result(run: ScoredRun) -> schema.RunResult:
    """One run as it is written."""
    entry = run.played.play.entry
    return schema.RunResult(
        run_id=run.run_id,
        scenario=entry.scenario,
        agent=entry.agent,
        repeat=run.played.repeat,
        speed=entry.speed,
        seed=entry.seed,
        outcome=run.outcome,
        expected=run.played.play.expected,
        as_expected=run.as_expected,
        started=run.played.started,
        metrics=run.metrics,
        server_metrics=run.server_metrics,
        truth=run.truth,
        steps=tuple(schema.StepResult(**_rounded_fields(asdict(step))) for step in run.steps),
        citations=tuple(schema.CitationResult(**_rounded_fields(asdict(lag))) for lag in run.citations),
        longest_silence=None if run.silence is None else schema.SilenceResult(**_rounded_fields(asdict(run.silence))),
        violations=tuple(schema.ViolationResult(**asdict(found)) for found in run.violations),
        surprises=run.surprises,
        error=run.error,
        question=run.played.play.question,
        load=run.played.load,
        intended_ms=_rounded(start_delay_ms(run.played)),
        tags=entry.tags,
        transport=entry.transport,
        disturbance=_disturbance(run),
        through=run.through,
        page=None if run.page is None else schema.PageResult(**asdict(run.page)),
    )


def _disturbance(run: ScoredRun) -> str | None:
    """What the harness did to the run on purpose, and when."""
    asked, carried = run.played.play.entry.disturbance, run.played.carried
    return asked if asked is None or carried is None else told(asked, carried, run.wire)


def _rounded_fields(fields: dict[str, object]) -> dict[str, object]:
    return {name: _rounded(value) if isinstance(value, float) else value for name, value in fields.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
