"""The layout of the Ask page: the conversation on the left; steps, sources and results on the right."""

from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from backend.desk.conversation import Conversation
from backend.desk.conversation_state import RUN_SPEEDS
from backend.present.pages.cards import welcome_html
from backend.present.pages.notices import latest_html
from backend.present.theme.style import QUESTION_LINES
from backend.present.words import ask as words_ask, run as words
from backend.protocol.options import LONGEST_S
from ui_gradio.ask.attachments import AttachmentWidgets, attach_button, lay_out_chosen_files
from ui_gradio.ask.steering import SteeringWidgets, lay_out_steering
from ui_gradio.choices import lay_out_cards
from ui_gradio.deferred_updates import DeferredUpdates, Streaming
from ui_gradio.input_cards import input_cards_widget
from ui_gradio.navigation import lay_out_navigation
from ui_gradio.phase import phase_widget
from ui_gradio.run_buttons import run_buttons_widget, small_button
from ui_gradio.run_panels import RunPanels, lay_out_evidence, lay_out_reading
from ui_gradio.run_strip import strip_widget


@dataclass(frozen=True, slots=True)
class AskPage:
    """The widgets of the page that change, besides those of the run."""

    header: gr.HTML
    rights: gr.HTML
    new_conversation: gr.Button
    question: gr.Textbox
    written: gr.HTML
    agent: gr.Dropdown
    timeout: gr.Number
    speed: gr.Dropdown
    ask: gr.Button
    stop: gr.Button
    phase: gr.HTML
    go_on: gr.Button
    wait_longer: gr.Button
    retry: gr.Button
    after_run: gr.HTML
    inputs: gr.HTML
    run_id: gr.Textbox
    conversation: gr.State
    deferred: gr.State
    strip: gr.HTML
    theme: gr.Textbox
    charts_ready: gr.Textbox
    fetch_trigger: gr.Textbox
    attachments: AttachmentWidgets
    steering: SteeringWidgets
    run_buttons: gr.HTML
    panels: RunPanels
    recent: gr.HTML
    first: gr.HTML

    def outputs(self) -> list[gr.blocks.Block]:
        """Every widget that a run may change."""
        groups = ("attachments", "steering", "panels", "recent", "first")
        single = [getattr(self, field.name) for field in fields(self) if field.name not in groups]
        parts = (self.attachments, self.steering, self.panels)
        return [*single, *(widget for part in parts for widget in part.outputs())]

    def streaming(self) -> Streaming:
        """The widgets that are drawn all the time, and the rest."""
        often = [self.run_id, self.written, self.phase, self.strip, self.inputs, *self.panels.texts()]
        return Streaming(self.outputs(), often, self.fetch_trigger)


def build_page() -> AskPage:
    """Lay the page out. Call this inside ``gr.Blocks``."""
    parts: dict[str, Any] = {}
    lay_out_navigation("ask", lambda: parts.update(new_conversation=_new_conversation()))
    with gr.Row(elem_id="ph-columns", equal_height=False):
        with gr.Column(elem_id="ph-conversation"):
            reading = lay_out_reading(
                before=lambda: parts.update(_lay_out_welcome()), after=lambda: parts.update(_lay_out_actions())
            )
            gr.HTML(latest_html(), padding=False, elem_id="ph-latest")
            with gr.Column(elem_id="ph-composer"):
                parts["rights"] = gr.HTML("", padding=False, elem_id="ph-rights")
                parts.update(_lay_out_composer())
        panels = lay_out_evidence(reading, before=lambda: parts.update(strip=strip_widget()))
    return AskPage(
        run_id=gr.Textbox(visible="hidden", elem_id="ph-run-id", label="Run"),
        conversation=gr.State(Conversation()),
        deferred=gr.State(DeferredUpdates()),
        theme=gr.Textbox("light", visible="hidden", label="Theme"),
        charts_ready=gr.Textbox("", visible="hidden", label="Charts"),
        fetch_trigger=gr.Textbox("", visible="hidden", label="Changes"),
        panels=panels,
        **parts,
    )


def _new_conversation() -> gr.Button:
    return gr.Button(words_ask.NEW_CONVERSATION, size="sm", scale=0, min_width=130, visible=False)


def _lay_out_welcome() -> dict[str, Any]:
    """The parts of the page before the first question. The page's style hides them afterwards."""
    header = gr.HTML("", padding=False, elem_id="ph-shared-header")
    with gr.Column(elem_id="ph-welcome"):
        first = lay_out_cards(welcome_html(), "ph-first")
        return {"header": header, "first": first, "recent": lay_out_cards()}


def _lay_out_actions() -> dict[str, Any]:
    """What the run asks, and the actions on it, below its answer."""
    inputs = input_cards_widget()
    with gr.Row(elem_id="ph-actions"):
        return {
            "inputs": inputs,
            "go_on": small_button(words.CONTINUE, variant="primary", visible=False),
            "wait_longer": small_button(words.WAIT_LONGER, variant="primary", visible=False),
            "retry": small_button(words.RETRY, visible=False),
            "after_run": gr.HTML("", padding=False, elem_id="ph-after-run"),
            "run_buttons": run_buttons_widget(),
        }


def _lay_out_composer() -> dict[str, Any]:
    """Question, agent, options, files, and Ask or Stop."""
    with gr.Column(elem_id="ph-composer-card"):
        chosen = lay_out_chosen_files()
        question = gr.Textbox(
            label=words.QUESTION_LABEL,
            placeholder=words.QUESTION_PLACEHOLDER,
            # One line at first, so that Enter asks and Shift+Enter breaks the line.
            lines=1,
            max_lines=QUESTION_LINES,
            container=False,
            autofocus=True,
            elem_id="ph-question",
        )
        with gr.Row(elem_id="ph-composer-row", equal_height=False):
            agent = gr.Dropdown(
                # Empty until the backend has sent its agents: an earlier question goes to the usual agent.
                choices=[],
                value="",
                label=words.AGENT_LABEL,
                # The list comes from the backend after the page is built, and Gradio checks against the built one.
                allow_custom_value=True,
                container=False,
                min_width=120,
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
            attach = attach_button()
            steering = lay_out_steering()
            ask = gr.Button(words.ASK, variant="primary", scale=0, min_width=72, elem_id="ph-ask-button")
            stop = gr.Button(words.STOP, variant="stop", scale=0, min_width=72, elem_id="ph-stop-button")
    phase = phase_widget()
    return {
        "question": question,
        "written": gr.HTML("", padding=False, visible="hidden", elem_id="ph-written-change"),
        "agent": agent,
        "timeout": timeout,
        "speed": speed,
        "ask": ask,
        "stop": stop,
        "phase": phase,
        "steering": steering,
        "attachments": AttachmentWidgets(attach, *chosen),
    }
