"""The results of a suite as they are written to ``results.json``. These models are its schema.

``schema`` names the version; readers refuse any other. Times are in milliseconds; missing values are null. A run's
``metrics`` are measured on the target's plane, usually the wire; ``server_metrics`` come from the same functions on the
server's stamps, and ``truth`` from the same functions on the script. In a summary, ``ci95`` is the 95 % interval of
``p95``, and ``median_ci95`` that of the median. The same version may gain fields; no field is renamed or removed.
``docs/results.md`` is generated from these models.
"""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from evals.results.harness_figures import Harness
from evals.results.run import (
    CitationResult,
    ExpectationResult,
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
    "CitationResult",
    "ExpectationResult",
    "ExpectationTotal",
    "Interval",
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
    """The suite that was played. ``unfinished_runs`` counts the runs left out because the suite was stopped early.
    ``concurrency`` and ``deadline_s`` are null where recordings were scored."""

    name: str
    description: str
    concurrency: int | None
    loads: tuple[str, ...] = ()
    deadline_s: float | None
    warm_up_runs: int
    planned_runs: int
    unfinished_runs: int


class Target(Part):
    """The measured target. ``started_here``: the backend was started for this suite and stopped after it.

    ``plane`` names the clock of the runs' ``metrics``. For recordings it is the server's, ``url`` is their file or
    folder, and metrics that need the wire are null in every run. ``dialect`` is set for a target that is not a Playhead
    backend; such a target sends no times, so there are no ``server_metrics``.
    """

    url: str
    started_here: bool
    plane: Literal["wire", "server"] = "wire"
    dialect: str | None = None


class LimitResult(Part):
    """One limit and its verdict. ``scenario`` is null for a limit on all runs. ``limit`` is the highest value that
    ``statistic`` (median, p95, p99, max, min, mean) of ``metric`` may have where lower is better, else the lowest.
    ``interval`` is the 95 % interval of the value, null where n is too small for one or the value is exact. A limit on
    the mean of a share is judged by its value; the interval says how far other runs like these may be from it. ``load``
    names the load that is judged where the suite has several; each of them must keep the limit.
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
        """The runs that the limit applies to, in words."""
        return ", ".join(part for part in (self.scenario or "all runs", self.load) if part)


class MetricSummary(Part):
    """One metric over runs. ``n_missing`` counts the runs without a value, and all runs that could not be measured to
    their end."""

    n: int
    n_missing: int
    median: float | None
    p95: float | None
    ci95: Interval | None
    median_ci95: Interval | None


class MetricAgainstScript(Part):
    """One metric of one scenario, scripted and measured: medians over its runs.

    ``error`` is measured minus scripted, run by run; ``server_error`` is the same on the server's stamps and shows how
    far the server itself was from the script. Null where either value is missing; ``n`` counts the pairs.
    """

    scripted: float | None
    measured: float | None
    error: float | None
    server_error: float | None
    n: int


class LayerResult(Part):
    """Where the wait for a scenario's first token goes, medians in milliseconds.

    ``agent_ms``: from the run's acceptance to its first token, on the server's clock. ``wire_ms``: the time added for a
    client that reads the stream itself, from its request to the token's arrival. ``pages_ms``: the time that each UI
    adds to both, from the click on Ask to the frame that shows the first token. Only durations are subtracted, never
    stamps of two clocks; each difference is taken within one run.
    """

    scenario: str
    agent_ms: float
    wire_ms: float
    pages_ms: dict[str, float]


class ExpectationTotal(Part):
    """How often what a suite expects of answers came true, for one metric.

    ``label`` and ``value`` name the runs: those whose label of this name has this value, both null for all runs.
    ``runs`` counts the runs with a value, ``right`` those of them in which all is right (a share of 1; no citation of
    another subject) and ``some`` those in which anything is. ``parts`` and ``parts_right`` count the single numbers,
    texts or citations of these runs, null where a run has only one part. ``not_measured`` counts the runs that were
    expected to have a value and could not be measured to their end.
    """

    metric: str
    label: str | None
    value: str | None
    runs: int
    right: int
    some: int
    parts: int | None
    parts_right: int | None
    not_measured: int


class Verdict(Part):
    """The verdict in a sentence, with the exit code of the command: 0 pass, 1 fail (a run did not end as expected, or a
    limit failed), 2 inconclusive, stopped early, or nothing ran.
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
    expectations: tuple[ExpectationTotal, ...] = ()
    plans: tuple[PlanResult, ...] = ()
    runs: tuple[RunResult, ...]

    def to_json(self) -> str:
        """The text of results.json."""
        return self.model_dump_json(by_alias=True, indent=1)
