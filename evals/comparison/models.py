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


class Difference(_Part):
    """One metric in one scenario, or (``scenario`` null) over all of them: the mean of the scenarios' medians.

    ``interval`` is the 95 % bootstrap interval of ``difference``, ``p_value`` is adjusted for the whole comparison;
    both are null if a value is exact or the runs are too few. ``smallest_relevant``: the difference that must be
    exceeded for a verdict of better or worse.
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

    ``exit_code``: 1 if a metric is worse; 2 if a metric may be worse but is inconclusive, or if everything is; else 0.
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
    metrics: tuple[MetricComparison, ...]

    def to_json(self) -> str:
        """The text of comparison.json."""
        return self.model_dump_json(by_alias=True, indent=1)
