"""The tables of single runs and of steps."""

from backend.metrics.statistics import nearest_rank
from backend.present.metric_text import difference, milliseconds
from evals.report.cells import Cell, Table, anchor, run_cell, titled, value, words
from evals.scoring import ScoredRun, StepLatency


def steps(scenarios: dict[str, list[ScoredRun]]) -> Table:
    """The latency of every step on both planes: medians over runs."""
    rows = []
    for name, runs in scenarios.items():
        seen: dict[tuple[str, str], list[StepLatency]] = {}
        for run in runs:
            for step in run.steps:
                seen.setdefault((step.step, step.step_id), []).append(step)
        for (step_name, step_id), found in seen.items():
            label = step_name if step_id == step_name else f"{step_name} ({step_id})"
            rows.append([words(name, href=f"#run-{anchor(name)}"), words(label), *_step_cells(found)])
    heads = ("Scenario", "Step", "Wire", "Server", "Skew", "Self time", "Scripted", "Times")
    return Table("From a step's start to its own end", titled(heads, words_in_front=2), rows)


def _step_cells(found: list[StepLatency]) -> list[Cell]:
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


def slowest(scenarios: dict[str, list[ScoredRun]], limit: int = 5) -> Table:
    """The runs that took longest from the request to done."""
    ended = [
        (took, name, run)
        for name, runs in scenarios.items()
        for run in runs
        if (took := run.metrics["e2e_ms"]) is not None
    ]
    ended.sort(key=lambda row: row[0], reverse=True)
    keys = ("e2e_ms", "ttft_ms", "unattributed_ms", "stalled_ms")
    rows = [[run_cell(name, run), *(value(key, run.metrics[key]) for key in keys)] for _, name, run in ended[:limit]]
    heads = ("Run", "End to end", "First token", "Unattributed", "Stalled")
    return Table("Slowest runs", titled(heads, words_in_front=1), rows)


def longest_silences(scenarios: dict[str, list[ScoredRun]], limit: int = 5) -> Table:
    """The runs with the longest silent gaps, and what a reader saw meanwhile."""
    silent = [(run.silence, name, run) for name, runs in scenarios.items() for run in runs if run.silence]
    silent.sort(key=lambda row: row[0].lasted_ms, reverse=True)
    rows = []
    for silence, name, run in silent[:limit]:
        seen = ", ".join(silence.steps) or "no step"
        seen += "; part of the answer" if silence.text_shown else "; no text yet"
        rows.append(
            [
                run_cell(name, run),
                Cell(milliseconds(silence.lasted_ms)),
                Cell(f"{milliseconds(silence.from_ms)} to {milliseconds(silence.to_ms)}", "muted"),
                words(seen),
            ]
        )
    heads = (("Run", False), ("Silence", True), ("When", True), ("On screen", False))
    return Table("Longest silences", heads, rows)
