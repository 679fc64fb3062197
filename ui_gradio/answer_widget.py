"""The widget of a growing answer: a list of blocks, of which only those that differ are drawn.

Gradio's own way, a template over the whole list, parses and compares the whole answer at every update. This compares
the blocks as text, and inside a block that grew it keeps the old part and appends the new one, so that a reader may
select text of a paragraph that is still being written.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import gradio as gr


def answer_widget(**options: Any) -> gr.HTML:
    """The widget. Its value is the ``html`` of each ``AnswerBlock``, each one element; ``options``: see ``gr.HTML``."""
    return gr.HTML([], html_template=" ", js_on_load=_script(), apply_default_css=False, padding=False, **options)


@cache
def _script() -> str:
    return files("ui_gradio").joinpath("answer_widget.js").read_text(encoding="utf-8")
