"""The common settings of the pages' events: nothing on the page is covered, and sentences are shown in passing."""

from html import escape
from typing import Any

import gradio as gr

from backend.present.words import run as words


def quiet(state: gr.State) -> dict[str, Any]:
    """Settings of an event during which nothing on the page is covered, and nobody waits for somebody else.

    ``state``: one of the page's, which no browser draws. Gradio reports the progress of the event to it alone. Reported
    to the outputs, as by default, it would have the browser copy all their values, the answer included, at every
    message of a run.
    """
    return {"show_progress": "hidden", "show_progress_on": state, "concurrency_limit": None}


def say(sentence: str) -> None:
    """Show a sentence in passing, in a corner of the page, unless it is empty. Call this while an event is handled."""
    if sentence:
        gr.Info(escape(sentence), title=words.APP_TITLE)
