"""The widget of the run strip: its value is what ``backend.present.strip.page_data`` makes."""

from functools import cache
from importlib.resources import files

import gradio as gr

from backend.present.browser import strip_script
from backend.present.strip.page_data import strip_data


def strip_widget() -> gr.HTML:
    """The strip over the whole width of the element around it. A reader's move is its event ``input``."""
    return gr.HTML(
        strip_data(()),
        html_template=" ",
        js_on_load=_script(),
        apply_default_css=False,
        padding=False,
        elem_id="ph-strip",
    )


@cache
def _script() -> str:
    return strip_script() + files("ui_gradio").joinpath("run_strip.js").read_text(encoding="utf-8")
