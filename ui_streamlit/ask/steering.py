"""The buttons that steer the run on the page: Pause, Resume, and when what was written meanwhile is for. They stand in
the form of the question, so that what was typed there is known, or kept, when one is pressed."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

import streamlit as st

from backend.desk.control_channels import MessageMode
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.desk.steering import controls_of
from backend.desk.written_question import put_back
from backend.present.words import messages as words_messages, steering as words
from ui_streamlit.visit import Visit

NOTHING: Final = "<span hidden></span>"
"""An element in the place of one that does not fit now."""


def draw_steering(visit: Visit, conversation: Conversation, state: ConversationState, question: str) -> None:
    """Draw those that fit; ``question`` is the key of the field. Always the same number of elements: see ``actions``.
    The page's style hides the buttons for a text while there is none."""
    controls, steering = controls_of(state), visit.desk.steering

    def does(intent: Callable[[Conversation], Coroutine[Any, Any, str]]) -> Callable[[], None]:
        return lambda: visit.say(visit.call(intent(conversation)))

    def send(mode: MessageMode) -> None:
        text = st.session_state[question]
        refusal = visit.call(steering.send(conversation, text, mode))
        visit.say(refusal)
        if refusal:
            conversation.change(written=put_back(text))

    def button(offered: bool, label: str, key: str, on_click: Callable[[], None], **look: Any) -> None:
        if offered:
            st.form_submit_button(label, key=key, width="content", on_click=on_click, **look)
        else:
            st.html(NOTHING)

    with st.container(key="ph-written", horizontal=True, gap="xsmall"):
        button(controls.queues, words_messages.AFTER_THIS, "after", partial(send, "queue"), type="primary")
        button(controls.steers, words_messages.NOW, "now", partial(send, "steer"))
    with st.container(key="ph-steering", horizontal=True, gap="xsmall"):
        if controls.resumes:
            button(True, words.RESUME, "pause", does(steering.resume), type="primary")
        else:
            button(bool(controls.pause), controls.pause, "pause", does(steering.pause), help=controls.hint)
