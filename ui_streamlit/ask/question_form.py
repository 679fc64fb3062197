"""Question, agent, options, and the one button that fits: Stop while a run is under way, else Ask."""

from collections.abc import Callable, Sequence

import streamlit as st

from backend.client.replies import OfferedAgent
from backend.present.words import ask as words_ask, run as words
from backend.protocol.options import RunOptions
from ui_streamlit.ask.conversation import AGENT, QUESTION, SPEED, TIMEOUT, Conversation

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 0.0)
"""Offered for scripted and recorded runs; 0 plays without waiting."""

_LONGEST_S = next(limit.le for limit in RunOptions.model_fields["timeout_s"].metadata if hasattr(limit, "le"))

_ACTION = "action"
"""One key for whichever button stands beside the question: with two, both are on screen while the script runs."""


def draw_question_form(conversation: Conversation, offers: Sequence[OfferedAgent], on_stop: Callable[[], None]) -> None:
    """Draw it. Enter in the question asks, except while a run is under way, where it would press Stop."""
    running = conversation.running
    with st.form("ph-ask", border=False, enter_to_submit=not running):
        places = st.columns([5.2, 3.6, 2.1, 1.5], vertical_alignment="bottom", gap="small")
        follow_up = not conversation.empty
        places[0].text_input(
            words.QUESTION_LABEL,
            key=QUESTION,
            placeholder=words_ask.FOLLOW_UP_PLACEHOLDER if follow_up else words.QUESTION_PLACEHOLDER,
            autocomplete="off",
        )
        _agent_field(places[1], offers)
        with places[2].popover(words_ask.OPTIONS, width="stretch"):
            _option_fields()
        if running:
            label = words.STOPPING if conversation.stopping else words.STOP
            places[3].form_submit_button(
                label, key=_ACTION, disabled=conversation.stopping, on_click=on_stop, width="stretch"
            )
        else:
            places[3].form_submit_button(
                words.ASK, key=_ACTION, type="primary", width="stretch", on_click=conversation.ask_what_is_written
            )


def draw_examples(conversation: Conversation) -> None:
    """Three questions to try, while nothing was asked."""
    with st.container(key="ph-examples"):
        places = st.columns(len(words.EXAMPLE_QUESTIONS), gap="xsmall")
        for number, (place, question) in enumerate(zip(places, words.EXAMPLE_QUESTIONS, strict=True)):
            place.button(
                question,
                key=f"example-{number}",
                on_click=conversation.ask_example,
                args=(question,),
                width="stretch",
                wrap=True,
            )


def _agent_field(place: st.delta_generator.DeltaGenerator, offers: Sequence[OfferedAgent]) -> None:
    chosen = st.session_state[AGENT]
    titles = {offer.agent: offer.title or offer.agent for offer in offers}
    names = list(titles)
    if chosen not in titles:
        names.insert(0, chosen)
    place.selectbox(words.AGENT_LABEL, names, key=AGENT, format_func=lambda name: titles.get(name, name))


def _option_fields() -> None:
    st.number_input(
        words_ask.TIMEOUT_LABEL,
        key=TIMEOUT,
        min_value=1.0,
        max_value=float(_LONGEST_S),
        step=1.0,
        format="%g",
        help=words_ask.TIMEOUT_HELP,
    )
    st.selectbox(words_ask.SPEED_LABEL, SPEEDS, key=SPEED, format_func=words_ask.speed_word, help=words_ask.SPEED_HELP)
