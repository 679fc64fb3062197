"""The scrubber as a component of the page: Streamlit's own slider reports a move only when the thumb is released."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st

from backend.desk.player import Player
from backend.present.browser import SCRUBBER_HTML, scrubber_script
from ui_streamlit.visit import Visit

_KEY: Final = "scrubber"


def draw_scrubber(visit: Visit, player: Player) -> None:
    """Draw it at the playhead. A reader's move moves the playhead and runs the script again."""
    _component()(key=_KEY, data=visit.do(player.scrubber), on_seek_change=partial(_take, visit, player))


def _take(visit: Visit, player: Player) -> None:
    at_ms = getattr(st.session_state.get(_KEY), "seek", None)
    if isinstance(at_ms, int | float):
        visit.do(partial(player.seek, float(at_ms)))


def _component() -> Callable[..., object]:
    """Registered at every pass, as Streamlit requires; the same text is the same component."""
    script = scrubber_script() + Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return st.components.v2.component("playhead_scrubber", html=SCRUBBER_HTML, js=script, isolate_styles=False)
