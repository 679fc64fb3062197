"""From a run's changed fragments to updates of widgets."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

import gradio as gr
from gradio.components.plot import PlotData

from backend.desk.player import SeenRun
from backend.present.evidence.artifacts import artifact_views, artifacts_html
from backend.present.evidence.sources import sources_html
from backend.present.evidence.steps import steps_html
from backend.present.pages.notices import question_html
from backend.present.pages.panels import Panels, Slot
from backend.present.pages.status import metrics_html, status_html
from backend.present.pages.tabs import tabs_html
from backend.present.theme.palette import Theme
from backend.protocol.run_view import RunView
from ui_gradio.run_panels import RunPanels

_CLOSING_TAGS: Final = re.compile(r"(?:</[a-z][a-z0-9]*>\s*)+\Z")

Updates = dict[gr.blocks.Block, Any]
"""New values by widget. A widget that is left out stays as it is and costs no bytes."""


class Drawing:
    """Draws one run for one watcher."""

    def __init__(self, panels: RunPanels, theme: Theme, scope: str = "", *, holds_charts: bool = False) -> None:
        """``scope`` distinguishes this run's markers and sources from those of another one on the page.
        ``holds_charts``: charts wait for ``charts_again``."""
        self._widgets = panels
        self._panels = Panels(theme, scope)
        self._ended = False
        self._holds_charts = holds_charts
        self._figures: list[dict[str, Any]] = []

    def seen(self, run: SeenRun) -> Updates:
        """The changes for this state of the run."""
        return self.view(run.view, run.elapsed_ms, still=run.still)

    def view(self, view: RunView, elapsed_ms: float | None, *, still: bool = False) -> Updates:
        """The changes for this view. ``elapsed_ms`` (since the run was accepted) and ``still`` as for ``Panels``."""
        widgets, changes = self._widgets, self._panels.draw(view, elapsed_ms, still=still)
        at: dict[Slot, gr.HTML | None] = {
            "question": widgets.asked,
            "status": widgets.status,
            "steps": widgets.steps,
            "notice": widgets.notice,
            "warnings": widgets.warnings,
            "sources": widgets.sources,
            "tabs": widgets.tabs,
            "metrics": widgets.metrics,
        }
        drawn = ((at[slot], fragment) for slot, fragment in changes.fragments().items())
        updates: Updates = {widget: fragment for widget, fragment in drawn if widget is not None}
        if changes.answer is not None:
            updates[widgets.answer] = [block.html if block.final else _open(block.html) for block in changes.answer]
        if changes.artifacts is not None:
            self._figures = [item.figure for item in changes.artifacts if item.figure is not None]
        ends = view.ended and not self._ended
        self._ended = view.ended
        if changes.artifacts is not None or ends:
            # Sent once more with the end: of messages that follow each other closely Gradio may drop a chart.
            updates |= self._charts(revision=int(ends))
        if changes.results is not None:
            charts = sum(item.kind == "chart" for item in view.artifacts.items)
            # The page's style unfolds as many charts: if a chart appears and is drawn at once, Gradio loses one of the
            # two.
            updates[widgets.results] = (
                f'{changes.results}<span hidden data-charts="{min(charts, len(widgets.charts))}"></span>'
            )
        return updates

    def charts_again(self) -> Updates:
        """Its charts as they are, to be drawn again. From now on charts are drawn as they come."""
        self._holds_charts = False
        return self._charts(revision=2)

    def _charts(self, revision: int) -> Updates:
        return {} if self._holds_charts else _placed(self._widgets, self._figures, revision)


def _open(html: str) -> str:
    """A block that still grows, without the tags at its end, which every browser closes by itself. So Gradio sends only
    the new text: it compares a text with the one before it from the beginning."""
    return _CLOSING_TAGS.sub("", html)


def charts_again(panels: RunPanels, view: RunView, theme: Theme) -> Updates:
    """The charts of a view, to be drawn again as they are."""
    return _placed(panels, [item.figure for item in artifact_views(view, theme) if item.figure is not None], revision=2)


def _placed(panels: RunPanels, figures: Sequence[dict[str, Any]], revision: int) -> Updates:
    """The charts by their slots. Another ``revision`` makes Gradio take the same figure as a new one."""
    revised = [{**figure, "layout": {**figure["layout"], "datarevision": revision}} for figure in figures]
    return {slot: plot_data(figure) for slot, figure in zip(panels.charts, revised, strict=False)}


def plot_data(figure: dict[str, Any]) -> PlotData:
    """A Plotly figure as Gradio's plot takes it, without Plotly's bar: that contains a link to an outside site."""
    return PlotData(type="plotly", plot=json.dumps({**figure, "config": {"displayModeBar": False}}))


def blank(panels: RunPanels, question: str = "", *, status: bool = True) -> Updates:
    """The panels before the first event of a run; with ``status`` false as before a question."""
    view = RunView.start(question)
    once: dict[gr.HTML | None, str] = {panels.metrics: metrics_html(view), panels.tabs: tabs_html(view)}
    return {
        **{widget: html for widget, html in once.items() if widget is not None},
        panels.status: status_html(view, 0.0) if status else "",
        panels.asked: question_html(question) if question else "",
        panels.notice: "",
        panels.warnings: "",
        panels.answer: [],
        panels.steps: steps_html(view),
        panels.sources: sources_html(view),
        panels.results: artifacts_html(view),
    }
