"""Where things stand on the page: the conversation on the left; steps, sources and results on the right."""

from dataclasses import dataclass, fields

import gradio as gr
from gradio.components.plot import PlotData

from backend.present import words
from backend.present.artifacts import artifacts_html
from backend.present.browser import page_script
from backend.present.page import header_html, notice_html, section_title_html
from backend.present.sources import sources_html
from backend.present.steps import steps_html
from backend.protocol.run_view import RunView

CHART_SLOTS = 3
"""Charts drawn at once. Widgets cannot be added while a run streams; further charts show their data as tables."""

EMPTY_CHART = PlotData(type="plotly", plot='{"data": [], "layout": {"height": 10}}')


@dataclass(frozen=True, slots=True)
class Page:
    """The widgets of the page that change."""

    question: gr.Textbox
    agent: gr.Dropdown
    ask: gr.Button
    stop: gr.Button
    run_id: gr.Textbox
    session_id: gr.State
    theme: gr.Textbox
    status: gr.HTML
    asked: gr.HTML
    answer: gr.HTML
    notice: gr.HTML
    warnings: gr.HTML
    steps: gr.HTML
    sources: gr.HTML
    results: gr.HTML
    charts: tuple[gr.Plot, ...]
    examples: tuple[gr.Button, ...]

    def outputs(self) -> list[gr.blocks.Block]:
        """Every widget that a run may change."""
        single = [getattr(self, field.name) for field in fields(self) if field.name not in ("charts", "examples")]
        return [*single, *self.charts]


def build_page() -> Page:
    """Lay the page out. To be called inside ``gr.Blocks``."""
    gr.HTML(header_html(), padding=False)
    with gr.Row(elem_id="ph-columns", equal_height=False):
        with gr.Column(scale=6, min_width=320, elem_id="ph-conversation"):
            question, agent, ask, stop = _question_row()
            examples = _example_row()
            status = gr.HTML("", padding=False, elem_id="ph-status")
            with gr.Column(elem_id="ph-reading"):
                asked = gr.HTML("", padding=False, elem_id="ph-asked")
                notice = gr.HTML(notice_html("empty"), padding=False, elem_id="ph-notice")
                warnings = gr.HTML("", padding=False, elem_id="ph-warnings")
                answer = gr.HTML(
                    [],
                    html_template='${(value || []).join("")}',
                    js_on_load=page_script(),
                    apply_default_css=False,
                    padding=False,
                    elem_id="ph-answer",
                )
        with gr.Column(scale=5, min_width=320, elem_id="ph-evidence"):
            gr.HTML(section_title_html(words.STEPS_TITLE), padding=False)
            steps = gr.HTML(steps_html(RunView.start()), padding=False, elem_id="ph-steps")
            gr.HTML(section_title_html(words.ARTIFACTS_TITLE), padding=False)
            charts = tuple(_chart_slot(index) for index in range(CHART_SLOTS))
            results = gr.HTML(artifacts_html(RunView.start()), padding=False, elem_id="ph-results")
            gr.HTML(section_title_html(words.SOURCES_TITLE), padding=False)
            sources = gr.HTML(sources_html(RunView.start()), padding=False, elem_id="ph-sources")
    run_id = gr.Textbox(visible="hidden", elem_id="ph-run-id", label="Run")
    session_id = gr.State(None)
    theme = gr.Textbox("light", visible="hidden", label="Theme")
    return Page(
        question, agent, ask, stop, run_id, session_id, theme, status, asked, answer, notice, warnings, steps,
        sources, results, charts, examples,
    )  # fmt: skip


def _question_row() -> tuple[gr.Textbox, gr.Dropdown, gr.Button, gr.Button]:
    with gr.Row(elem_id="ph-ask", equal_height=True):
        question = gr.Textbox(
            label=words.QUESTION_LABEL,
            placeholder=words.QUESTION_PLACEHOLDER,
            lines=1,
            max_lines=1,
            scale=6,
            min_width=200,
            autofocus=True,
            elem_id="ph-question",
        )
        agent = gr.Dropdown(
            choices=["documents"],
            value="documents",
            label=words.AGENT_LABEL,
            # The list comes from the backend after the page is built, and Gradio checks against the built one.
            allow_custom_value=True,
            scale=4,
            min_width=190,
            elem_id="ph-agent",
        )
        ask = gr.Button(words.ASK, variant="primary", scale=1, min_width=72, elem_id="ph-ask-button")
        stop = gr.Button(words.STOP, variant="stop", scale=1, min_width=72, visible=False, elem_id="ph-stop-button")
    return question, agent, ask, stop


def _example_row() -> tuple[gr.Button, ...]:
    with gr.Row(elem_id="ph-examples"):
        return tuple(
            gr.Button(question, size="sm", variant="secondary", min_width=80) for question in words.EXAMPLE_QUESTIONS
        )


def _chart_slot(index: int) -> gr.Plot:
    # Mounted from the start with an empty figure, so that Plotly's script (a second or more) is there for a chart.
    # The page's style folds it away meanwhile.
    return gr.Plot(EMPTY_CHART, show_label=False, container=False, elem_id=f"ph-chart-{index}")
