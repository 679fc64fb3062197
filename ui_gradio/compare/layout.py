"""The Compare page's widgets: choices for two runs, and both of them on one clock."""

from dataclasses import dataclass, fields

import gradio as gr

from backend.present.markup import fragment
from backend.present.pages.notices import header_html, notice, section_title_html
from backend.present.pages.problem import Problem
from backend.present.theme.style import QUESTION_LINES
from backend.present.words import compare as words_compare, pages as words_pages, replay as words_replay, run as words
from ui_gradio.answer_widget import answer_widget
from ui_gradio.choices import lay_out_cards
from ui_gradio.compare.drawn_pair import DrawnPair
from ui_gradio.navigation import lay_out_navigation
from ui_gradio.playback_controls import MovingWidgets, lay_out_moves
from ui_gradio.run_panels import RunPanels, chart_slot
from ui_gradio.run_strip import strip_widget

AT_FIRST = Problem("nothing_to_compare")
"""The notice before the server has been asked."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """The fields of the three ways to choose two runs."""

    first_run: gr.Dropdown
    first_file: gr.UploadButton
    second_run: gr.Dropdown
    second_file: gr.UploadButton
    question: gr.Textbox
    first_agent: gr.Dropdown
    second_agent: gr.Dropdown
    blind: gr.Checkbox
    race: gr.Button
    scenario: gr.Dropdown
    status_race: gr.Button

    def outputs(self) -> list[gr.blocks.Block]:
        """All of them."""
        return [getattr(self, field.name) for field in fields(self)]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """The widgets of the page that change."""

    stop: gr.Button
    another: gr.Button
    choosing_box: gr.Column
    recent: gr.HTML
    notice: gr.HTML
    sentence: gr.HTML
    first_name: gr.HTML
    second_name: gr.HTML
    table: gr.HTML
    pair: gr.State
    theme: gr.Textbox
    choosing: Choosing
    moving: MovingWidgets
    first: RunPanels
    second: RunPanels

    def outputs(self) -> list[gr.blocks.Block]:
        """Every widget that may change."""
        groups = ("choosing", "moving", "first", "second", "recent")
        single = [getattr(self, field.name) for field in fields(self) if field.name not in groups]
        return [
            *single,
            *self.choosing.outputs(),
            *self.moving.outputs(),
            *self.first.outputs(),
            *self.second.outputs(),
        ]


def build_page() -> ComparePage:
    """Lay the page out. Call this inside ``gr.Blocks``."""
    lay_out_navigation("compare")
    with gr.Row(elem_id="ph-head", equal_height=False):
        gr.HTML(header_html(words_pages.COMPARE_PAGE, words_compare.EXPLANATION), padding=False, scale=1)
        another = gr.Button(words_replay.OPEN_ANOTHER, size="sm", scale=0, min_width=120, visible=False)
    with gr.Column(elem_id="ph-choosing") as choosing_box:
        choosing = _ways()
    recent = lay_out_cards()
    notices = gr.HTML(_before_anything(), padding=False, elem_id="ph-notice")
    with gr.Column(elem_id="ph-duel"):
        sentence = gr.HTML("", padding=False, elem_id="ph-sentence")
        with gr.Row(elem_id="ph-transport"):
            stop = gr.Button(words.STOP, size="sm", variant="stop", scale=0, min_width=72, visible=False)
            moves = lay_out_moves()
            moment = gr.HTML("", padding=False, elem_id="ph-moment")
        with gr.Row(elem_id="ph-columns", equal_height=False):
            with gr.Column(scale=5, min_width=320, elem_id="ph-clock"):
                moving = MovingWidgets(*moves, strip_widget(), moment)
            with gr.Column(scale=6, min_width=320, elem_id="ph-differences"):
                with gr.Row(elem_id="ph-sides", equal_height=False):
                    first_name, first = _side("first")
                    second_name, second = _side("second")
                gr.HTML(section_title_html(words_compare.TABLE_TITLE), padding=False)
                table = gr.HTML("", padding=False, elem_id="ph-table")
    pair = gr.State(DrawnPair())
    theme = gr.Textbox("light", visible="hidden", label="Theme")
    return ComparePage(
        stop, another, choosing_box, recent, notices, sentence, first_name, second_name, table, pair, theme,
        choosing, moving, first, second,
    )  # fmt: skip


def _before_anything() -> str:
    """A notice that there is nothing yet; or, if the address names two runs, that they are being opened. The page's
    style shows one of the two, before the server is asked."""
    return str(
        fragment(
            '<div class="ph-opening-none">{}</div><p class="ph ph-hint ph-opening-two" role="status">{}</p>',
            notice(AT_FIRST.notice),
            words_compare.OPENING_BOTH,
        )
    )


def _ways() -> Choosing:
    with gr.Tabs(elem_id="ph-ways"):
        with gr.Tab(words_compare.TWO_RUNS), gr.Row(elem_classes="ph-fields"):
            first_run, first_file = _run_field(words_compare.FIRST_RUN)
            second_run, second_file = _run_field(words_compare.SECOND_RUN)
        with gr.Tab(words_compare.RACE, elem_id="ph-race-way"), gr.Row(elem_classes="ph-fields"):
            question = gr.Textbox(label=words.QUESTION_LABEL, lines=1, max_lines=QUESTION_LINES, scale=5, min_width=220)
            first_agent = _list(words_compare.FIRST_AGENT)
            second_agent = _list(words_compare.SECOND_AGENT)
            blind = gr.Checkbox(label=words_compare.HIDE_NAMES, scale=0, min_width=220)
            race = gr.Button(words_compare.START_RACE, variant="primary", scale=0, min_width=110)
        with gr.Tab(words_compare.WITH_AND_WITHOUT_STATUS, elem_id="ph-status-way"), gr.Row(elem_classes="ph-fields"):
            scenario = _list(words_compare.SCENARIO_LABEL, hint=words_compare.NOT_A_SCENARIO)
            status_race = gr.Button(words_compare.START_RACE, variant="primary", scale=0, min_width=110)
    return Choosing(
        first_run, first_file, second_run, second_file, question, first_agent, second_agent, blind, race, scenario,
        status_race,
    )  # fmt: skip


def _run_field(label: str) -> tuple[gr.Dropdown, gr.UploadButton]:
    upload = f"{label}: {words_pages.UPLOAD_LABEL.lower()}"
    return _list(label), gr.UploadButton(upload, file_types=[".jsonl"], type="binary", scale=0, min_width=200)


def _list(label: str, hint: str | None = None) -> gr.Dropdown:
    # The list comes from the backend after the page is built, and Gradio checks against the built one.
    return gr.Dropdown(choices=[], value=None, label=label, info=hint, allow_custom_value=True, scale=3, min_width=180)


def _side(which: str) -> tuple[gr.HTML, RunPanels]:
    """One run in half of the width: its name and status, and below them everything that a watcher sees, in a box."""
    with gr.Column(min_width=260):
        name = gr.HTML("", padding=False)
        status = gr.HTML("", padding=False, elem_classes="ph-side-status")
        with gr.Column(elem_id=f"ph-side-{which}", elem_classes="ph-side"):
            earlier, asked = gr.HTML("", padding=False), gr.HTML("", padding=False)
            answer = answer_widget()
            notice, warnings, steps = (gr.HTML("", padding=False) for _ in range(3))
            # Further charts show their data as tables.
            charts = (chart_slot(0), chart_slot(1))
            results, sources = gr.HTML("", padding=False), gr.HTML("", padding=False)
    return name, RunPanels(status, earlier, asked, notice, warnings, answer, steps, results, sources, charts)
