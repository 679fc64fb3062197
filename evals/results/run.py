"""One run as it stands in ``results.json``, and what it is made of. See ``evals.results.models`` for the whole file."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Interface = Literal["gradio", "streamlit"]
"""A UI whose page can be measured."""


MetricValues = dict[str, float | None]
"""Metrics by their keys, None where the run has no such value."""


class Part(BaseModel):
    """A part of the results: nothing of it changes once it is made."""

    model_config = ConfigDict(frozen=True)


class StepResult(Part):
    """One step of a run, in milliseconds from its start to its own end."""

    step_id: str
    step: str
    state: str
    parent_id: str | None
    wire_ms: float | None
    server_ms: float | None
    skew_ms: float | None
    self_ms: float | None
    planned_ms: float | None


class CitationResult(Part):
    """One citation's signed lag; null where the answer does not refer to it."""

    citation_id: str | None
    number: int | None
    known_ms: float
    marker_ms: float | None
    late: bool | None
    lag_ms: float | None
    lag_events: int | None
    lag_chars: int | None


class SilenceResult(Part):
    """The longest silent gap: when, and what was on screen meanwhile."""

    from_ms: float
    to_ms: float
    steps: tuple[str, ...]
    text_shown: bool


class ViolationResult(Part):
    """One broken rule."""

    rule: str
    seq: int
    message: str


class PageResult(Part):
    """What is known of a run's page beside its metrics, in milliseconds.

    ``clock_bracket_ms``: the page's clock was read within this much of the harness's, so a render delay is known to
    half of it. ``painted_events``: how many events could be identified on the page. ``end_out_of_view_ms``: how long
    the end of the growing answer was not in view of a reader who follows it; ``stuck_scroll``: it was out of view when
    the last letters came. ``notes``: what was not measured, and why.
    """

    clock_bracket_ms: float | None
    painted_events: int
    end_out_of_view_ms: float | None
    stuck_scroll: bool | None
    notes: tuple[str, ...]


class PlannedStepResult(Part):
    """A step of a plan, in milliseconds from the acceptance of the run, by the name that a report gives it."""

    label: str
    started_ms: float
    ended_ms: float


class PlanResult(Part):
    """What a perfect machine would have shown of a scripted run; ``done_ms`` is null for a script without a done."""

    steps: tuple[PlannedStepResult, ...]
    done_ms: float | None
    end_ms: float


class RunResult(Part):
    """One run. ``error`` is why it could not be measured to its end; ``surprises`` what was not expected of it.

    - ``group``: the name under which runs that were played alike are taken together: the scenario, with what was
      special about its runs
    - ``question``: what was asked
    - ``load``: the load it was played under ("closed 10", "poisson 5/s")
    - ``intended_ms``: how long after its scheduled start an open loop started it
    - ``transport``: how the run came: as the answer to the POST that starts it, or over ``GET /events`` after it
    - ``disturbance``: what the harness did to it (a cancel, a cut)
    - ``through``: the UI whose page was measured
    - ``recording``: its file in the folder of the results, null where none was written
    - ``source``: the file, below the target, that was scored in the place of a run
    - ``plan``: its plan, as the place in ``plans`` of the results, counted from 0; null where nobody can know one
    """

    run_id: str
    scenario: str
    agent: str
    repeat: int
    speed: float
    seed: int
    outcome: str | None
    expected: str
    as_expected: bool
    started: str
    metrics: MetricValues
    server_metrics: MetricValues
    truth: MetricValues | None
    steps: tuple[StepResult, ...]
    citations: tuple[CitationResult, ...]
    longest_silence: SilenceResult | None
    violations: tuple[ViolationResult, ...]
    surprises: tuple[str, ...]
    error: str | None
    group: str = ""
    question: str = ""
    load: str = ""
    tags: tuple[str, ...] = ()
    intended_ms: float | None = None
    transport: Literal["post", "events"] = "post"
    disturbance: str | None = None
    through: Interface | None = None
    recording: str | None = None
    source: str | None = None
    page: PageResult | None = None
    plan: int | None = None

    def value(self, metric: str) -> float | None:
        """The metric's value for statistics over runs: None where the run could not be measured to its end, since what
        it would have shown then is not known. A stream that breaks off early has short gaps, and no dangling marker.
        """
        return None if self.error is not None else self.metrics.get(metric)
