"""The page's script: Streamlit runs it from top to bottom at every click. It opens the page in the address."""

import sys

import streamlit as st

from backend.present.words import run as words
from ui_streamlit.pages import PAGES
from ui_streamlit.visit import Visit


def main(backend: str) -> None:
    """One pass over the page."""
    st.set_page_config(page_title=words.APP_TITLE, layout="wide", initial_sidebar_state="collapsed")
    visit = Visit.to(backend)
    # For all of the page: Streamlit draws unfolded panels outside the element that says whether it is dark.
    st.html(f"<style>:root{{color-scheme:{visit.theme}}}</style>")
    st.navigation(visit.open_pages(PAGES), position="hidden").run()


def _option(arguments: list[str], flag: str, default: str) -> str:
    """The value after an option, which ``python -m ui_streamlit`` passes on."""
    return arguments[arguments.index(flag) + 1] if flag in arguments else default


main(_option(sys.argv, "--backend", "http://127.0.0.1:8750"))
