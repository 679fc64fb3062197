"""From a run's changed fragments to updates of widgets."""

import json
from typing import Any

import gradio as gr
from gradio.components.plot import PlotData

from backend.client.frames import Frame
from backend.present import words
from backend.present.artifacts import artifacts_html
from backend.present.page import notice_html, question_html
from backend.present.palette import Theme
from backend.present.panels import Panels
from backend.present.sources import sources_html
from backend.present.status import status_html
from backend.present.steps import steps_html
from backend.protocol.run_view import RunView
from ui_gradio.layout import Page

Updates = dict[gr.blocks.Block, Any]
"""New values by widget. A widget that is left out stays as it is and costs no bytes."""


class Drawing:
    """Draws one run for one watcher."""

    def __init__(self, page: Page, theme: Theme) -> None:
        self._page = page
        self._panels = Panels(theme)
        self._running: bool | None = None
        self._figures: list[dict[str, Any]] = []

    def frame(self, frame: Frame) -> Updates:
        """What this frame changes on the page."""
        page, changes = self._page, self._panels.draw(frame.view, frame.elapsed_ms)
        updates: Updates = {}
        for widget, fragment in (
            (page.asked, changes.question),
            (page.status, changes.status),
            (page.steps, changes.steps),
            (page.notice, changes.notice),
            (page.warnings, changes.warnings),
            (page.sources, changes.sources),
        ):
            if fragment is not None:
                updates[widget] = fragment
        if changes.answer is not None:
            updates[page.answer] = [block.html for block in changes.answer]
        if changes.artifacts is not None:
            self._figures = [item.figure for item in changes.artifacts if item.figure is not None]
        ends = frame.view.ended and self._running is not False
        if changes.artifacts is not None or ends:
            # Sent once more with the end: of messages that follow each other closely Gradio may drop a chart.
            updates |= self._charts(revision=int(ends))
        if changes.results is not None:
            charts = sum(item.kind == "chart" for item in frame.view.artifacts.items)
            # The page's style unfolds as many charts: told to appear and to draw at once, Gradio loses one of the two.
            updates[page.results] = (
                f'{changes.results}<span hidden data-charts="{min(charts, len(page.charts))}"></span>'
            )
        if self._running != (not frame.view.ended):
            self._running = not frame.view.ended
            updates |= buttons(page, running=self._running, again=frame.view.stream.outcome not in (None, "completed"))
        return updates

    def _charts(self, revision: int) -> Updates:
        """The charts by their places. Another ``revision`` makes Gradio take the same figure as a new one."""
        figures = [{**figure, "layout": {**figure["layout"], "datarevision": revision}} for figure in self._figures]
        return {
            slot: PlotData(type="plotly", plot=json.dumps(figure))
            for slot, figure in zip(self._page.charts, figures, strict=False)
        }


def started(page: Page, question: str) -> Updates:
    """The page at the moment of the click, before the backend has answered."""
    view = RunView.start(question)
    return {
        page.status: status_html(view, 0.0),
        page.asked: question_html(question),
        page.notice: "",
        page.warnings: "",
        page.answer: [],
        page.steps: steps_html(view),
        page.sources: sources_html(view),
        page.results: artifacts_html(view),
        **buttons(page, running=True),
    }


def refused(page: Page, notice: str, sentence: str | None, *, again: bool = False) -> Updates:
    """The page when no run could be had: a designed state with its sentence."""
    return {
        page.status: "",
        page.notice: notice_html(notice, sentence),
        **buttons(page, running=False, again=again),
    }


def buttons(page: Page, *, running: bool, again: bool = False) -> Updates:
    """The one button that fits: Stop while something runs, else Ask, or Retry after a run that did not complete."""
    return {
        page.ask: gr.update(visible=not running, value=words.RETRY if again else words.ASK),
        page.stop: gr.update(visible=running, value=words.STOP, interactive=True),
    }
