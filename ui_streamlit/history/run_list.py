"""The runs that were found, each a button that chooses it, with its facts below."""

import streamlit as st

from backend.present.pages.history import run_line_html
from backend.present.words import history as words_history, run as words
from ui_streamlit.history.chosen import Choice
from ui_streamlit.history.search import Found, show_more
from ui_streamlit.plain_text import plain


def draw_run_list(choice: Choice, found: Found) -> None:
    """Draw it, the newest run first."""
    for run in found.runs:
        chosen = "ph-chosen-row" if run.run_id == choice.run_id else "ph-row"
        with st.container(key=f"{chosen}-{run.run_id}", gap=None):
            st.button(
                plain(words.shortened(run.question, 160)) or run.run_id,
                key=f"choose-{run.run_id}",
                on_click=choice.choose,
                args=(run.run_id,),
                width="stretch",
                wrap=True,
            )
            st.html(run_line_html(run))
    if found.more:
        st.button(words_history.MORE, key="history-more", on_click=show_more)
