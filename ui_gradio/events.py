"""The common settings of the pages' events: nothing on the page is covered, and sentences are shown in passing."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import wraps
from html import escape
from typing import Any, ParamSpec

import gradio as gr

from backend.present.words import run as words
from ui_gradio.drawing import Updates

_Taken = ParamSpec("_Taken")


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


def drawn_once(handler: Callable[_Taken, AsyncIterator[Updates]]) -> Callable[_Taken, AsyncIterator[Updates]]:
    """A handler whose last message changes nothing. Gradio sends the last message of a generator once more at the end,
    and by then the reader may have moved, chosen or written something else."""

    @wraps(handler)
    async def draws(*args: _Taken.args, **kwargs: _Taken.kwargs) -> AsyncIterator[Updates]:
        widget = None
        async with aclosing(handler(*args, **kwargs)) as drawings:  # type: ignore[type-var]
            async for updates in drawings:
                widget = next(iter(updates), widget)
                yield updates
        if widget is not None:
            yield {widget: gr.skip()}

    return draws
