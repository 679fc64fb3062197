"""The Ask page, from top to bottom: a conversation, or a shared run. Streamlit runs it at every click.

The remaining work is done on the background loop and begins before the page is laid out. A stop, another click or a
closed tab ends the pass at its next drawing call, which is at most a quarter of a second away; the run itself continues
in the backend, and the next pass finds the conversation as it is by then.
"""

from contextlib import closing

import streamlit as st

from backend.desk.conversation import Conversation, ConversationState
from backend.present.pages.addresses import RUN, SHARE
from backend.present.pages.conversation import earlier_turns_html
from backend.present.pages.notices import header_html, shared_header_html
from backend.present.words import ask as words_ask, pages as words_pages
from ui_streamlit.ask.actions import lay_out_actions
from ui_streamlit.ask.question_form import QUESTION, draw_examples, draw_question_form, fill_fields
from ui_streamlit.ask.showing import Showing, first_to_draw
from ui_streamlit.canvas import Canvas
from ui_streamlit.run_slots import lay_out_evidence, lay_out_reading
from ui_streamlit.visit import Visit, named, put_into_address


def show(visit: Visit) -> None:
    """One pass."""
    conversation = _opened(visit)
    with closing(visit.iterate(visit.desk.questions.proceed(conversation))) as states:
        state = first_to_draw(states, conversation)
        showing = _lay_out(visit, conversation, state)
        showing.draw(state)
        for newer in states:
            showing.draw(newer)


def _opened(visit: Visit) -> Conversation:
    """The tab's own conversation, with the run in the page's address."""
    share_id, run_id, questions = named(SHARE), named(RUN), visit.desk.questions
    conversation: Conversation = st.session_state.setdefault("shared" if share_id else "conversation", Conversation())
    if share_id:
        visit.call(questions.open_shared(conversation, share_id))
    elif QUESTION not in st.session_state or run_id not in ("", conversation.state.named):
        # Streamlit forgets the fields while another page is open.
        visit.call(questions.open(conversation, run_id))
    return conversation


def _lay_out(visit: Visit, conversation: Conversation, state: ConversationState) -> Showing:
    if not state.shared:
        fill_fields(state)
    _draw_head(visit, conversation, state)
    row = None
    left, right = st.columns([6, 5], gap="medium")
    with left:
        if not state.shared:
            draw_question_form(visit, conversation, state)
            row = None if state.empty else lay_out_actions()
            if row is None:
                draw_examples(visit, conversation)
        reading = lay_out_reading(earlier_turns_html(state.earlier))
    with right:
        slots = lay_out_evidence(reading)
    return Showing(visit, conversation, Canvas(slots, visit.theme), row)


def _draw_head(visit: Visit, conversation: Conversation, state: ConversationState) -> None:
    with st.container(key="ph-head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(shared_header_html() if state.shared else header_html())
        if state.shared:
            visit.link("replay", words_pages.OPEN_IN_REPLAY, share=state.named)
        elif not state.empty:
            st.button(
                words_ask.NEW_CONVERSATION,
                key="new-conversation",
                on_click=lambda: _begin_anew(visit, conversation),
            )


def _begin_anew(visit: Visit, conversation: Conversation) -> None:
    visit.call(visit.desk.questions.begin_anew(conversation))
    put_into_address()
