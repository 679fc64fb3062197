"""The page: content and figures put into the template, as one HTML text that loads nothing from anywhere.

Whatever an agent said is escaped by the template, and figures hold no HTML of its own. The content security
policy names the page's own scripts by their hash, so that nothing else could run even if something slipped
through.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from backend.metrics.registry import BY_KEY
from backend.present.offline_page import content_policy, figures_script, plotly_js, script_json
from backend.present.offline_page.two_themes import two_themes
from backend.present.style import stylesheet
from evals.report import figures, headline, run_tables, tables
from evals.report.cells import anchor
from evals.results import Results
from evals.scoring import ScoredRun

_FILES = files("evals.report")


def report_html(results: Results, runs: Sequence[ScoredRun]) -> str:
    """The whole report."""
    from jinja2 import Environment, StrictUndefined

    scenarios: dict[str, list[ScoredRun]] = {}
    for result, run in zip(results.runs, runs, strict=True):
        scenarios.setdefault(result.group, []).append(run)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_text("report.html.jinja"))
    script = figures_script()
    return template.render(
        results=results,
        policy=content_policy(plotly_js(), script),
        style=stylesheet("auto") + _text("report.css"),
        plotly_js=plotly_js(),
        script=script,
        figure_data=script_json(_figure_data(scenarios)),
        **_content(results, scenarios, runs),
    )


def _content(results: Results, scenarios: dict[str, list[ScoredRun]], runs: Sequence[ScoredRun]) -> dict[str, Any]:
    cited = tables.citations(scenarios)
    return {
        "tiles": headline.tiles(results, scenarios),
        "accuracy": headline.accuracy(runs),
        "findings": headline.findings(results, scenarios),
        "unexpected": [run for run in runs if not run.as_expected],
        "overview": tables.overview(scenarios),
        "summary": tables.summary(results),
        "against_script": tables.against_script(results),
        "citations": cited if cited.rows else None,
        "steps": run_tables.steps(scenarios),
        "slowest": run_tables.slowest(scenarios),
        "silences": run_tables.longest_silences(scenarios),
        "scenarios": [
            {"name": name, "anchor": anchor(name), "play": group[0].played.play, "runs": group}
            for name, group in scenarios.items()
        ],
        "metrics": [metric for key, metric in BY_KEY.items() if key in results.summary],
    }


def _figure_data(scenarios: dict[str, list[ScoredRun]]) -> dict[str, Any]:
    """Every figure by the name under which the page asks for it."""
    scripted = {name: runs for name, runs in scenarios.items() if any(run.truth for run in runs)}
    found: dict[str, Any] = {}
    if scripted:
        found["differences"] = two_themes(lambda theme: figures.differences(scripted, theme))
    if any(run.citations for runs in scenarios.values() for run in runs):
        found["citations"] = two_themes(lambda theme: figures.citation_moments(scenarios, theme))
    for name, runs in scenarios.items():
        for place, run in enumerate(runs):
            if run.wire.events:
                found[f"{anchor(name)}.{place}"] = two_themes(
                    lambda theme, run=run: figures.timeline(run, theme)  # type: ignore[misc]
                )
    return found


@cache
def _text(name: str) -> str:
    return _FILES.joinpath(name).read_text(encoding="utf-8")
