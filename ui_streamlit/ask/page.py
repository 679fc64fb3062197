"""The Ask page, from top to bottom: a conversation, or a shared run. Streamlit runs it at every click.

The remaining work is done on the background loop and begins before the page is laid out. A stop, another click or a
closed tab ends the pass at its next drawing call, which is at most a quarter of a second away; the run itself continues
in the backend, and the next pass finds the conversation as it is by then.
"""

from contextlib import closing
from dataclasses import replace
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.present.pages.addresses import RUN, SHARE
from backend.present.pages.cards import run_cards_html, welcome_html
from backend.present.pages.conversation import earlier_turns_html
from backend.present.pages.notices import latest_html
from backend.present.words import ask as words_ask
from ui_streamlit.ask.actions import lay_out_actions
from ui_streamlit.ask.composer import QUESTION, draw_composer, fill_fields
from ui_streamlit.ask.showing import Showing, first_to_draw
from ui_streamlit.canvas import Canvas, draw_question
from ui_streamlit.choices import draw_cards
from ui_streamlit.input_cards import draw_input_cards
from ui_streamlit.run_slots import lay_out_evidence, lay_out_reading
from ui_streamlit.run_strip import draw_strip
from ui_streamlit.visit import Visit, named, put_into_address

_ADDRESS: Final = "address"
"""In the session state: the run in the address at the pass before."""


def show(visit: Visit) -> None:
    """One pass."""
    conversation = _opened(visit)
    with closing(visit.iterate(visit.desk.questions.proceed(conversation))) as states:
        state = first_to_draw(states, conversation)
        visit.draw_bar("ask", lambda: _draw_new_conversation(visit, conversation))
        showing = _lay_out(visit, conversation, state)
        showing.draw(state)
        for newer in states:
            showing.draw(newer)


def _opened(visit: Visit) -> Conversation:
    """The tab's own conversation, with the run in the page's address."""
    share_id, run_id, questions = named(SHARE), named(RUN), visit.desk.questions
    conversation: Conversation = st.session_state.setdefault("shared" if share_id else "conversation", Conversation())
    # A pass may end before it has put the next run of the conversation into the address: that is not a wish to go back.
    before = st.session_state.get(_ADDRESS)
    st.session_state[_ADDRESS] = run_id
    if share_id:
        visit.call(questions.open_shared(conversation, share_id))
    elif QUESTION not in st.session_state or run_id not in ("", conversation.state.named, before):
        # Streamlit forgets the fields while another page is open.
        visit.call(questions.open(conversation, run_id))
    return conversation


def _lay_out(visit: Visit, conversation: Conversation, state: ConversationState) -> Showing:
    recent: list[DeltaGenerator] = []
    if state.writes or not state.shared:
        fill_fields(state)
    with st.container(key="ph-columns", horizontal=True, gap=None):
        with st.container(key="ph-conversation", gap=None):
            reading = lay_out_reading(
                earlier_turns_html(state.earlier, comments=state.rights.comments, shares=state.rights.shares),
                before=lambda: _draw_head(visit, conversation, state, recent),
            )
            drawn = draw_question(reading, state)
            with st.container(key="ph-latest", gap=None):
                st.html(latest_html())
            with st.container(key="ph-composer", gap=None):
                if state.rights_html:
                    st.html(state.rights_html)
                if state.writes:
                    draw_composer(visit, conversation, state)
        with st.container(key="ph-evidence", gap=None):
            slots = lay_out_evidence(reading, before=lambda: draw_strip(state.strip_data))
            slots = replace(slots, strip=st.empty())
    for slot in recent:
        with slot:
            cards = run_cards_html(visit.call(visit.desk.recent_runs.cards()))
            _draw_cards(visit, conversation, "recent-cards", cards)
    if not state.empty:
        with reading.below:
            draw_input_cards(state.inputs_html, lambda said: visit.call(visit.desk.run_cards.press(conversation, said)))
    row = None
    if not state.empty:
        with reading.below:
            row = lay_out_actions()
    return Showing(visit, conversation, Canvas(slots, visit.theme, drawn=drawn), row)


def _draw_head(
    visit: Visit, conversation: Conversation, state: ConversationState, recent: list[DeltaGenerator]
) -> None:
    """Above the conversation: whose run this is if it is shared; before the first question what can be asked. Adds the
    slot for the latest runs, which are fetched once all else is on the page."""
    if state.header_html:
        with st.container(key="ph-head", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(state.header_html)
    if state.rights.asks and state.empty and not state.opening:
        with st.container(key="ph-welcome", gap=None):
            _draw_cards(visit, conversation, "first-cards", welcome_html())
            recent.append(st.container(key="ph-recent", gap=None))


def _draw_cards(visit: Visit, conversation: Conversation, key: str, cards: str) -> None:
    draw_cards(key, cards, lambda choice: visit.call(visit.desk.first_screen.press(conversation, choice)))


def _draw_new_conversation(visit: Visit, conversation: Conversation) -> None:
    state = conversation.state
    if state.rights.asks and not state.empty:
        st.button(words_ask.NEW_CONVERSATION, key="new-conversation", on_click=lambda: _begin_anew(visit, conversation))


def _begin_anew(visit: Visit, conversation: Conversation) -> None:
    visit.call(visit.desk.questions.begin_anew(conversation))
    put_into_address()
