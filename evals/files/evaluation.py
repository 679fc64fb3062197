"""An evaluation, before it is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.files.events_parquet import EventBatch, event_batch
from evals.results.models import Results
from evals.scoring.scored_run import ScoredRun

RUNS_AT_A_TIME = 100


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The results, and the scored runs with the events that they were measured from. Runs of recordings are read again
    at each access: access them once."""

    results: Results
    runs: Sequence[ScoredRun]
    packed: Sequence[EventBatch] | None = None
    """The events of ``runs``, packed during scoring, if there are too many to keep them as objects."""

    def event_batches(self) -> Iterator[EventBatch]:
        """Every event of every run, in the order of the runs."""
        if self.packed is not None:
            yield from self.packed
            return
        for start in range(0, len(self.runs), RUNS_AT_A_TIME):
            yield event_batch(self.runs[start : start + RUNS_AT_A_TIME])
