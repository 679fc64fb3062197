"""Cards to press as a component of the page: Streamlit takes pictures out of HTML, and reports no press in it."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st


def draw_cards(key: str, cards: str, take: Callable[[str], None]) -> None:
    """Draw the cards, safe HTML, and have a press of one call ``take`` with its choice, before the next pass. ``key``
    is the page's own."""

    def pressed() -> None:
        choice = getattr(st.session_state.get(key), "choice", None)
        if isinstance(choice, str):
            take(choice)

    _component()(key=key, data=cards, on_choice_change=pressed)


def _component() -> Callable[..., object]:
    """Registered at every pass, as Streamlit requires; the same text is the same component."""
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return st.components.v2.component("playhead_choices", html="<div></div>", js=script, isolate_styles=False)
