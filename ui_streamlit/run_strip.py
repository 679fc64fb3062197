"""The run strip as a component of the page.

Streamlit draws a component once in a pass, so what comes during a pass reaches it through a hidden element.
"""

import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import streamlit as st

from backend.desk.player import Player
from backend.present.browser import strip_script
from backend.present.markup import fragment
from ui_streamlit.visit import Visit

_KEY: Final = "strip"


def draw_strip(data: Mapping[str, Any], on_seek: Callable[[float], None] | None = None) -> None:
    """Draw it. ``on_seek`` takes the reader's moves, in milliseconds; the script runs again after each."""
    with st.container(key="ph-strip"):
        _component()(key=_KEY, data=_dated(data), on_seek_change=partial(_take, on_seek))


def strip_news_html(data: Mapping[str, Any]) -> str:
    """Newer data for the strip that is on the page already. Safe HTML, not visible."""
    return str(fragment('<span class="ph-strip-news" hidden>{}</span>', json.dumps(_dated(data))))


def seeks(visit: Visit, player: Player) -> Callable[[float], None]:
    """A reader's moves move this playhead."""
    return lambda at_ms: visit.do(partial(player.seek, at_ms))


def _dated(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with a number that grows: elements of an earlier pass stay on the page for a while."""
    return {**data, "at": time.monotonic_ns() // 1000}


def _take(on_seek: Callable[[float], None] | None) -> None:
    at_ms = getattr(st.session_state.get(_KEY), "seek", None)
    if on_seek is not None and isinstance(at_ms, int | float):
        on_seek(float(at_ms))


def _component() -> Callable[..., object]:
    """Registered at every pass, as Streamlit requires; the same text is the same component."""
    script = strip_script() + Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return st.components.v2.component("playhead_strip", html="<div></div>", js=script, isolate_styles=False)
