"""What people think of a run: a thumb, or a comment about a moment of it."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from backend.client.errors import ClientError
from backend.client.sync import SyncRunClient
from backend.present.words import ask as words_ask
from ui_streamlit.plain_text import plain


def draw_remarks(client: SyncRunClient, run_id: str, moment: Callable[[], float | None]) -> None:
    """Two thumbs as words, and a comment. ``moment`` says, when one is given, which moment of the run it is about, in
    milliseconds; None for the run as a whole."""

    def give(thumb: Literal["up", "down"] | None, comment_key: str = "") -> None:
        comment = st.session_state.get(comment_key, "").strip() if comment_key else ""
        if thumb is None and not comment:
            st.toast(words_ask.COMMENT_EMPTY)
            return
        try:
            client.give_feedback(run_id, thumb=thumb, comment=comment, at_ms=moment())
        except ClientError as error:
            st.toast(plain(error.sentence))
            return
        if comment_key:
            st.session_state[comment_key] = ""
        st.toast(words_ask.FEEDBACK_KEPT)

    st.button(words_ask.HELPFUL, key=f"up-{run_id}", on_click=give, args=("up",))
    st.button(words_ask.NOT_HELPFUL, key=f"down-{run_id}", on_click=give, args=("down",))
    key = f"comment-{run_id}"
    with st.popover(words_ask.COMMENT):
        st.text_area(words_ask.COMMENT_LABEL, key=key, height=96)
        st.button(words_ask.SEND_COMMENT, key=f"send-{run_id}", type="primary", on_click=give, args=(None, key))
