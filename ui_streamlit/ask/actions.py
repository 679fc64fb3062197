"""What can be done with a run that is on the page: ask again, copy, replay, share, say what you think of it."""

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.present.answer.markdown_export import export_markdown
from backend.present.pages.copy_button import copy_button_html
from backend.present.words import pages as words_pages, run as words
from ui_streamlit.ask.conversation import Conversation
from ui_streamlit.feedback import draw_remarks
from ui_streamlit.sharing import draw_share_link
from ui_streamlit.visit import Visit


def lay_out_actions() -> DeltaGenerator:
    """Their row, as high as the examples that stand there before the first question."""
    return st.container(key="ph-actions", horizontal=True, vertical_alignment="center", gap="xsmall")


def draw_actions(visit: Visit, conversation: Conversation) -> None:
    """Draw them. Always as many elements: while a run is followed the script does not end, and what stood behind the
    last element in the pass before would stay on the page."""
    if conversation.may_continue:
        st.button(words.CONTINUE, key="continue", type="primary", on_click=conversation.carry_on)
    else:
        _nothing()
    if conversation.may_retry:
        kind: Literal["primary", "secondary"] = "secondary" if conversation.may_continue else "primary"
        st.button(words.RETRY, key="retry", type=kind, on_click=conversation.retry)
    else:
        _nothing()
    if conversation.run_id and conversation.ended and conversation.latest is not None:
        st.html(copy_button_html(export_markdown(conversation.latest.view), "ph-answer-markdown"), width="content")
        visit.link("replay", words_pages.OPEN_IN_REPLAY, run=conversation.run_id)
    else:
        _nothing()
        _nothing()
    if conversation.run_id:
        draw_share_link(visit.client, conversation.run_id)
        draw_remarks(visit.client, conversation.run_id, lambda: _moment(conversation))


def _nothing() -> None:
    """An element that nobody sees, in the place of one that does not fit now."""
    st.html("<span hidden></span>")


def _moment(conversation: Conversation) -> float | None:
    """The moment a remark is about, in milliseconds: now while the run goes on, the run as a whole afterwards."""
    if conversation.ended or conversation.latest is None:
        return None
    return conversation.latest.elapsed_ms
