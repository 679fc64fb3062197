"""Cards to press as a component of the page: Streamlit takes pictures out of HTML, and reports no press in it."""

from collections.abc import Callable

import streamlit as st

from ui_streamlit.components import component, data_bytes


def draw_cards(key: str, cards: str, take: Callable[[str], None]) -> None:
    """Draw the cards, safe HTML, and have a press of one call ``take`` with its choice, before the next pass. ``key``
    is the page's own."""

    def pressed() -> None:
        choice = getattr(st.session_state.get(key), "choice", None)
        if isinstance(choice, str):
            take(choice)

    component("choices")(key=key, data=data_bytes(cards), on_choice_change=pressed)
