"""A measured run for assertions in tests: metrics by key, the answer, the steps, the broken rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.metrics.statistics import Summary, summarize
from backend.protocol.events import Event
from backend.yaml_lines.complaints import did_you_mean
from evals.files.recordings import recording_text
from evals.scoring.scored_run import ScoredRun


class NoSuchMetric(LookupError):
    """There is no metric of this name."""


class MissingValue(AssertionError):
    """The run has no value for the metric, so an assertion about it fails."""


@dataclass(frozen=True)
class MeasuredRun:
    """One run, measured on the wire. Times are milliseconds since the request was sent.

    ``run["ttft_ms"]`` is a metric's value and fails the test if the run has none; ``run.metrics`` has them all, None if
    missing.
    """

    scored: ScoredRun

    def __getitem__(self, key: str) -> float:
        """The value of a metric. Raises ``NoSuchMetric`` or ``MissingValue``."""
        value = self.metrics[_known(key, self.metrics)]
        if value is None:
            raise MissingValue(f"The run of {self.agent} has no {key}; it ended {self.outcome}.")
        return value

    @property
    def metrics(self) -> Mapping[str, float | None]:
        """Every metric of the run by its key."""
        return self.scored.result.metrics

    @property
    def run_id(self) -> str:
        """The run's id at the target."""
        return self.scored.result.run_id

    @property
    def agent(self) -> str:
        """The agent that answered."""
        return self.scored.result.agent

    @property
    def question(self) -> str:
        """The question."""
        return self.scored.result.question

    @property
    def outcome(self) -> str | None:
        """The outcome in the run's done, None without one."""
        return self.scored.result.outcome

    @property
    def error(self) -> str | None:
        """Why the run could not be measured to its end, in a sentence, else None."""
        return self.scored.result.error

    @property
    def surprises(self) -> Sequence[str]:
        """Deviations from the scenario's script and the agent's plan, a sentence each."""
        return self.scored.result.surprises

    @property
    def events(self) -> Sequence[Event]:
        """The events as a reader sees them: without duplicates, up to done."""
        return self.scored.wire.events

    @property
    def answer(self) -> str:
        """The whole text of the answer."""
        return "".join(token.text for token, _ in self.scored.wire.tokens)

    @property
    def step_ms(self) -> dict[str, float | None]:
        """The duration of each step on the wire, by its name; of a repeated step, the last one."""
        return {step.step: step.wire_ms for step in self.scored.result.steps}

    @property
    def broken_rules(self) -> Sequence[str]:
        """The violations of the six rules in the stream, a sentence each."""
        return tuple(violation.message for violation in self.scored.result.violations)

    def recording(self) -> str:
        """The run as a recording, which both UIs open in Replay."""
        return recording_text(self.scored)

    def __repr__(self) -> str:
        shown = {key: value for key, value in self.metrics.items() if value is not None}
        return f"<run of {self.agent}, ended {self.outcome}: {shown}>"


class MeasuredRuns(Sequence[MeasuredRun]):
    """Several runs of one agent on one question."""

    def __init__(self, runs: Sequence[MeasuredRun]) -> None:
        self._runs = tuple(runs)

    def __getitem__(self, index: int) -> MeasuredRun:  # type: ignore[override]
        return self._runs[index]

    def __len__(self) -> int:
        return len(self._runs)

    def summary(self, key: str) -> Summary:
        """A metric over the runs: median and p95 with their 95 % intervals, and the number of runs without a value.

        A run that could not be measured to its end counts as one without. Raises ``NoSuchMetric``.
        """
        return summarize([None if run.error else run.metrics[_known(key, run.metrics)] for run in self._runs])

    def __repr__(self) -> str:
        return f"<{len(self)} runs of {self._runs[0].agent if self._runs else 'nothing'}>"


def _known(key: str, metrics: Mapping[str, object]) -> str:
    if key in metrics:
        return key
    raise NoSuchMetric(f"There is no metric {key!r}{did_you_mean(key, metrics)}")
