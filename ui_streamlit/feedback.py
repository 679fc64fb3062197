"""Feedback on a run: a thumb, or a comment about a moment of it."""

from typing import Literal

import streamlit as st

from backend.desk.sharing import RunOnPage
from backend.present.words import ask as words_ask
from ui_streamlit.visit import Visit


def draw_feedback(visit: Visit, run: RunOnPage) -> None:
    """Two thumbs as words, and a comment."""
    feedback, key = visit.desk.feedback, f"comment-{run.run_id}"

    def rate(thumb: Literal["up", "down"]) -> None:
        visit.say(visit.call(feedback.rate(run, thumb)))

    def send() -> None:
        sent = visit.call(feedback.comment(run, st.session_state[key]))
        visit.say(sent.sentence)
        if sent.kept:
            st.session_state[key] = ""

    st.button(words_ask.HELPFUL, key=f"up-{run.run_id}", on_click=rate, args=("up",))
    st.button(words_ask.NOT_HELPFUL, key=f"down-{run.run_id}", on_click=rate, args=("down",))
    with st.popover(words_ask.COMMENT):
        st.text_area(words_ask.COMMENT_LABEL, key=key, height=96)
        st.button(words_ask.SEND_COMMENT, key=f"send-{run.run_id}", type="primary", on_click=send)
