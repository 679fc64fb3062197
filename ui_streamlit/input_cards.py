"""What a run asks, as a component of the page. It is drawn once in a pass; a change begins another pass."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import streamlit as st

from backend.present.browser import input_cards_script

_KEY: Final = "inputs"


def draw_input_cards(cards: str, take: Callable[[str], None]) -> None:
    """Draw the cards, ``ConversationState.inputs_html``. ``take`` is called with an answer, before the next pass."""

    def answered() -> None:
        said = getattr(st.session_state.get(_KEY), "said", None)
        if isinstance(said, str):
            take(said)

    _component()(key=_KEY, data=cards, on_said_change=answered)


def _component() -> Callable[..., object]:
    """Registered at every pass, as Streamlit requires; the same text is the same component."""
    script = input_cards_script() + Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return st.components.v2.component("playhead_inputs", html="<div></div>", js=script, isolate_styles=False)
