"""What a run asks, as a component of the page. It is drawn once in a pass; a change begins another pass."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from ui_streamlit.components import component, data_bytes

_KEY: Final = "inputs"


def draw_input_cards(cards: str, take: Callable[[str], None]) -> None:
    """Draw the cards, ``ConversationState.inputs_html``. ``take`` is called with an answer, before the next pass."""

    def answered() -> None:
        said = getattr(st.session_state.get(_KEY), "said", None)
        if isinstance(said, str):
            take(said)

    component("inputs")(key=_KEY, data=data_bytes(cards), on_said_change=answered)
