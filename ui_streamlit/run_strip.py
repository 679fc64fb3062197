"""The run strip as a component of the page.

Streamlit draws a component once in a pass, so what comes during a pass reaches it through a hidden element.
"""

import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import streamlit as st

from backend.desk.player import Player, StripMove
from backend.present.markup import fragment
from ui_streamlit.components import component, data_bytes
from ui_streamlit.visit import Visit

_KEY: Final = "strip"


def draw_strip(data: Mapping[str, Any], on_seek: Callable[[StripMove], object] | None = None) -> None:
    """Draw it. ``on_seek`` takes the reader's moves; the script runs again after each."""
    with st.container(key="ph-strip"):
        component("strip")(key=_KEY, data=data_bytes(_dated(data)), on_seek_change=partial(_take, on_seek))


def strip_news_html(data: Mapping[str, Any]) -> str:
    """Newer data for the strip that is on the page already. Safe HTML, not visible."""
    return str(fragment('<span class="ph-strip-news" hidden>{}</span>', json.dumps(_dated(data))))


def seeks(visit: Visit, player: Player) -> Callable[[StripMove], object]:
    """A reader's moves, or those of the presenter whom they follow, move this playhead."""
    return lambda move: visit.do(partial(player.move, move))


def _dated(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with a number that grows: elements of an earlier pass stay on the page for a while."""
    return {**data, "at": time.monotonic_ns() // 1000}


def _take(on_seek: Callable[[StripMove], object] | None) -> None:
    fields = getattr(st.session_state.get(_KEY), "seek", None)
    move = StripMove.read(fields) if isinstance(fields, Mapping) else None
    if on_seek is not None and move is not None:
        on_seek(move)
