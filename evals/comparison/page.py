"""The files of a comparison: comparison.json, and one HTML file in the report's style."""

from pathlib import Path

from backend.present.offline_page.two_themes import two_themes
from evals.comparison.figures import forest, shown
from evals.comparison.models import Comparison, Difference, FailureKind, MetricComparison, Verdict
from evals.comparison.relevance import RULE
from evals.comparison.text import because, changed, described, relative_text, runs_text, values_text
from evals.files.atomic_files import write_files
from evals.report.cells import Cell, ReportTable, Tone, titled, words
from evals.report.document import document_html
from evals.report.headline import Tile

_TONES: dict[Verdict, Tone] = {"worse": "bad", "better": "good", "same": "muted", "inconclusive": "caution"}

IN_SCENARIOS = (
    "ttfs_ms",
    "ttft_ms",
    "e2e_ms",
    "longest_gap_ms",
    "token_gap_median_ms",
    "dangling_exposure_marker_ms",
    "order_inversions",
    "dangling_markers",
)
"""The columns of the table of scenarios; a metric that changed anywhere is added."""


def write_comparison(folder: Path, comparison: Comparison) -> None:
    """Write comparison.json and comparison.html. Raises ``OutputError``."""
    write_files(folder, {"comparison.json": comparison.to_json(), "comparison.html": comparison_html(comparison)})


def comparison_html(comparison: Comparison) -> str:
    """The whole page."""
    has_forest = bool(shown(comparison))
    return document_html(
        "comparison.html.jinja",
        package="evals.comparison",
        figures={"forest": two_themes(lambda theme: forest(comparison, theme))} if has_forest else {},
        metrics=[one.metric for one in comparison.metrics],
        comparison=comparison,
        tiles=_tiles(comparison),
        changes=_changes(comparison),
        forest=has_forest,
        failures=_failures(comparison),
        overall=_overall(comparison),
        scenarios=_scenarios(comparison),
        rule=RULE,
    )


def _tiles(comparison: Comparison) -> list[Tile]:
    def tile(name: str, verdict: Verdict, tone: Tone) -> Tile:
        found = [described(one.metric).label for one in comparison.metrics if one.verdict == verdict]
        note = ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")
        return Tile(name, str(len(found)), note or "no metric", tone if found else "")

    return [
        tile("Worse", "worse", "bad"),
        tile("Better", "better", "good"),
        tile("No relevant difference", "same", ""),
        tile("Inconclusive", "inconclusive", "caution"),
    ]


def _changes(comparison: Comparison) -> ReportTable:
    rows = [
        [
            words(described(one.metric).label, href=f"#term-{one.metric}"),
            words(row.scenario or "all scenarios"),
            words(row.verdict, _TONES[row.verdict]),
            *map(Cell, values_text(row, described(one.metric).unit)),
            Cell(relative_text(row)),
            Cell(_chance(row), "muted"),
            Cell(runs_text(row), "muted"),
        ]
        for one, row in changed(comparison)
    ]
    heads = ("Metric", "Where", "Verdict", "A", "B", "Difference", "95 % interval", "of A", "By chance", "Runs")
    return ReportTable(
        "By chance: how often chance alone produces such a difference anywhere in a comparison",
        titled(heads, words_in_front=3),
        rows,
    )


def _chance(row: Difference) -> str:
    return "exact" if row.p_value is None else f"{row.p_value * 100:.2g} %"


def _overall(comparison: Comparison) -> ReportTable:
    rows = [
        [
            words(described(one.metric).label, href=f"#term-{one.metric}"),
            words(one.verdict, _TONES[one.verdict]),
            *map(Cell, values_text(one.overall, described(one.metric).unit)),
            Cell(relative_text(one.overall)),
            Cell(values_text(one.overall.model_copy(update={"a": one.overall.smallest_relevant}),
                             described(one.metric).unit)[0], "muted"),
            Cell(runs_text(one.overall), "muted"),
            Cell(f"{one.missing_a} and {one.missing_b}", "muted"),
            words(_because(one), "muted"),
        ]
        for one in comparison.metrics
    ]  # fmt: skip
    heads = (
        *(("Metric", False), ("Verdict", False), ("A", True), ("B", True), ("Difference", True)),
        *(("95 % interval", True), ("of A", True), ("Relevant from", True), ("Runs", True), ("Missing", True)),
        ("Because", False),
    )
    return ReportTable("Times: means of the scenarios' medians. Counts: runs that have any", heads, rows)


def _because(one: MetricComparison) -> str:
    """The metric's own reason, and how many runs would decide what is inconclusive over all scenarios."""
    return because(one.overall) if one.reason == one.overall.reason else one.reason


def _failures(comparison: Comparison) -> ReportTable:
    rows = [
        [
            words(one.kind),
            words("new" if one.is_new and one.verdict != "worse" else one.verdict, _tone(one)),
            Cell(f"{one.a:,} of {one.of_a:,}"),
            Cell(f"{one.b:,} of {one.of_b:,}"),
            Cell(f"{one.exact_p_value * 100:.2g} %", "muted"),
            words(", ".join(one.scenarios) or "–", "muted"),
        ]
        for one in comparison.failures
    ]
    heads = (
        *(("Kind of failure", False), ("Verdict", False), ("Runs of A", True), ("Runs of B", True)),
        *(("By chance alone", True), ("In B in", False)),
    )
    return ReportTable("By chance alone: Fisher's exact test on these two numbers of runs", heads, rows)


def _tone(failure: FailureKind) -> Tone:
    return "caution" if failure.is_new and failure.verdict != "worse" else _TONES[failure.verdict]


def _scenarios(comparison: Comparison) -> ReportTable:
    by_key = {one.metric: one for one in comparison.metrics}
    keys = [key for key in by_key if key in IN_SCENARIOS or by_key[key].verdict in ("worse", "better")]
    names = dict.fromkeys(row.scenario or "" for one in comparison.metrics for row in one.scenarios)
    rows = []
    for name in names:
        found = [next((row for row in by_key[key].scenarios if row.scenario == name), None) for key in keys]
        rows.append([words(name), *(_in_scenario(key, row) for key, row in zip(keys, found, strict=True))])
    heads = ("Scenario", *(described(key).label for key in keys))
    return ReportTable(
        "Difference, B minus A: of the medians of times, of the shares of runs of counts",
        titled(heads, words_in_front=1),
        rows,
    )


def _in_scenario(key: str, row: Difference | None) -> Cell:
    if row is None or row.difference is None:
        return Cell("–", "muted")
    text = values_text(row, described(key).unit)[2]
    if row.verdict in ("worse", "better"):
        return Cell(f"{text} {row.verdict}", _TONES[row.verdict])
    return Cell(text, "muted")
