"""The Replay place: any moment of a run, as whoever watched it saw it then."""

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.present.pages.notices import header_html, notice_html
from backend.present.pages.problem import Problem
from backend.present.timeline.figure import timeline_figure
from backend.present.timeline.moment_text import moment_html
from backend.present.timeline.player import Player
from backend.present.timeline.text import timeline_text_html
from backend.present.words import pages as words_pages, replay as words_replay
from ui_streamlit.canvas import Canvas
from ui_streamlit.problems import wait_for_backend
from ui_streamlit.replay.opened import open_from_address
from ui_streamlit.replay.opening import draw_opening
from ui_streamlit.replay.playback_controls import draw_transport
from ui_streamlit.replay.scrubber import draw_scrubber
from ui_streamlit.run_slots import lay_out_evidence, lay_out_reading
from ui_streamlit.visit import Visit

_FRAME_S = 0.1
"""Between two drawings while it plays; the scrubber moves on by itself meanwhile."""


def show(visit: Visit) -> None:
    """One pass."""
    found = open_from_address(visit.client)
    opened = found if isinstance(found, Player) else None
    result = _head(visit, opened)
    if isinstance(result, Player):
        st.rerun()
    problem = result or (found if isinstance(found, Problem) else None)
    if problem is not None:
        _tell(visit, problem)
    elif opened is None:
        st.html(notice_html("nothing_to_replay"))
    if opened is not None:
        _player(visit, opened)


def _head(visit: Visit, opened: Player | None) -> Player | Problem | None:
    """Title, and the ways to open a run: on the page while nothing is open, folded away afterwards."""
    with st.container(key="ph-head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(header_html(words_pages.REPLAY_PAGE, words_replay.EXPLANATION))
        if opened is not None:
            if opened.run_id:
                visit.link("ask", words_pages.OPEN_IN_ASK, run=opened.run_id)
                visit.link("compare", words_pages.OPEN_IN_COMPARE, a=opened.run_id)
            with st.popover(words_replay.OPEN_ANOTHER):
                return draw_opening(visit.client)
    with st.container(key="ph-opening"):
        return draw_opening(visit.client)


def _tell(visit: Visit, problem: Problem) -> None:
    place = st.empty()
    notice = notice_html(problem.notice, problem.sentence)
    place.html(notice)
    if problem.passes:
        wait_for_backend(visit.client, lambda: place.html(notice))
        st.rerun()


def _player(visit: Visit, opened: Player) -> None:
    draw_transport(visit, opened)
    with st.container(key="ph-scrubber"):
        draw_scrubber(opened)
    moment = st.empty()
    left, right = st.columns([6, 5], gap="medium")
    with left:
        reading = lay_out_reading()
    with right:
        places = lay_out_evidence(reading, before=lambda: _timeline(visit, opened))
    canvas = Canvas(places, visit.theme)
    _draw(opened, canvas, moment)
    while opened.playhead.playing:
        if opened.at_the_end():
            opened.pause()
            st.rerun()
        time.sleep(_FRAME_S)
        _draw(opened, canvas, moment)


def _draw(opened: Player, canvas: Canvas, moment: DeltaGenerator) -> None:
    at_ms = opened.position_ms()
    canvas.draw_view(opened.playback.view_at(at_ms), at_ms)
    moment.html(moment_html(opened.playback, at_ms))


def _timeline(visit: Visit, opened: Player) -> None:
    """Drawn once: the line of the playhead on it is the scrubber's."""
    figure = timeline_figure(opened.playback.events, theme=visit.theme)
    with st.container(key="ph-timeline"):
        st.plotly_chart(
            figure, theme=None, config={"displayModeBar": False}, key="timeline", alt=words_replay.TIMELINE_ALT
        )
        st.html(timeline_text_html(opened.playback.events))
