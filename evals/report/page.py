"""The report: the results, and the waterfalls of the runs that are shown one by one.

It is drawn from the results alone. The events of the shown runs come from the files beside them: see
``evals.files.folder``.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from backend.metrics.registry import BY_KEY
from backend.present.offline_page.two_themes import two_themes
from backend.present.words.durations import format_count
from evals.report import distributions, figures, headline, layers_figure, load, run_tables, tables
from evals.report.cells import anchor, run_name
from evals.report.choice import ALL_SHOWN, RunChoice
from evals.report.document import document_html
from evals.report.waterfalls import RunEvents, waterfalls
from evals.results.models import Results, RunResult

MOST_TROUBLES = 30
"""Runs not as expected whose cause is on the page; results.json and junit.xml have all of them."""

MOST_SCENARIOS = 100
"""Scenarios with a row each; of more, tables list the first ones and figures draw all runs together."""

Groups = Mapping[str, Sequence[RunResult]]


def report_html(results: Results, choice: RunChoice, events: Mapping[int, RunEvents]) -> str:
    """The whole report. ``choice`` names the runs it shows by themselves; ``events`` are those of such runs, by their
    index in the results, as far as they were kept."""
    groups = {name: [results.runs[place] for place in places] for name, places in choice.groups.items()}
    loads = load.by_load(results.runs)
    drawn = _figures(results, _drawn(groups), loads)
    return document_html(
        "report.html.jinja",
        figures=drawn,
        metrics=results.summary,
        drawn=drawn,
        strips=waterfalls(results, events),
        results=results,
        **_content(results, groups, choice),
        load=load.load_table(loads) if loads else None,
    )


def _drawn(groups: Groups) -> Groups:
    """What figures have a row for: each scenario, or all runs together where they are too many to be seen."""
    return groups if len(groups) <= MOST_SCENARIOS else {"all runs": [run for runs in groups.values() for run in runs]}


def _content(results: Results, all_groups: Groups, choice: RunChoice) -> dict[str, Any]:
    groups = dict(islice(all_groups.items(), MOST_SCENARIOS))
    cited = tables.citations(groups)
    drawn = _drawn(all_groups)
    shown = distributions.shown_metrics(drawn)
    return {
        "tiles": headline.tiles(results, all_groups),
        "accuracy": headline.accuracy(results.runs),
        "findings": headline.findings(results, all_groups, len(choice.strangeness)),
        "scenarios": len(all_groups),
        "listed_scenarios": len(groups),
        "limits": tables.limits(results.limits),
        "troubles": [
            (run_name(results.runs[place]), results.runs[place]) for place in choice.unexpected[:MOST_TROUBLES]
        ],
        "more_troubles": max(0, len(choice.unexpected) - MOST_TROUBLES),
        "expectations": tables.expectations(results.expectations),
        "shortcomings": tables.shortcomings(results.runs),
        "overview": tables.overview(groups),
        "distributions": [(key, BY_KEY[key].label) for key in shown],
        "distribution_table": distributions.distribution_table(drawn, shown),
        "layers": layers_figure.layers_table(results.layers),
        "summary": tables.summary(results),
        "against_script": tables.against_script(results),
        "citations": cited if cited.rows else None,
        "steps": run_tables.steps(groups),
        "run_tables": [
            table(results.runs, choice)
            for table in (run_tables.slowest, run_tables.longest_silences, run_tables.strangest)
        ],
        "waterfalls": _places(results.runs, choice),
        "all_shown": len(results.runs) <= ALL_SHOWN,
        "points": figures.MOST_POINTS,
        "counted": format_count,
    }


def _places(runs: Sequence[RunResult], choice: RunChoice) -> list[dict[str, Any]]:
    """For each scenario with waterfalls: its name, and the indexes of its runs that have one."""
    shown = set(choice.shown)
    return [
        {"name": name, "anchor": anchor(name), "runs": [(place, runs[place]) for place in places if place in shown]}
        for name, places in choice.groups.items()
        if not shown.isdisjoint(places)
    ]


def _figures(results: Results, groups: Groups, loads: load.Loads) -> dict[str, Any]:
    """Every figure over many runs, by its name on the page."""
    found: dict[str, Any] = {
        f"distribution-{key}": two_themes(partial(distributions.distribution, groups, key))
        for key in distributions.shown_metrics(groups)
    }
    scripted = {name: runs for name, runs in groups.items() if figures.scripted(runs)}
    if scripted:
        found["differences"] = two_themes(partial(figures.differences, scripted))
    if any(run.citations for run in results.runs):
        found["citations"] = two_themes(partial(figures.citation_moments, groups))
    if results.layers:
        found["layers"] = two_themes(partial(layers_figure.layers_figure, results.layers))
    if loads:
        found["load"] = two_themes(partial(load.load_figure, loads))
    return found
