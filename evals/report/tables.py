"""The report's tables as plain cells; the template escapes every one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from backend.present.durations import NO_VALUE
from evals.metrics.registry import BY_KEY, METRICS
from evals.report.numbers import difference, formatted, interval, milliseconds
from evals.results import MetricAgainstScript, Results
from evals.scoring import ScoredRun
from evals.statistics import nearest_rank, needed

Tone = Literal["", "good", "bad", "caution", "muted"]

AGAINST_SCRIPT = (
    "ttfs_ms",
    "ttft_ms",
    "e2e_ms",
    "longest_gap_ms",
    "token_gap_median_ms",
    "dangling_exposure_marker_ms",
)
"""The metrics of the table of measured against scripted; every other one is in results.json."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, how it is set, and a link to a place of the page."""

    text: str
    tone: Tone = ""
    number: bool = True
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Column heads (text, whether numbers stand below) and rows."""

    caption: str
    heads: tuple[tuple[str, bool], ...]
    rows: list[list[Cell]]


def words(text: str, tone: Tone = "", href: str = "") -> Cell:
    """A cell of text."""
    return Cell(text, tone, number=False, href=href)


def value(key: str, number: float | None, *, alarm: bool = False) -> Cell:
    """A metric's value; ``alarm`` colours one that is above zero."""
    tone: Tone = "muted" if number is None else "bad" if alarm and number > 0 else ""
    return Cell(formatted(number, BY_KEY[key].unit), tone)


def median_of(runs: Sequence[ScoredRun], key: str) -> float | None:
    """The median of a metric over runs that have it."""
    return nearest_rank([number for run in runs if (number := run.metrics[key]) is not None], 0.5)


def overview(scenarios: dict[str, list[ScoredRun]]) -> Table:
    """One row for each scenario: whether it ran as expected, and its headline medians."""
    keys = ("ttfs_ms", "ttft_ms", "e2e_ms", "longest_gap_ms", "dangling_exposure_marker_ms", "dangling_markers")
    rows = []
    for name, runs in scenarios.items():
        good = sum(run.as_expected for run in runs)
        outcomes = ", ".join(dict.fromkeys(run.outcome or "no end" for run in runs))
        rows.append(
            [
                words(name, href=f"#run-{anchor(name)}"),
                words(outcomes.replace("_", " ")),
                Cell(f"{good} of {len(runs)}", "good" if good == len(runs) else "bad"),
                *(value(key, median_of(runs, key), alarm=key == "dangling_markers") for key in keys),
            ]
        )
    heads = (("Scenario", False), ("Outcome", False), ("As expected", True))
    labels = tuple((BY_KEY[key].label, True) for key in keys)
    return Table("Medians over the runs of each scenario", heads + labels, rows)


def summary(results: Results) -> Table:
    """Every metric over all runs."""
    rows = []
    for metric in METRICS:
        found = results.summary.get(metric.key)
        if found is None or found.n == 0:
            continue
        median_note = interval(found.median_ci95, metric.unit)
        p95_note = interval(found.ci95, metric.unit)
        rows.append(
            [
                words(metric.label, href=f"#term-{metric.key}"),
                Cell(f"{found.n}"),
                Cell(f"{found.n_missing}", "muted"),
                Cell(formatted(found.median, metric.unit)),
                Cell(median_note if found.median_ci95 else f"{NO_VALUE} needs {needed(0.5)} runs", "muted"),
                Cell(formatted(found.p95, metric.unit)),
                Cell(p95_note if found.ci95 else f"{NO_VALUE} needs {needed(0.95)} runs", "muted"),
            ]
        )
    heads = ("Metric", "Runs", "Missing", "Median", "95 % interval", "p95", "95 % interval")
    return Table("All runs together", tuple((head, place > 0) for place, head in enumerate(heads)), rows)


def against_script(results: Results) -> Table:
    """Scripted, measured and difference, for each scenario that has a script."""
    rows = []
    for name, found in results.scenarios.items():
        for key in AGAINST_SCRIPT:
            compared = found.get(key)
            if compared is None or compared.scripted is None or (compared.scripted == 0 and compared.measured == 0):
                continue
            unit = BY_KEY[key].unit
            rows.append(
                [
                    words(name, href=f"#run-{anchor(name)}"),
                    words(BY_KEY[key].label, href=f"#term-{key}"),
                    Cell(formatted(compared.scripted, unit)),
                    Cell(formatted(compared.measured, unit)),
                    Cell(difference(compared.error, unit)),
                    Cell(_relative(compared), "muted"),
                    Cell(difference(compared.server_error, unit), "muted"),
                    Cell(str(compared.n), "muted"),
                ]
            )
    heads = ("Scenario", "Metric", "Scripted", "Measured", "Difference", "of scripted", "on the server", "Runs")
    caption = "Medians over runs; 'on the server' is the difference by the server's own stamps"
    return Table(caption, tuple((head, place > 1) for place, head in enumerate(heads)), rows)


def citations(scenarios: dict[str, list[ScoredRun]]) -> Table:
    """The citation metrics of each scenario that cites anything."""
    keys: tuple[str, ...] = ("citations", "markers", "dangling_exposure_marker_ms", "dangling_share", "in_sync_rate")
    keys += ("dangling_markers", "orphan_citations", "mutated_citations", "duplicate_citations")
    keys += ("order_inversions", "kendall_tau", "renumber_inversions", "coverage", "verified_quotes")
    alarms = {"dangling_markers", "orphan_citations", "order_inversions"}
    short = (
        "Sources",
        "Markers",
        "Exposure",
        "Share of run",
        "In sync",
        "Dangling",
        "Orphans",
        "Mutated",
        "Duplicates",
    )
    short += ("Inversions", "Tau", "Renumbered", "Coverage", "Verified")
    rows = []
    for name, runs in scenarios.items():
        if not any(run.metrics["citations"] or run.metrics["markers"] for run in runs):
            continue
        lags = [lag.lag_ms for run in runs for lag in run.citations if lag.lag_ms is not None]
        middle, worst = nearest_rank(lags, 0.5), max(lags, default=None)
        rows.append(
            [
                words(name, href=f"#run-{anchor(name)}"),
                *(value(key, median_of(runs, key), alarm=key in alarms) for key in keys[:2]),
                Cell(difference(middle, "ms")),
                Cell(difference(worst, "ms"), "bad" if worst is not None and worst > 0 else ""),
                *(value(key, median_of(runs, key), alarm=key in alarms) for key in keys[2:]),
            ]
        )
    titles = ("Scenario", *short[:2], "Lag, median", "Lag, latest", *short[2:])
    return Table("Medians over the runs of each scenario", tuple((n, i > 0) for i, n in enumerate(titles)), rows)


def steps(scenarios: dict[str, list[ScoredRun]]) -> Table:
    """The latency of every step on both planes: medians over runs."""
    rows = []
    for name, runs in scenarios.items():
        seen: dict[tuple[str, str], list[tuple[float | None, ...]]] = {}
        for run in runs:
            for step in run.steps:
                times = (step.wire_ms, step.server_ms, step.skew_ms, step.self_ms, step.planned_ms)
                seen.setdefault((step.step, step.step_id), []).append(times)
        for (step_name, step_id), times_of in seen.items():
            medians = [
                nearest_rank([row[place] for row in times_of if row[place] is not None], 0.5)  # type: ignore[misc]
                for place in range(5)
            ]
            label = step_name if step_id == step_name else f"{step_name} ({step_id})"
            rows.append(
                [
                    words(name, href=f"#run-{anchor(name)}"),
                    words(label),
                    *(
                        Cell(milliseconds(medians[place]), "muted" if medians[place] is None else "")
                        for place in (0, 1)
                    ),
                    Cell(difference(medians[2], "ms")),
                    *(
                        Cell(milliseconds(medians[place]), "muted" if medians[place] is None else "")
                        for place in (3, 4)
                    ),
                    Cell(str(len(times_of)), "muted"),
                ]
            )
    heads = ("Scenario", "Step", "Wire", "Server", "Skew", "Self time", "Scripted", "Times")
    return Table("From a step's start to its own end", tuple((h, i > 1) for i, h in enumerate(heads)), rows)


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
    rows = [[_run_cell(name, run), *(value(key, run.metrics[key]) for key in keys)] for _, name, run in ended[:limit]]
    heads = ("Run", "End to end", "First token", "Unattributed", "Stalled")
    return Table("Slowest runs", tuple((head, place > 0) for place, head in enumerate(heads)), rows)


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
                _run_cell(name, run),
                Cell(milliseconds(silence.lasted_ms)),
                Cell(f"{milliseconds(silence.from_ms)} to {milliseconds(silence.to_ms)}", "muted"),
                words(seen),
            ]
        )
    heads = (("Run", False), ("Silence", True), ("When", True), ("On screen", False))
    return Table("Longest silences", heads, rows)


def anchor(name: str) -> str:
    """A name as part of an element's id: different names give different ids."""
    return "".join(
        character if character.isascii() and (character.isalnum() or character in "_-") else f".{ord(character):x}"
        for character in name
    )


def _run_cell(name: str, run: ScoredRun) -> Cell:
    return words(f"{name}, run {run.played.repeat}", href=f"#run-{anchor(name)}")


def _relative(compared: MetricAgainstScript) -> str:
    if compared.error is None or not compared.scripted:
        return NO_VALUE
    return difference(compared.error / compared.scripted, "share")
