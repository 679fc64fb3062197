"""The Ask place, from top to bottom. Streamlit runs it at every click, and it follows the run at its end.

A stop, another click or a closed tab ends the script at its next drawing call, which is at most a quarter of a
second away; the run itself goes on in the backend, and the next pass of the script finds it by its id.
"""

import streamlit as st

from backend.present.pages.addresses import SHARE
from backend.present.pages.conversation import earlier_turns_html
from backend.present.pages.notices import header_html
from backend.present.pages.question_checks import starting_agent
from backend.present.words import ask as words_ask
from ui_streamlit.ask import followed_run, shared
from ui_streamlit.ask.actions import draw_actions, lay_out_actions
from ui_streamlit.ask.conversation import Conversation
from ui_streamlit.ask.question_form import draw_examples, draw_question_form
from ui_streamlit.canvas import Canvas
from ui_streamlit.run_slots import lay_out_evidence, lay_out_reading
from ui_streamlit.visit import Visit, named


def show(visit: Visit) -> None:
    """One pass."""
    if named(SHARE):
        shared.show(visit, named(SHARE))
        return
    client, conversation = visit.client, Conversation.of_this_session()
    offers = followed_run.offered_agents(client, conversation)
    if offers:
        conversation.start_with(starting_agent([offer.agent for offer in offers]))
    if conversation.problem is None or not conversation.problem.passes:
        followed_run.take_up_address(client, conversation)
    conversation.fill_fields()
    with st.container(key="ph-head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(header_html())
        if not conversation.empty:
            st.button(words_ask.NEW_CONVERSATION, key="new-conversation", on_click=conversation.begin_anew)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        draw_question_form(conversation, offers, on_stop=lambda: followed_run.stop(client, conversation))
        row = None if conversation.empty else lay_out_actions()
        if row is None:
            draw_examples(conversation)
        reading = lay_out_reading(earlier_turns_html(conversation.earlier))
    with right:
        places = lay_out_evidence(reading)
    canvas = Canvas(places, visit.theme)
    if conversation.wanted is not None:
        followed_run.start(client, conversation, canvas)
    if row is not None:
        with row:
            draw_actions(visit, conversation)
    followed_run.show(client, conversation, canvas)
