"""What every event of the pages has in common: nothing on the page is covered, and a sentence is said in passing."""

from html import escape
from typing import Any

import gradio as gr

from backend.present.words import run as words


def quiet(state: gr.State) -> dict[str, Any]:
    """Settings of an event under which nothing on the page is covered while it is under way, and nobody waits for
    somebody else.

    ``state``: one of the page's, which no browser draws. How far the event is gets told to it alone. Told to the
    outputs, as Gradio does by itself, it would have the browser copy all that each of them holds, the answer included,
    at every message of a run.
    """
    return {"show_progress": "hidden", "show_progress_on": state, "concurrency_limit": None}


def say(sentence: str) -> None:
    """Say something in passing, in a corner of the page, unless it is empty. To be called while an event is handled."""
    if sentence:
        gr.Info(escape(sentence), title=words.APP_TITLE)
