"""The page's script: Streamlit runs it from top to bottom at every click. It opens the page in the address."""

import sys
from collections.abc import Callable
from typing import Final

import streamlit as st

from backend.present.browser import page_script
from backend.present.pages.addresses import PageName
from backend.present.theme.style import page_style_element
from backend.present.words import run as words
from ui_streamlit.ask import page as ask
from ui_streamlit.compare import page as compare
from ui_streamlit.history import page as history
from ui_streamlit.replay import page as replay
from ui_streamlit.style import page_style
from ui_streamlit.visit import Visit

_PAGES: Final[dict[PageName, Callable[[Visit], None]]] = {
    "ask": ask.show,
    "replay": replay.show,
    "compare": compare.show,
    "history": history.show,
}
"""In the order of the navigation; the first is at ``/``."""


def main(backend: str, public_url: str) -> None:
    """One pass over the page."""
    st.set_page_config(page_title=words.APP_TITLE, layout="wide", initial_sidebar_state="collapsed")
    visit = Visit.to(backend, public_url)
    # Not "host": Streamlit draws unfolded panels outside the element that says whether the page is dark.
    st.html(page_style_element(visit.theme))
    st.html(page_style())
    st.html(f"<script>{page_script()}</script>", unsafe_allow_javascript=True)
    st.navigation(visit.open_pages(_PAGES), position="hidden").run()


def _option(arguments: list[str], flag: str, default: str) -> str:
    """The value after an option, which ``python -m ui_streamlit`` passes on."""
    return arguments[arguments.index(flag) + 1] if flag in arguments else default


main(_option(sys.argv, "--backend", "http://127.0.0.1:8750"), _option(sys.argv, "--public-url", ""))
