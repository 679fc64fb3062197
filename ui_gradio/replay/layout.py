"""The Replay page's widgets: how to open a run, how to move in it, and the run at that moment."""

from dataclasses import dataclass, fields

import gradio as gr

from backend.present.pages.notices import header_html
from backend.present.pages.problem import Problem
from backend.present.words import pages as words_pages, replay as words_replay
from ui_gradio.choices import lay_out_cards
from ui_gradio.navigation import lay_out_navigation
from ui_gradio.playback_controls import MovingWidgets, lay_out_moves
from ui_gradio.replay.drawn_run import DrawnRun
from ui_gradio.run_buttons import run_buttons_widget, small_button
from ui_gradio.run_panels import RunPanels, lay_out_evidence, lay_out_reading
from ui_gradio.run_strip import strip_widget

AT_FIRST = Problem("nothing_to_replay")
"""The notice before the server has been asked."""


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """The widgets of the page that change, besides those of the run."""

    links: gr.HTML
    open_another: gr.Button
    opening: gr.Row
    choice: gr.Dropdown
    upload: gr.UploadButton
    recent: gr.HTML
    player: gr.Column
    hint: gr.HTML
    refresh: gr.Button
    timeline_text: gr.HTML
    run: gr.State
    theme: gr.Textbox
    moving: MovingWidgets
    run_buttons: gr.HTML
    panels: RunPanels

    def outputs(self) -> list[gr.blocks.Block]:
        """Every widget that may change."""
        groups = ("moving", "panels", "recent")
        single = [getattr(self, field.name) for field in fields(self) if field.name not in groups]
        return [*single, *self.moving.outputs(), *self.panels.outputs()]


def build_page() -> ReplayPage:
    """Lay the page out. Call this inside ``gr.Blocks``."""
    lay_out_navigation("replay")
    with gr.Row(elem_id="ph-head", equal_height=False):
        gr.HTML(header_html(words_pages.REPLAY_PAGE, words_replay.EXPLANATION), padding=False, scale=1)
        links = gr.HTML("", padding=False, elem_id="ph-links")
        another = gr.Button(words_replay.OPEN_ANOTHER, size="sm", scale=0, min_width=120, visible=False)
    opening, choice, upload = _opening_row()
    recent = lay_out_cards()
    with gr.Column(elem_id="ph-player", visible=True) as player:
        with gr.Row(elem_id="ph-transport"):
            previous, play, following, speed = lay_out_moves()
            hint = gr.HTML("", padding=False)
            refresh = small_button(words_replay.REFRESH, visible=False)
            run_buttons = run_buttons_widget()
        moment = gr.HTML("", padding=False, elem_id="ph-moment")
        panels, strip, timeline_text = _run_columns()
    run = gr.State(DrawnRun())
    theme = gr.Textbox("light", visible="hidden", label="Theme")
    moving = MovingWidgets(previous, play, following, speed, strip, moment)
    return ReplayPage(
        links, another, opening, choice, upload, recent, player, hint, refresh, timeline_text, run, theme, moving,
        run_buttons, panels,
    )  # fmt: skip


def _opening_row() -> tuple[gr.Row, gr.Dropdown, gr.UploadButton]:
    with gr.Row(elem_id="ph-opening") as row:
        choice = gr.Dropdown(
            choices=[],
            value=None,
            label=words_replay.CHOOSE_RUN_LABEL,
            info=None,
            allow_custom_value=True,
            scale=1,
            elem_id="ph-run-choice",
        )
        upload = gr.UploadButton(
            words_pages.UPLOAD_LABEL, file_types=[".jsonl"], type="binary", scale=0, min_width=160, elem_id="ph-upload"
        )
    return row, choice, upload


def _run_columns() -> tuple[RunPanels, gr.HTML, gr.HTML]:
    above: list[gr.HTML] = []
    with gr.Row(elem_id="ph-columns", equal_height=False):
        with gr.Column(scale=6, min_width=320, elem_id="ph-conversation"):
            reading = lay_out_reading(AT_FIRST.notice)
        panels = lay_out_evidence(reading, before=lambda: above.extend(_strip_and_table()))
    strip, table = above
    return panels, strip, table


def _strip_and_table() -> tuple[gr.HTML, gr.HTML]:
    return strip_widget(), gr.HTML("", padding=False, elem_id="ph-timeline-text")
