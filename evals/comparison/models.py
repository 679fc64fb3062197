"""A comparison as it is written: ``comparison.json`` (these models are its schema). Values are in the metric's unit,
times in milliseconds, differences are B minus A, missing values null.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from evals.results.models import Interval

SCHEMA: Literal["playhead.comparison/1"] = "playhead.comparison/1"

Verdict = Literal["better", "worse", "same", "inconclusive"]
"""The verdict on B, compared with A."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class ComparedSide(_Part):
    """One of the two results."""

    name: str
    created_at: str
    runs: int
    machine: str
    versions: dict[str, str]


class RunsBeyond(_Part):
    """The number of runs of each result beyond ``bound``, null where that is different in each scenario.

    For times the bound is far beyond the usual; for counts it is 0, for shares 1 where higher is better. A metric
    without a better way counts the runs that differ from the usual value. ``difference`` is that of the shares of
    runs, B minus A, ``interval`` its 95 % interval (Newcombe's), ``p_value`` adjusted for the whole comparison,
    ``exact_p_value`` that of Fisher's exact test on these four numbers alone, or of McNemar's where every scenario was
    played once.
    """

    bound: float | None
    a: int
    of_a: int
    b: int
    of_b: int
    difference: float
    interval: Interval
    p_value: float
    exact_p_value: float


class TailDifference(_Part):
    """The 95th percentiles of a time, from 72 runs a side on; ``interval`` is the 95 % bootstrap interval of
    ``difference``.
    """

    a: float
    b: float
    difference: float
    interval: Interval


class Difference(_Part):
    """One metric in one scenario, or (``scenario`` null) over all of them.

    ``a`` and ``b``: of times the median, over all scenarios the mean of the scenarios' medians; of counts and shares
    the mean over runs. ``total_a`` and ``total_b``: the sum over runs, of counts and of shares that are 0 or 1.
    Scenarios that were played once on each side have one entry together, with means also of times.
    ``interval`` is the 95 % interval of ``difference``, ``p_value`` adjusted for the whole comparison; both
    null where a value is exact or the runs are too few. ``smallest_relevant``: what a difference must exceed to be
    called one. ``runs_that_tell``: about how many runs a side, in all scenarios that this covers together, would decide
    what is inconclusive; null where none would.
    """

    scenario: str | None
    verdict: Verdict
    a: float | None
    b: float | None
    difference: float | None
    interval: Interval | None
    p_value: float | None
    smallest_relevant: float
    n_a: int
    n_b: int
    reason: str
    at_risk: bool = False
    """It may be worse, but the comparison is inconclusive."""
    total_a: float | None = None
    total_b: float | None = None
    beyond: RunsBeyond | None = None
    tail: TailDifference | None = None
    runs_that_tell: int | None = None
    decided_by: Literal["level", "runs"] = "level"
    """Whether the middle of the values decided, or the share of runs beyond the bound."""


class FailureKind(_Part):
    """One way in which runs fail, such as "no end (done never came)", "rule done-last broken", "step searching failed"
    or "completed without any text": in how many runs of each result. ``is_new``: no run of A failed so. ``scenarios``:
    where it happened in B. ``p_value`` is adjusted for everything that was compared.
    """

    kind: str
    verdict: Verdict
    a: int
    of_a: int
    b: int
    of_b: int
    p_value: float
    exact_p_value: float
    is_new: bool
    scenarios: tuple[str, ...]


class MetricComparison(_Part):
    """One metric. ``missing_a`` and ``missing_b`` count runs without a value; ``worse_in`` and ``better_in`` name
    scenarios.
    """

    metric: str
    verdict: Verdict
    reason: str
    overall: Difference
    scenarios: tuple[Difference, ...]
    worse_in: tuple[str, ...]
    better_in: tuple[str, ...]
    missing_a: int
    missing_b: int

    @property
    def at_risk(self) -> bool:
        """True if it may be worse, while the comparison is inconclusive."""
        return self.verdict == "inconclusive" and (self.overall.at_risk or any(row.at_risk for row in self.scenarios))


class Comparison(_Part):
    """A whole comparison. ``doubts`` are the reasons why no time can be judged, ``notes`` are further notes for a
    reader.

    ``exit_code``: 1 some metric or kind of failure is worse; 2 a metric may be worse by more than counts as the same,
    a kind of failure is new in B and too rare to be called worse, or nothing can be judged; else 0, even where some
    metrics are inconclusive. ``failures``: every kind of failure of either result, those of B that A never had first.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    schema_version: Literal["playhead.comparison/1"] = Field(default=SCHEMA, alias="schema")
    suite: str
    a: ComparedSide
    b: ComparedSide
    exit_code: Literal[0, 1, 2]
    sentence: str
    verdicts: dict[str, Verdict]
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    failures: tuple[FailureKind, ...] = ()
    metrics: tuple[MetricComparison, ...]

    def to_json(self) -> str:
        """The text of comparison.json."""
        return self.model_dump_json(by_alias=True, indent=1)
