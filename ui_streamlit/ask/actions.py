"""The actions on the run on the page: ask again, copy, replay, share, give feedback."""

from collections.abc import Callable, Coroutine
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.present.answer.markdown_export import export_markdown
from backend.present.pages.addresses import run_parameter
from backend.present.pages.copy_button import copy_button_html
from backend.present.pages.run_buttons import run_buttons_html
from backend.present.words import pages as words_pages, run as words
from ui_streamlit.ask.composer import QUESTION
from ui_streamlit.visit import Visit


def lay_out_actions() -> DeltaGenerator:
    """Their row, below the answer."""
    return st.container(key="ph-actions", horizontal=True, vertical_alignment="center", gap="xsmall")


def draw_actions(visit: Visit, conversation: Conversation, state: ConversationState) -> None:
    """Draw them. Always the same number of elements: while a run is followed the script does not end, and elements
    after the last one from the pass before would stay on the page."""

    def asks_again(intent: Callable[[Conversation, str], Coroutine[Any, Any, None]]) -> Callable[[], None]:
        return lambda: visit.call(intent(conversation, st.session_state.get(QUESTION, "")))

    questions = visit.desk.questions
    if state.may_continue:
        st.button(words.CONTINUE, key="continue", type="primary", on_click=asks_again(questions.carry_on))
    else:
        _nothing()
    if state.may_wait_longer:
        st.button(words.WAIT_LONGER, key="wait-longer", type="primary", on_click=asks_again(questions.wait_longer))
    else:
        _nothing()
    if state.may_retry:
        st.button(
            words.RETRY,
            key="retry",
            type="secondary" if state.may_continue or state.may_wait_longer else "primary",
            on_click=asks_again(questions.retry),
        )
    else:
        _nothing()
    if state.run_id and state.ended and state.frame is not None:
        st.html(copy_button_html(export_markdown(state.frame.view), "ph-answer-markdown"), width="content")
        visit.link("replay", words_pages.OPEN_IN_REPLAY, **run_parameter(state.run_id))
    else:
        _nothing()
        _nothing()
    if state.run_id and state.rights.comments:
        st.html(run_buttons_html(state.run_id, shares=state.rights.shares), width="content")
    else:
        _nothing()


def _nothing() -> None:
    """An invisible element, in the slot of one that does not fit now."""
    st.html("<span hidden></span>")
