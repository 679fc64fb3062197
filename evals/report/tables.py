"""The report's tables over scenarios and over all runs."""

from collections.abc import Mapping, Sequence

from backend.metrics.registry import BY_KEY
from backend.metrics.statistics import nearest_rank, needed
from backend.present.words.durations import NO_VALUE
from backend.present.words.metric_text import difference, formatted, interval
from evals.report.cells import Cell, ReportTable, Tone, group_cell, median_of, titled, value, words
from evals.results.expectation_text import HEADS, expectation_rows, lacking
from evals.results.models import ExpectationTotal, LimitResult, MetricAgainstScript, Results, RunResult

AGAINST_SCRIPT = (
    "ttfs_ms",
    "ttft_ms",
    "e2e_ms",
    "longest_gap_ms",
    "token_gap_median_ms",
    "dangling_exposure_marker_ms",
)
"""The metrics of the table of measured against scripted; all others are in results.json."""


CITATION_COLUMNS = (
    ("Sources", "citations"),
    ("Markers", "markers"),
    ("Exposure", "dangling_exposure_marker_ms"),
    ("Share of run", "dangling_share"),
    ("In sync", "in_sync_rate"),
    ("Dangling", "dangling_markers"),
    ("Orphans", "orphan_citations"),
    ("Mutated", "mutated_citations"),
    ("Duplicates", "duplicate_citations"),
    ("Inversions", "order_inversions"),
    ("Tau", "kendall_tau"),
    ("Renumbered", "renumber_inversions"),
    ("Coverage", "coverage"),
    ("Verified", "verified_quotes"),
)
Groups = Mapping[str, Sequence[RunResult]]

MOST_SHORTCOMINGS = 300
"""Answers listed one by one because they lack something; results.json has all of them."""

_ALARMING = frozenset({"dangling_markers", "orphan_citations", "order_inversions"})


_VERDICT_WORDS: dict[str, tuple[str, Tone]] = {
    "pass": ("pass", "good"),
    "fail": ("FAIL", "bad"),
    "inconclusive": ("inconclusive", "caution"),
}


def limits(results: Sequence[LimitResult]) -> ReportTable:
    """Every limit with its verdict: those that failed first, then those that are inconclusive."""
    order = {"fail": 0, "inconclusive": 1, "pass": 2}
    rows = []
    for limit in sorted(results, key=lambda limit: order[limit.verdict]):
        metric = BY_KEY[limit.metric]
        text, tone = _VERDICT_WORDS[limit.verdict]
        sign = "≥" if metric.direction == "higher" else "≤"
        rows.append(
            [
                words(f"{metric.label}, {limit.statistic}", href=f"#term-{limit.metric}"),
                words(limit.concerns),
                words(text, tone),
                Cell(f"{sign} {formatted(limit.limit, metric.unit)}"),
                Cell(formatted(limit.value, metric.unit)),
                Cell(interval(limit.interval, metric.unit), "muted"),
                Cell(str(limit.n), "muted"),
                words(limit.reason, "muted"),
            ]
        )
    heads = (("Limit on", False), ("Of", False), ("Verdict", False), ("Limit", True), ("Measured", True))
    return ReportTable("Limits", (*heads, ("95 % interval", True), ("Runs", True), ("Because", False)), rows)


def expectations(totals: Sequence[ExpectationTotal]) -> ReportTable:
    """How often answers were as the suite expects them: over all runs, and for each label."""
    rows = [
        [
            words(row[0], href=f"#term-{total.metric}"),
            words(row[1], "muted" if total.label is None else ""),
            *(Cell(text, "" if text != NO_VALUE else "muted") for text in row[2:]),
        ]
        for total, row in zip(totals, expectation_rows(totals), strict=True)
    ]
    return ReportTable("Answers as the suite expects them", titled(HEADS, words_in_front=2), rows)


def shortcomings(runs: Sequence[RunResult]) -> ReportTable:
    """What the answer of each run lacks, for the first runs that lack anything."""
    rows: list[list[Cell]] = []
    for run in runs:
        lacks = lacking(run)
        if lacks and len(rows) < MOST_SHORTCOMINGS:
            rows.append([words(run.question or run.scenario, href=run.recording or ""), words(" ".join(lacks))])
    return ReportTable("Answers that lack something", titled(("Question", "What is missing"), words_in_front=2), rows)


def overview(scenarios: Groups) -> ReportTable:
    """One row for each scenario: whether it ran as expected, and its headline medians."""
    keys = ("ttfs_ms", "ttft_ms", "e2e_ms", "longest_gap_ms", "dangling_exposure_marker_ms", "dangling_markers")
    rows = []
    for name, runs in scenarios.items():
        good = sum(run.as_expected for run in runs)
        outcomes = ", ".join(dict.fromkeys(run.outcome or "no end" for run in runs))
        rows.append(
            [
                group_cell(name),
                words(outcomes.replace("_", " ")),
                Cell(f"{good} of {len(runs)}", "good" if good == len(runs) else "bad"),
                *(value(key, median_of(runs, key), alarm=key == "dangling_markers") for key in keys),
            ]
        )
    heads = (("Scenario", False), ("Outcome", False), ("As expected", True))
    labels = tuple((BY_KEY[key].label, True) for key in keys)
    return ReportTable("Medians over the runs of each scenario", heads + labels, rows)


def summary(results: Results) -> ReportTable:
    """Every metric over all runs."""
    rows = []
    for metric in BY_KEY.values():
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
    return ReportTable("All runs together", titled(heads, words_in_front=1), rows)


def against_script(results: Results) -> ReportTable:
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
                    group_cell(name),
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
    return ReportTable(caption, titled(heads, words_in_front=2), rows)


def citations(scenarios: Groups) -> ReportTable:
    """The citation metrics of each scenario that has citations."""
    heads = ("Scenario", "Lag, median", "Lag, latest", *(title for title, _ in CITATION_COLUMNS))
    rows = []
    for name, runs in scenarios.items():
        if not any(run.metrics.get("citations") or run.metrics.get("markers") for run in runs):
            continue
        lags = [lag.lag_ms for run in runs for lag in run.citations if lag.lag_ms is not None]
        latest = max(lags, default=None)
        rows.append(
            [
                group_cell(name),
                Cell(difference(nearest_rank(lags, 0.5), "ms")),
                Cell(difference(latest, "ms"), "bad" if latest is not None and latest > 0 else ""),
                *(value(key, median_of(runs, key), alarm=key in _ALARMING) for _, key in CITATION_COLUMNS),
            ]
        )
    return ReportTable("Medians over the runs of each scenario", titled(heads, words_in_front=1), rows)


def _relative(compared: MetricAgainstScript) -> str:
    if compared.error is None or not compared.scripted:
        return NO_VALUE
    return difference(compared.error / compared.scripted, "share")
