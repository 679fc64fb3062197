"""The tables of single runs and of steps."""

from collections.abc import Mapping, Sequence

from backend.metrics.registry import BY_KEY
from backend.metrics.statistics import nearest_rank
from backend.present.words.metric_text import difference, formatted, milliseconds
from evals.report.cells import Cell, ReportTable, group_cell, run_name, titled, value, words
from evals.report.choice import RunChoice
from evals.results.models import RunResult, StepResult

MOST_STEP_ROWS = 400
"""Rows of the table of steps; results.json has every step of every run."""


def steps(groups: Mapping[str, Sequence[RunResult]]) -> ReportTable:
    """The latency of every step on both planes: medians over runs."""
    rows = []
    for name, runs in groups.items():
        seen: dict[tuple[str, str], list[StepResult]] = {}
        for run in runs:
            for step in run.steps:
                seen.setdefault((step.step, step.step_id), []).append(step)
        for (step_name, step_id), found in seen.items():
            label = step_name if step_id == step_name else f"{step_name} ({step_id})"
            rows.append([group_cell(name), words(label), *_step_cells(found)])
    heads = ("Scenario", "Step", "Wire", "Server", "Skew", "Self time", "Scripted", "Times")
    caption = "From a step's start to its own end"
    if len(rows) > MOST_STEP_ROWS:
        caption += f"; the first {MOST_STEP_ROWS} of {len(rows):,}, all of them are in results.json"
    return ReportTable(caption, titled(heads, words_in_front=2), rows[:MOST_STEP_ROWS])


def _step_cells(found: list[StepResult]) -> list[Cell]:
    def median(values: list[float | None]) -> float | None:
        return nearest_rank([number for number in values if number is not None], 0.5)

    def duration(values: list[float | None]) -> Cell:
        middle = median(values)
        return Cell(milliseconds(middle), "muted" if middle is None else "")

    return [
        duration([step.wire_ms for step in found]),
        duration([step.server_ms for step in found]),
        Cell(difference(median([step.skew_ms for step in found]), "ms")),
        duration([step.self_ms for step in found]),
        duration([step.planned_ms for step in found]),
        Cell(str(len(found)), "muted"),
    ]


def slowest(runs: Sequence[RunResult], choice: RunChoice) -> ReportTable:
    """The runs with the longest time from the request to done, and where there are many machines, their workers."""
    many = any(run.worker for run in runs)
    keys = ("e2e_ms", "ttft_ms", "unattributed_ms", "stalled_ms")
    rows = [
        [_run_cell(place, runs, choice), *(value(key, runs[place].metrics.get(key)) for key in keys),
         *([words(runs[place].worker or "", "muted")] if many else []), _recording_cell(runs[place])]
        for place in choice.slowest
    ]  # fmt: skip
    heads = (
        *titled(("Run", "End to end", "First token", "Unattributed", "Stalled"), 1),
        *many * [("Worker", False)],
        ("Recording", False),
    )
    return ReportTable("Slowest runs", heads, rows)


def longest_silences(runs: Sequence[RunResult], choice: RunChoice) -> ReportTable:
    """The runs with the longest silent gaps, and the view of a reader during them."""
    rows = []
    for place in choice.most_silent:
        run, silence = runs[place], runs[place].longest_silence
        if silence is None:
            continue
        seen = ", ".join(silence.steps) or "no step"
        seen += "; part of the answer" if silence.text_shown else "; no text yet"
        rows.append(
            [
                _run_cell(place, runs, choice),
                Cell(milliseconds(silence.to_ms - silence.from_ms)),
                Cell(f"{milliseconds(silence.from_ms)} to {milliseconds(silence.to_ms)}", "muted"),
                words(seen),
                _recording_cell(run),
            ]
        )
    heads = (("Run", False), ("Silence", True), ("When", True), ("On screen", False), ("Recording", False))
    return ReportTable("Longest silences", heads, rows)


def strangest(runs: Sequence[RunResult], choice: RunChoice) -> ReportTable:
    """The runs that are least like the others of their scenario, with the metric that shows it."""
    rows = []
    for place in choice.strangest:
        found = choice.strangeness[place]
        unit = BY_KEY[found.metric].unit
        rows.append(
            [
                _run_cell(place, runs, choice),
                words(BY_KEY[found.metric].label, href=f"#term-{found.metric}"),
                Cell(formatted(found.value, unit)),
                Cell(formatted(found.median, unit), "muted"),
                Cell(f"{found.distance:,.0f} spreads"),
                _recording_cell(runs[place]),
            ]
        )
    heads = (*titled(("Run", "Metric", "Its value", "Median of its scenario", "Away"), 2), ("Recording", False))
    return ReportTable("Strangest runs", heads, rows)


def _run_cell(place: int, runs: Sequence[RunResult], choice: RunChoice) -> Cell:
    """The name of a run, as a link to its waterfall if it has one."""
    return words(run_name(runs[place]), href=f"#run-{place}" if place in choice.shown else "")


def _recording_cell(run: RunResult) -> Cell:
    """The run's recording, as a link to the file beside the report."""
    if run.recording is None:
        return words("–", "muted")
    return words(run.recording.rpartition("/")[2], href=run.recording)
