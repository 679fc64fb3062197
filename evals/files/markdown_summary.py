"""Results as Markdown, short enough for a comment on a pull request."""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from backend.metrics.registry import BY_KEY
from backend.metrics.statistics import nearest_rank
from backend.present.answer.markdown_text import escape_markdown
from backend.present.words.metric_text import formatted, interval, milliseconds
from evals.results.expectation_text import HEADS, expectation_rows
from evals.results.models import ExpectationTotal, LimitResult, Results, RunResult

MOST_RUNS_LISTED = 10
MOST_SCENARIOS_LISTED = 50
_COLUMNS = ("ttfs_ms", "ttft_ms", "e2e_ms", "longest_gap_ms", "dangling_markers")
_SIGNS = {"pass": "pass", "fail": "**fail**", "inconclusive": "_inconclusive_"}


def markdown_summary(results: Results) -> str:
    """The verdict, the limits, the medians of every scenario, the faults, and the accuracy of the harness."""
    parts = [
        f"## Playhead: {_escaped(results.suite.name)}",
        _escaped(results.verdict.sentence),
        _limits(results.limits),
        _expectations(results.expectations),
        _scenarios(results),
        _unexpected(results.runs),
        _harness(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _limits(limits: Sequence[LimitResult]) -> str:
    rows = [
        (
            _SIGNS[limit.verdict],
            _escaped(f"{limit.metric} {limit.statistic}"),
            _escaped(limit.concerns),
            _shown(limit.metric, limit.limit),
            _shown(limit.metric, limit.value),
            _interval(limit),
            _escaped(limit.reason) if limit.verdict != "pass" else "",
        )
        for limit in limits
    ]
    return _table(
        ("verdict", "limit on", "of", "limit", "measured", "95 % interval", "because"), rows, words=(0, 1, 2, 6)
    )


def _expectations(totals: Sequence[ExpectationTotal]) -> str:
    rows = [tuple(map(_escaped, row)) for row in expectation_rows(totals)]
    return _table(HEADS, rows, words=(0, 1))


def _scenarios(results: Results) -> str:
    rows = []
    scenarios = _by_scenario(results.runs)
    for name, runs in islice(scenarios.items(), MOST_SCENARIOS_LISTED):
        medians = (_shown(key, nearest_rank(_present(runs, key), 0.5)) for key in _COLUMNS)
        rows.append((_escaped(name), str(len(runs)), *medians))
    labels = (_escaped(BY_KEY[key].label) for key in _COLUMNS)
    table = _table(("medians by scenario", "runs", *labels), rows, words=(0,))
    if len(scenarios) > len(rows):
        table += f"\n\nAnd {len(scenarios) - len(rows):,} more scenarios, in runs.csv."
    overall = results.summary.get("ttft_ms")
    if not table or overall is None or overall.n == 0:
        return table
    spread = interval(overall.ci95, "ms") if overall.ci95 else f"none with {overall.n} runs"
    return f"{table}\n\nFirst token, all runs: p95 {milliseconds(overall.p95)}, 95 % interval {spread}."


def _unexpected(runs: Sequence[RunResult]) -> str:
    bad = [run for run in runs if not run.as_expected]
    if not bad:
        return ""
    lines = [
        f"- {_escaped(run.scenario)}, run {run.repeat}: {_escaped(run.error or ' '.join(run.surprises))}"
        for run in bad[:MOST_RUNS_LISTED]
    ]
    if len(bad) > MOST_RUNS_LISTED:
        lines.append(f"- and {len(bad) - MOST_RUNS_LISTED} more, in junit.xml and the report")
    return "\n".join(["Not as expected:", "", *lines])


def _harness(results: Results) -> str:
    harness = results.harness
    if results.target.plane == "server":
        return harness.receive_lag_basis
    return (
        f"Measuring: receive lag p99 {milliseconds(harness.receive_lag_ms.p99)}, event-loop lag p99 "
        f"{milliseconds(harness.loop_lag_ms.p99)}, {formatted(harness.cpu_share, 'share')} of one core."
    )


def _by_scenario(runs: Iterable[RunResult]) -> dict[str, list[RunResult]]:
    found: dict[str, list[RunResult]] = {}
    for run in runs:
        found.setdefault(f"{run.scenario}, {run.through}" if run.through else run.scenario, []).append(run)
    return found


def _present(runs: Iterable[RunResult], key: str) -> list[float]:
    return [value for run in runs if (value := run.value(key)) is not None]


def _shown(key: str, value: float | None) -> str:
    metric = BY_KEY.get(key)
    return formatted(value, metric.unit if metric else "count")


def _interval(limit: LimitResult) -> str:
    metric = BY_KEY.get(limit.metric)
    return interval(limit.interval, metric.unit if metric else "count")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, words: Collection[int]) -> str:
    """A table; the columns in ``words`` contain words, the others numbers. Empty without rows."""
    if not rows:
        return ""
    rule = [":--" if column in words else "--:" for column in range(len(heads))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, rule, *rows))


def _escaped(text: str) -> str:
    """Text on one line, without Markdown and HTML."""
    # An empty comment keeps a forge from reading a mention or the number of an issue into it.
    return escape_markdown(" ".join(text.split())).replace("@", "@<!-- -->").replace("#", "#<!-- -->")
