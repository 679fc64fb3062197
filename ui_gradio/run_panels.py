"""The layout of a run on a page: the answer on the left, its evidence on the right."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from backend.present.evidence.artifacts import artifacts_html
from backend.present.evidence.sources import sources_html
from backend.present.evidence.steps import steps_html
from backend.present.pages.notices import notice_html
from backend.present.pages.status import metrics_html
from backend.present.pages.tabs import tabs_html
from backend.protocol.run_view import RunView
from ui_gradio.answer_widget import answer_widget

_CHART_IDS = ("ph-chart-0", "ph-chart-1", "ph-chart-2")
"""Charts drawn at once. Widgets cannot be added while a run streams; further charts show their data as tables."""


@dataclass(frozen=True, slots=True)
class RunPanels:
    """The widgets of a run."""

    status: gr.HTML
    earlier: gr.HTML
    asked: gr.HTML
    notice: gr.HTML
    warnings: gr.HTML
    answer: gr.HTML
    steps: gr.HTML
    results: gr.HTML
    sources: gr.HTML
    charts: tuple[gr.Plot, ...]
    metrics: gr.HTML | None = None
    tabs: gr.HTML | None = None
    """Both on pages that show one run."""

    def outputs(self) -> list[gr.blocks.Block]:
        """Every widget that a run may change."""
        return [*self.texts(), *self.charts]

    def texts(self) -> list[gr.HTML]:
        """The widgets whose value is a text, or the blocks of the answer."""
        texts = (getattr(self, field.name) for field in fields(self) if field.name != "charts")
        return [text for text in texts if text is not None]


@dataclass(frozen=True, slots=True)
class ReadingPanels:
    """The left side."""

    status: gr.HTML
    earlier: gr.HTML
    asked: gr.HTML
    notice: gr.HTML
    warnings: gr.HTML
    answer: gr.HTML


def lay_out_reading(
    notice: str = "",
    sentence: str | None = None,
    before: Callable[[], None] | None = None,
    after: Callable[[], None] | None = None,
) -> ReadingPanels:
    """The conversation, in a box that scrolls: earlier turns, then the question with its answer and all that belongs to
    it. ``notice``: shown while there is no run. ``before`` lays out what comes first in that box, ``after`` what comes
    below the answer."""
    with gr.Column(elem_id="ph-reading"):
        if before is not None:
            before()
        earlier = gr.HTML("", padding=False, elem_id="ph-earlier")
        with gr.Column(elem_id="ph-turn"):
            asked = gr.HTML("", padding=False, elem_id="ph-asked")
            status = gr.HTML("", padding=False, elem_id="ph-status")
            answer = answer_widget(elem_id="ph-answer")
            shown = gr.HTML(notice_html(notice, sentence) if notice else "", padding=False, elem_id="ph-notice")
            warnings = gr.HTML("", padding=False, elem_id="ph-warnings")
            if after is not None:
                after()
    return ReadingPanels(status, earlier, asked, shown, warnings, answer)


def lay_out_evidence(reading: ReadingPanels, before: Callable[[], None] | None = None) -> RunPanels:
    """Steps, sources and results, one of them at a time; together with the left side. ``before`` lays out the parts
    above them."""
    empty = RunView.start()
    with gr.Column(elem_id="ph-evidence"):
        with gr.Column(elem_id="ph-above-tabs"):
            if before is not None:
                before()
            metrics = gr.HTML(metrics_html(empty), padding=False, elem_id="ph-metrics")
        tabs = gr.HTML(tabs_html(empty), padding=False, elem_id="ph-tabs")
        with gr.Column(elem_id="ph-panel-steps"):
            steps = gr.HTML(steps_html(empty), padding=False, elem_id="ph-steps")
        with gr.Column(elem_id="ph-panel-sources"):
            sources = gr.HTML(sources_html(empty), padding=False, elem_id="ph-sources")
        with gr.Column(elem_id="ph-panel-results"):
            charts = tuple(chart_slot(index, elem_id=elem_id) for index, elem_id in enumerate(_CHART_IDS))
            results = gr.HTML(artifacts_html(empty), padding=False, elem_id="ph-results")
    return RunPanels(
        reading.status, reading.earlier, reading.asked, reading.notice, reading.warnings, reading.answer, steps,
        results, sources, charts, metrics, tabs,
    )  # fmt: skip


def chart_slot(index: int, **options: Any) -> gr.Plot:
    """The slot of the chart of that number; ``options``: see ``gr.Plot``."""
    # There from the start, since widgets cannot be added while a run streams; without a figure, so that Plotly's script
    # (seconds of the browser's time) is loaded by the first chart. The page's style folds it away meanwhile.
    return gr.Plot(None, show_label=False, container=False, elem_classes=f"ph-chart-slot-{index}", **options)
