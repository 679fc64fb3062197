"""The layout of the Ask page: the conversation on the left; steps, sources and results on the right."""

from dataclasses import dataclass, fields

import gradio as gr

from backend.desk.conversation import RUN_SPEEDS, Conversation
from backend.present.pages.notices import header_html
from backend.present.theme.style import QUESTION_LINES
from backend.present.words import ask as words_ask, run as words
from backend.protocol.options import LONGEST_S
from ui_gradio.deferred_updates import DeferredUpdates, Streaming
from ui_gradio.navigation import lay_out_navigation
from ui_gradio.run_buttons import RunButtons, lay_out_run_buttons, lay_out_unfolding_panels, small_button
from ui_gradio.run_panels import RunPanels, lay_out_evidence, lay_out_reading


@dataclass(frozen=True, slots=True)
class AskPage:
    """The widgets of the page that change, besides those of the run."""

    header: gr.HTML
    new_conversation: gr.Button
    question: gr.Textbox
    agent: gr.Dropdown
    timeout: gr.Number
    speed: gr.Dropdown
    ask: gr.Button
    stop: gr.Button
    phase: gr.HTML
    example_row: gr.Row
    action_row: gr.Row
    go_on: gr.Button
    wait_longer: gr.Button
    retry: gr.Button
    after_run: gr.HTML
    run_id: gr.Textbox
    conversation: gr.State
    deferred: gr.State
    theme: gr.Textbox
    charts_ready: gr.Textbox
    fetch_trigger: gr.Textbox
    run_buttons: RunButtons
    panels: RunPanels
    examples: tuple[gr.Button, ...]

    def outputs(self) -> list[gr.blocks.Block]:
        """Every widget that a run may change."""
        groups = ("run_buttons", "panels", "examples")
        single = [getattr(self, field.name) for field in fields(self) if field.name not in groups]
        return [*single, *self.run_buttons.outputs(), *self.panels.outputs()]

    def streaming(self) -> Streaming:
        """The widgets that are drawn all the time, and the rest."""
        return Streaming(self.outputs(), [self.run_id, self.phase, *self.panels.texts()], self.fetch_trigger)


def build_page() -> AskPage:
    """Lay the page out. Call this inside ``gr.Blocks``."""
    lay_out_navigation("ask")
    with gr.Row(elem_id="ph-head", equal_height=False):
        header = gr.HTML(header_html(), padding=False, scale=1)
        new = gr.Button(words_ask.NEW_CONVERSATION, size="sm", scale=0, min_width=150, visible=False)
    with gr.Row(elem_id="ph-columns", equal_height=False):
        with gr.Column(scale=6, min_width=320, elem_id="ph-conversation"):
            question, agent, timeout, speed, ask, stop = _question_row()
            phase = gr.HTML("", visible="hidden", elem_id="ph-phase")
            example_row, examples = _example_row()
            with gr.Row(elem_id="ph-actions", visible=False) as action_row:
                go_on = small_button(words.CONTINUE, variant="primary", visible=False)
                wait_longer = small_button(words.WAIT_LONGER, variant="primary", visible=False)
                retry = small_button(words.RETRY, visible=False)
                after_run = gr.HTML("", padding=False, elem_id="ph-after-run")
                buttons = lay_out_run_buttons()
            run_buttons = lay_out_unfolding_panels(buttons)
            reading = lay_out_reading()
        panels = lay_out_evidence(reading)
    run_id = gr.Textbox(visible="hidden", elem_id="ph-run-id", label="Run")
    conversation, deferred = gr.State(Conversation()), gr.State(DeferredUpdates())
    theme = gr.Textbox("light", visible="hidden", label="Theme")
    charts_ready = gr.Textbox("", visible="hidden", label="Charts")
    fetch_trigger = gr.Textbox("", visible="hidden", label="Changes")
    return AskPage(
        header, new, question, agent, timeout, speed, ask, stop, phase, example_row, action_row, go_on, wait_longer,
        retry, after_run, run_id, conversation, deferred, theme, charts_ready, fetch_trigger, run_buttons, panels,
        examples,
    )  # fmt: skip


def _question_row() -> tuple[gr.Textbox, gr.Dropdown, gr.Number, gr.Dropdown, gr.Button, gr.Button]:
    with gr.Row(elem_id="ph-ask", equal_height=True):
        question = gr.Textbox(
            label=words.QUESTION_LABEL,
            placeholder=words.QUESTION_PLACEHOLDER,
            # One line at first, so that Enter asks and Shift+Enter breaks the line.
            lines=1,
            max_lines=QUESTION_LINES,
            scale=6,
            min_width=200,
            autofocus=True,
            elem_id="ph-question",
        )
        agent = gr.Dropdown(
            # Empty until the backend has sent its agents: an earlier question goes to the usual agent.
            choices=[],
            value="",
            label=words.AGENT_LABEL,
            # The list comes from the backend after the page is built, and Gradio checks against the built one.
            allow_custom_value=True,
            scale=4,
            min_width=170,
            elem_id="ph-agent",
        )
        with gr.Accordion(words_ask.OPTIONS, open=False, elem_id="ph-options"):
            timeout = gr.Number(label=words_ask.TIMEOUT_LABEL, info=words_ask.TIMEOUT_HELP, maximum=LONGEST_S)
            speed = gr.Dropdown(
                choices=[(words_ask.speed_word(speed), speed) for speed in RUN_SPEEDS],
                value=1.0,
                label=words_ask.SPEED_LABEL,
                info=words_ask.SPEED_HELP,
                filterable=False,
            )
        ask = gr.Button(words.ASK, variant="primary", scale=1, min_width=72, elem_id="ph-ask-button")
        stop = gr.Button(words.STOP, variant="stop", scale=1, min_width=72, elem_id="ph-stop-button")
    return question, agent, timeout, speed, ask, stop


def _example_row() -> tuple[gr.Row, tuple[gr.Button, ...]]:
    with gr.Row(elem_id="ph-examples") as row:
        buttons = tuple(
            gr.Button(question, size="sm", variant="secondary", min_width=80) for question in words.EXAMPLE_QUESTIONS
        )
    return row, buttons
