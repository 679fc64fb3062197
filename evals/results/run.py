"""One run in ``results.json``, and its parts. See ``evals.results.models`` for the whole file."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Interface = Literal["gradio", "streamlit"]
"""A UI whose page can be measured."""


MetricValues = dict[str, float | None]
"""Metrics by their keys, None where the run has no such value."""


class Part(BaseModel):
    """A part of the results, immutable."""

    model_config = ConfigDict(frozen=True)


class StepResult(Part):
    """One step of a run; times are milliseconds from the step's start to its end."""

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
    """One citation with its signed lag, which is null where the answer does not refer to the citation."""

    citation_id: str | None
    number: int | None
    known_ms: float
    marker_ms: float | None
    late: bool | None
    lag_ms: float | None
    lag_events: int | None
    lag_chars: int | None


class SilenceResult(Part):
    """The longest silent gap: when it was, and what was on screen during it."""

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
    """Facts about the page of a run beside its metrics, in milliseconds.

    ``clock_bracket_ms``: the width within which the page's clock and the harness's were read, so a render delay is
    accurate to half of it. ``painted_events``: the number of events that could be identified on the page.
    ``end_out_of_view_ms``: how long the end of the growing answer was out of view for a reader who follows it.
    ``stuck_scroll``: whether the end was out of view when the last letters came. ``notes``: what was not measured, and
    why.
    """

    clock_bracket_ms: float | None
    painted_events: int
    end_out_of_view_ms: float | None
    stuck_scroll: bool | None
    notes: tuple[str, ...]


class PlannedStepResult(Part):
    """A step of a plan, in milliseconds from the acceptance of the run; ``label`` is its name in the report."""

    label: str
    started_ms: float
    ended_ms: float


class PlanResult(Part):
    """The plan of a scripted run: its times on a perfect machine. ``done_ms`` is null for a script without a done."""

    steps: tuple[PlannedStepResult, ...]
    done_ms: float | None
    end_ms: float


class ExpectationResult(Part):
    """What a suite knows to be right about the answer of a run, and what the run lacks of it.

    - ``sources``, ``subject``: globs over file names; both are the same unless the suite names a subject
    - ``numbers``, ``text``: what must stand in the answer or its artifacts
    - ``not_found``: whether nothing is there to be found; null where the run may say either
    - ``said_not_found``: whether the run says so
    - ``cited``: the names of the first files that the run cites, each once, in their order
    - ``foreign``: the names of the first files of another subject among those it cites
    - ``missing_numbers``, ``missing_text``: what stands nowhere
    """

    sources: tuple[str, ...]
    subject: tuple[str, ...]
    numbers: tuple[str, ...]
    text: tuple[str, ...]
    not_found: bool | None
    said_not_found: bool
    cited: tuple[str, ...]
    foreign: tuple[str, ...]
    missing_numbers: tuple[str, ...]
    missing_text: tuple[str, ...]


class RunResult(Part):
    """One run. ``error`` says why it could not be measured to its end; ``surprises`` lists what was not as expected.

    - ``group``: the name shared by runs that were played under the same conditions: the scenario, with the conditions
      that differ from its other groups
    - ``question``: the question that was asked
    - ``load``: the load it was played under ("closed 10", "poisson 5/s")
    - ``intended_ms``: how long after its scheduled start an open loop started it
    - ``transport``: how the run was read and steered: server-sent events as the answer to the POST that starts it, or
      over ``GET /events``, or the control channel
    - ``disturbance``: what the harness did to the run (a cancel, a cut, a pause, answers, a message)
    - ``through``: the UI whose page was measured
    - ``recording``: its file in the folder of the results, null where none was written
    - ``source``: the recording that was scored, as a path below the target
    - ``error_codes``: the codes of the errors that the stream itself reported, each once
    - ``labels``: what the suite calls the question by, such as its topic; results are grouped by them
    - ``expectation``: what the suite knows to be right about the answer, null where it says nothing
    - ``notes``: facts about the run that are not a fault of it
    - ``worker``: the worker that ran it, where the target has many machines
    - ``plan``: the index of its plan in ``plans`` of the results, from 0; null where no plan is known
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
    transport: Literal["post", "events", "websocket"] = "post"
    disturbance: str | None = None
    through: Interface | None = None
    recording: str | None = None
    source: str | None = None
    page: PageResult | None = None
    plan: int | None = None
    error_codes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    expectation: ExpectationResult | None = None
    worker: str | None = None

    def value(self, metric: str) -> float | None:
        """The metric's value for statistics over runs: None where the run could not be measured to its end, since
        part of a run looks better than the whole. A stream that breaks off early has short gaps and no dangling marker.
        """
        return None if self.error is not None else self.metrics.get(metric)
