"""The buttons of a run, and the small buttons beside them."""

from typing import Literal

import gradio as gr


def small_button(
    label: str, *, variant: Literal["primary", "secondary", "stop"] = "secondary", visible: bool = True
) -> gr.Button:
    """A button of a row of actions."""
    return gr.Button(label, size="sm", variant=variant, scale=0, min_width=60, visible=visible)


def run_buttons_widget() -> gr.HTML:
    """The widget, empty. Its value is ``run_buttons_html``; the pages' script takes the presses."""
    return gr.HTML("", padding=False, elem_classes="ph-run-buttons-slot")
