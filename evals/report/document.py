"""A page as one HTML text that loads nothing from anywhere: the common part of the report and the comparison.

The templates escape every text of an agent, and figures contain no HTML of its own. The content security policy names
the page's own scripts by their hash, so that nothing else could run even if something slipped through.

A template of a page begins with ``{% extends "base.html.jinja" %}``, fills the blocks ``title``, ``header`` and
``content``, and takes tables, figures and the verdict from ``parts.html.jinja``. The glossary is added by itself.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from backend.metrics.registry import BY_KEY
from backend.present.offline_page import content_policy, figures_script, plotly_js, script_json
from backend.present.theme.style import lit_markers, stylesheet

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = "templates"


def document_html(
    template: str, *, figures: Mapping[str, Any], metrics: Iterable[str], package: str = "evals.report", **content: Any
) -> str:
    """The page of a template in the folder ``templates`` of ``package``.

    ``figures`` maps the names of its figures to results of ``two_themes``, ``metrics`` are the keys that the glossary
    explains, in the registry's order; ``content`` contains the values for the template.
    """
    shown = set(metrics)
    script = figures_script()
    return (
        _environment(package)
        .get_template(template)
        .render(
            policy=content_policy(plotly_js(), script),
            style=f"{stylesheet('auto')}\n{lit_markers()}{_style()}",
            plotly_js=plotly_js(),
            script=script,
            figure_data=script_json(figures),
            metrics=[metric for key, metric in BY_KEY.items() if key in shown],
            **content,
        )
    )


@cache
def _environment(package: str) -> "Environment":
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    packages = dict.fromkeys((package, "evals.report"))
    return Environment(
        loader=ChoiceLoader([PackageLoader(name, _FOLDER) for name in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    return files("evals.report").joinpath(_FOLDER, "report.css").read_text(encoding="utf-8")
