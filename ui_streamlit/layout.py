"""Where things stand on the page: the conversation on the left; steps, sources and results on the right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.client.replies import OfferedAgent
from backend.present import words
from backend.present.browser import page_script
from backend.present.page import header_html, section_title_html
from ui_streamlit.state import AGENT, QUESTION, Conversation

READING_HEIGHT = 420
EVIDENCE_HEIGHT = 620
"""Pixels; the page's style fits both to the window."""

_ACTION = "action"
"""One key for whichever button stands beside the question: with two, both are on screen while the script runs."""


@dataclass(frozen=True, slots=True)
class Page:
    """The places of the page that a run fills."""

    status: DeltaGenerator
    asked: DeltaGenerator
    notice: DeltaGenerator
    warnings: DeltaGenerator
    answer: DeltaGenerator
    steps: DeltaGenerator
    results: DeltaGenerator
    sources: DeltaGenerator


def lay_out(conversation: Conversation, offers: Sequence[OfferedAgent], on_stop: Callable[[], None]) -> Page:
    """Draw the widgets and give the places that a run fills."""
    st.html(header_html())
    conversation_column, evidence_column = st.columns([6, 5], gap="medium")
    with conversation_column:
        _question_row(conversation, offers, on_stop)
        _example_row(conversation)
        status = st.empty()
        with st.container(key="ph-reading", height=READING_HEIGHT, border=False, gap="xsmall"):
            asked, notice, warnings = st.empty(), st.empty(), st.empty()
            answer = st.container(key="ph-answer", gap=None)
        # Streamlit's own autoscroll pulls a reader who scrolled up back down.
        st.html(f"<script>{page_script()}</script>", unsafe_allow_javascript=True)
    with evidence_column, st.container(key="ph-evidence", height=EVIDENCE_HEIGHT, border=False, gap="xsmall"):
        st.html(section_title_html(words.STEPS_TITLE))
        steps = st.empty()
        st.html(section_title_html(words.ARTIFACTS_TITLE))
        results = st.empty()
        st.html(section_title_html(words.SOURCES_TITLE))
        sources = st.empty()
    return Page(status, asked, notice, warnings, answer, steps, results, sources)


def _question_row(conversation: Conversation, offers: Sequence[OfferedAgent], on_stop: Callable[[], None]) -> None:
    """Question, agent, and the one button that fits: Stop while a run is under way, else Ask or Retry."""
    titles = {offer.agent: offer.title for offer in offers} or {conversation.agent: conversation.agent}
    names = list(titles)
    if st.session_state[AGENT] not in titles:
        names.insert(0, st.session_state[AGENT])
    question_place, agent_place, button_place = st.columns([6, 4, 1.6], vertical_alignment="bottom", gap="small")
    question_place.text_input(words.QUESTION_LABEL, key=QUESTION, placeholder=words.QUESTION_PLACEHOLDER)
    agent_place.selectbox(words.AGENT_LABEL, names, key=AGENT, format_func=lambda name: titles.get(name, name))
    if conversation.running:
        label = words.STOPPING if conversation.stopping else words.STOP
        button_place.button(label, key=_ACTION, disabled=conversation.stopping, on_click=on_stop, width="stretch")
        return
    again = conversation.can_retry and st.session_state[QUESTION] == conversation.question
    button_place.button(
        words.RETRY if again else words.ASK,
        key=_ACTION,
        type="primary",
        width="stretch",
        on_click=conversation.want_what_is_written,
    )


def _example_row(conversation: Conversation) -> None:
    with st.container(key="ph-examples"):
        places = st.columns(len(words.EXAMPLE_QUESTIONS), gap="xsmall")
        for number, (place, question) in enumerate(zip(places, words.EXAMPLE_QUESTIONS, strict=True)):
            place.button(
                question,
                key=f"example-{number}",
                on_click=conversation.want_example,
                args=(question,),
                disabled=conversation.running,
                width="stretch",
                wrap=True,
            )
