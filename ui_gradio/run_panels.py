"""The layout of a run on a page: the answer on the left, its evidence on the right."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr
from gradio.components.plot import PlotData

from backend.present.evidence.artifacts import artifacts_html
from backend.present.evidence.sources import sources_html
from backend.present.evidence.steps import steps_html
from backend.present.pages.notices import notice_html, section_title_html
from backend.present.words import run as words
from backend.protocol.run_view import RunView
from ui_gradio.answer_widget import answer_widget

_CHART_IDS = ("ph-chart-0", "ph-chart-1", "ph-chart-2")
"""Charts drawn at once. Widgets cannot be added while a run streams; further charts show their data as tables."""

EMPTY_CHART = PlotData(type="plotly", plot='{"data": [], "layout": {"height": 10}}')


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

    def outputs(self) -> list[gr.blocks.Block]:
        """Every widget that a run may change."""
        return [*self.texts(), *self.charts]

    def texts(self) -> list[gr.HTML]:
        """The widgets whose value is a text, or the blocks of the answer."""
        return [getattr(self, field.name) for field in fields(self) if field.name != "charts"]


@dataclass(frozen=True, slots=True)
class ReadingPanels:
    """The left side."""

    status: gr.HTML
    earlier: gr.HTML
    asked: gr.HTML
    notice: gr.HTML
    warnings: gr.HTML
    answer: gr.HTML


def lay_out_reading(notice: str = "empty", sentence: str | None = None) -> ReadingPanels:
    """The status line, and below it the answer, in a box that scrolls. ``notice``: shown while there is no run."""
    status = gr.HTML("", padding=False, elem_id="ph-status")
    with gr.Column(elem_id="ph-reading"):
        earlier = gr.HTML("", padding=False, elem_id="ph-earlier")
        asked = gr.HTML("", padding=False, elem_id="ph-asked")
        shown = gr.HTML(notice_html(notice, sentence), padding=False, elem_id="ph-notice")
        warnings = gr.HTML("", padding=False, elem_id="ph-warnings")
        answer = answer_widget(elem_id="ph-answer")
    return ReadingPanels(status, earlier, asked, shown, warnings, answer)


def lay_out_evidence(reading: ReadingPanels, before: Callable[[], None] | None = None) -> RunPanels:
    """Steps, results and sources, in a box that scrolls by itself; together with the left side. ``before`` lays out the
    parts above them in that box."""
    with gr.Column(scale=5, min_width=320, elem_id="ph-evidence"):
        if before is not None:
            before()
        gr.HTML(section_title_html(words.STEPS_TITLE), padding=False)
        steps = gr.HTML(steps_html(RunView.start()), padding=False, elem_id="ph-steps")
        gr.HTML(section_title_html(words.ARTIFACTS_TITLE), padding=False)
        charts = tuple(chart_slot(index, elem_id=elem_id) for index, elem_id in enumerate(_CHART_IDS))
        results = gr.HTML(artifacts_html(RunView.start()), padding=False, elem_id="ph-results")
        gr.HTML(section_title_html(words.SOURCES_TITLE), padding=False)
        sources = gr.HTML(sources_html(RunView.start()), padding=False, elem_id="ph-sources")
    return RunPanels(
        reading.status, reading.earlier, reading.asked, reading.notice, reading.warnings, reading.answer, steps,
        results, sources, charts,
    )  # fmt: skip


def chart_slot(index: int, **options: Any) -> gr.Plot:
    """The slot of the chart of that number; ``options``: see ``gr.Plot``."""
    # Mounted from the start with an empty figure, so that Plotly's script (a second or more) is there for a chart.
    # The page's style folds it away meanwhile.
    return gr.Plot(EMPTY_CHART, show_label=False, container=False, elem_classes=f"ph-chart-slot-{index}", **options)
