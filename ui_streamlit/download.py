"""A file that the browser saves: made when its button is pressed, so that a failure is shown as a sentence.

Streamlit's own button makes a file before it is pressed, or reports a failure in words of its own.
"""

from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any, Final

import streamlit as st

from backend.present.offline_page.exports import ExportedFile
from ui_streamlit.visit import Visit

_MADE: Final = "file-made"
_SERIAL: Final = "file-serial"


def draw_save_button(
    visit: Visit, label: str, key: str, make: Callable[[], Coroutine[Any, Any, ExportedFile | str]]
) -> None:
    """A button that makes a file and has the browser save it. ``make`` may return a sentence instead."""

    def pressed() -> None:
        made = visit.call(make())
        if isinstance(made, str):
            visit.say(made)
        else:
            st.session_state[_MADE] = made

    st.button(label, key=key, on_click=pressed)


def draw_download() -> None:
    """Have the browser save the file made since the last pass, if there is one. Call this last on a page."""
    made: ExportedFile | None = st.session_state.pop(_MADE, None)
    if made is None:
        return
    # Another number each time: the same HTML is not drawn twice.
    serial = st.session_state[_SERIAL] = st.session_state.get(_SERIAL, 0) + 1
    with st.container(key=f"ph-file-{serial}"):
        st.download_button(made.name, made.content, made.name, made.media_type, key=f"file-{serial}", on_click="ignore")
        st.html(save_html(serial), unsafe_allow_javascript=True)


def save_html(serial: int) -> str:
    """Has the browser save the file of the hidden button with that number. The number is beside the script, whose text
    is always the same: the server allows exactly that."""
    return f'<span data-ph-file="{serial}"></span><script>{_script()}</script>'


@cache
def _script() -> str:
    return Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
