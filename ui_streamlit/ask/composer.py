"""Question, agent, options, and the one button that fits: Stop while a run is under way, else Ask."""

import streamlit as st

from backend.desk.conversation import Conversation
from backend.desk.conversation_state import RUN_SPEEDS, ConversationState
from backend.present.words import ask as words_ask, run as words
from backend.protocol.options import LONGEST_S
from ui_streamlit.ask.attachments import draw_attach, draw_chosen_files
from ui_streamlit.ask.steering import NOTHING, draw_steering
from ui_streamlit.visit import Visit

QUESTION = "ph-question"
_AGENT = "agent"
_TIMEOUT = "timeout"
_SPEED = "speed"
"""Keys of the fields in Streamlit's session state."""

_ACTION = "action"
"""One key for both buttons beside the question: with two, both are on screen while the script runs."""

_FILLED = "filled"
"""In the session state: the last change of the fields by the desk that this tab has applied."""


AGENT_WIDTH_PX = 230


def fill_fields(state: ConversationState) -> None:
    """Fill the fields from this conversation. Call this before they are drawn."""
    fields = st.session_state
    if fields.get(_FILLED) != state.fields.change:
        fields[_FILLED] = state.fields.change
        if state.fields.agent is not None:
            fields[_AGENT] = state.fields.agent
    fields.setdefault(QUESTION, "")
    fields.setdefault(_AGENT, state.agent)
    fields.setdefault(_TIMEOUT, state.asked.options.timeout_s)
    fields.setdefault(_SPEED, state.asked.options.speed)


def draw_composer(visit: Visit, conversation: Conversation, state: ConversationState) -> None:
    """Draw it. Ctrl+Enter in the question asks; the page's script sends it on Enter, except during a run, when it would
    press Stop. Not Streamlit's chat input: that one takes what is typed during a run away on Enter."""
    with st.container(key="ph-composer-card", gap=None):
        st.html(state.written.html or NOTHING)
        draw_chosen_files(visit, conversation, state)
        with st.form("ph-ask", border=False, enter_to_submit=not state.running):
            st.text_area(
                words.QUESTION_LABEL,
                key=QUESTION,
                height="content",
                placeholder=words.QUESTION_PLACEHOLDER if state.empty else words_ask.FOLLOW_UP_PLACEHOLDER,
                label_visibility="collapsed",
            )
            draw_steering(visit, conversation, state, QUESTION)
            if state.running:
                st.form_submit_button(
                    words.STOPPING if state.stopping else words.STOP,
                    key=_ACTION,
                    disabled=state.stopping,
                    on_click=lambda: _stop(visit, conversation),
                    width="content",
                )
            else:
                st.form_submit_button(
                    words.ASK, key=_ACTION, type="primary", width="content", on_click=lambda: _ask(visit, conversation)
                )
        # Outside the form, which would keep the chosen agent to itself: whether files can be attached depends on it.
        with st.container(key="ph-composer-row", horizontal=True, vertical_alignment="center", gap="xsmall"):
            _agent_field(state)
            with st.popover(words_ask.OPTIONS, width="content"):
                _option_fields()
            draw_attach(visit, conversation, state, st.session_state[_AGENT])


def _ask(visit: Visit, conversation: Conversation) -> None:
    """Ask with the current values of the fields: a click on Ask also ends the typing, so no earlier pass has seen
    it."""
    fields = st.session_state
    visit.call(
        visit.desk.questions.ask(
            conversation, fields[QUESTION], fields[_AGENT], fields.get(_TIMEOUT), fields.get(_SPEED, 1.0)
        )
    )


def _stop(visit: Visit, conversation: Conversation) -> None:
    visit.say(visit.call(visit.desk.questions.stop(conversation)))


def _agent_field(state: ConversationState) -> None:
    chosen = st.session_state[_AGENT]
    titles = {choice.name: choice.title for choice in state.choices}
    names = list(titles)
    if chosen not in titles:
        names.insert(0, chosen)
    st.selectbox(
        words.AGENT_LABEL,
        names,
        key=_AGENT,
        format_func=lambda name: titles.get(name, name),
        label_visibility="collapsed",
        width=AGENT_WIDTH_PX,
    )


def _option_fields() -> None:
    st.number_input(
        words_ask.TIMEOUT_LABEL,
        key=_TIMEOUT,
        min_value=1.0,
        max_value=LONGEST_S,
        step=1.0,
        format="%g",
        help=words_ask.TIMEOUT_HELP,
    )
    st.selectbox(
        words_ask.SPEED_LABEL, RUN_SPEEDS, key=_SPEED, format_func=words_ask.speed_word, help=words_ask.SPEED_HELP
    )
