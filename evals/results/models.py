"""The results of a suite as they are written: ``results.json``, of which these models are the schema.

``schema`` names the version; a reader refuses another one. Times are milliseconds, missing values null. A run's
``metrics`` are on the target's plane, as a rule the wire's; ``server_metrics`` are the same functions on the server's
stamps, ``truth`` on the script's. Of a summary, ``ci95`` is the 95 % interval of ``p95``, ``median_ci95`` that of the
median. Fields may be added under the same version; none is renamed or removed. ``docs/results.md`` is made of this.
"""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from evals.results.run import (
    CitationResult,
    PageResult,
    Part,
    PlannedStepResult,
    PlanResult,
    RunResult,
    SilenceResult,
    StepResult,
    ViolationResult,
)

__all__ = [
    "SCHEMA",
    "CalibratedError",
    "CitationResult",
    "Harness",
    "Interval",
    "LagFigures",
    "LayerResult",
    "LimitResult",
    "MetricAgainstScript",
    "MetricSummary",
    "PageResult",
    "PlanResult",
    "PlannedStepResult",
    "Results",
    "RunResult",
    "SilenceResult",
    "StepResult",
    "SuiteInfo",
    "Target",
    "Verdict",
    "ViolationResult",
]

SCHEMA: Literal["playhead.results/1"] = "playhead.results/1"

Interval = tuple[float, float]


class SuiteInfo(Part):
    """Which suite was played. ``unfinished_runs`` are those a stop from outside left out. ``concurrency`` and
    ``deadline_s`` are null where recordings were scored."""

    name: str
    description: str
    concurrency: int | None
    loads: tuple[str, ...] = ()
    deadline_s: float | None
    warm_up_runs: int
    planned_runs: int
    unfinished_runs: int


class Target(Part):
    """What was measured. ``started_here``: the backend was started for this suite and stopped after it.

    ``plane`` says on whose clock the runs' ``metrics`` are. Of recordings (``url`` is then their file or folder) it is
    the server's: what only the wire knows is null in every run. ``dialect`` is set for a target that is not a
    Playhead backend; such a target sends no times, so there are no ``server_metrics``.
    """

    url: str
    started_here: bool
    plane: Literal["wire", "server"] = "wire"
    dialect: str | None = None


class LagFigures(Part):
    """Delays in milliseconds, pooled over all runs."""

    p50: float | None
    p99: float | None
    max: float | None
    n: int


class ErrorFigures(Part):
    """What times are off by, in milliseconds. ``p99`` is null with fewer than 368 values, which could not give it an
    interval.
    """

    median: float
    p99: float | None
    n: int


class Calibration(Part):
    """The harness at one concurrency against a server with known timing; see ``evals.calibration.calibration``."""

    concurrency: int
    n: int
    ttft_error_ms: ErrorFigures
    gap_error_ms: ErrorFigures
    ttft_beyond_due_ms: ErrorFigures
    receive_lag_ms: ErrorFigures | None
    loop_lag_ms: ErrorFigures
    cpu_share: float | None
    cpu_pressure: float | None


class CalibratedError(Part):
    """What ``playhead bench calibrate`` measured on this machine, at the concurrency nearest to the suite's:
    the harness's total error against a server with known timing, in milliseconds.
    """

    concurrency: int
    n: int
    ttft_error_median_ms: float
    ttft_error_p99_ms: float | None
    gap_error_median_ms: float | None
    gap_error_p99_ms: float | None
    measured_at: str


class Harness(Part):
    """The harness's own error and effort. ``load`` is the machine's one-minute load average, before and
    after; ``cpu_pressure`` the share of the time in which some task had to wait for a core, null where
    the system does not tell. ``kernel_lag_ms`` is our stamp minus the kernel's receive stamp, null where
    there is none. All is null where nothing was measured here, but recordings were scored.
    """

    receive_lag_ms: LagFigures
    receive_lag_basis: str
    kernel_lag_ms: LagFigures | None = None
    delivery_jitter_ms: LagFigures | None = None
    loop_lag_ms: LagFigures
    cpu_share: float | None
    cpu_pressure: float | None = None
    load: dict[str, float | None]
    lasted_s: float | None
    calibration: CalibratedError | None = None


class LimitResult(Part):
    """One limit, judged. ``scenario`` is null for all runs; ``limit`` bounds ``statistic`` (median, p95, p99,
    max, min, mean) of ``metric`` from above where lower is better, else from below. ``interval`` is the 95 %
    interval of the value, null where n is too small for one or the value is exact. ``load`` names the load it was
    judged under where there are several, each of which has to keep it.
    """

    metric: str
    statistic: str
    scenario: str | None
    limit: float
    value: float | None
    interval: Interval | None
    n: int
    verdict: Literal["pass", "fail", "inconclusive"]
    reason: str
    load: str | None = None

    @property
    def concerns(self) -> str:
        """Which runs it is about, in words."""
        return ", ".join(part for part in (self.scenario or "all runs", self.load) if part)


class MetricSummary(Part):
    """One metric over runs. ``n_missing`` counts the runs without a value, and those that could not be measured to
    their end, whatever they have."""

    n: int
    n_missing: int
    median: float | None
    p95: float | None
    ci95: Interval | None
    median_ci95: Interval | None


class MetricAgainstScript(Part):
    """One metric of one scenario, medians over its runs: what the script says and what was measured.

    ``error`` is measured minus scripted, run by run; ``server_error`` is the same on the server's own
    stamps, so it shows how far the server itself was from the script. None where either is missing;
    ``n`` counts the pairs.
    """

    scripted: float | None
    measured: float | None
    error: float | None
    server_error: float | None
    n: int


class LayerResult(Part):
    """Where the wait for a scenario's first token goes, medians in milliseconds.

    ``agent_ms``: from the run's acceptance to its first token, on the server's clock. ``wire_ms``: what a client adds
    that reads the stream itself, from its request to the token's arrival. ``pages_ms``: what each UI adds to both, from
    the click on Ask to the frame that shows the first token. Only durations are subtracted, never stamps of two clocks;
    each difference is taken within one run.
    """

    scenario: str
    agent_ms: float
    wire_ms: float
    pages_ms: dict[str, float]


class Verdict(Part):
    """The end of it in a sentence, with the exit code of the command: 0 pass, 1 fail (a run not as expected,
    or a limit failed), 2 inconclusive, stopped early, or nothing ran.
    """

    exit_code: Literal[0, 1, 2]
    sentence: str
    as_expected: int
    unexpected: int


class Results(Part):
    """A whole results.json."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_version: Literal["playhead.results/1"] = Field(default=SCHEMA, alias="schema")
    created_at: str
    suite: SuiteInfo
    target: Target
    verdict: Verdict
    harness: Harness
    machine: dict[str, Any]
    versions: dict[str, str]
    summary: dict[str, MetricSummary]
    scenarios: dict[str, dict[str, MetricAgainstScript]]
    limits: tuple[LimitResult, ...] = ()
    layers: tuple[LayerResult, ...] = ()
    plans: tuple[PlanResult, ...] = ()
    runs: tuple[RunResult, ...]

    def to_json(self) -> str:
        """The text of results.json."""
        return self.model_dump_json(by_alias=True, indent=1)
