"""Play and pause, jumps, speed, and what can be said or shared at this moment of the run."""

import streamlit as st

from backend.present.timeline.player import Player
from backend.present.timeline.playhead_clock import PlayheadClock
from backend.present.words import ask as words_ask, pages as words_pages, replay as words_replay
from backend.protocol.playback import SPEEDS
from ui_streamlit.feedback import draw_remarks
from ui_streamlit.replay.opened import open_run
from ui_streamlit.sharing import draw_share_link
from ui_streamlit.visit import Visit

_SPEED = "replay-speed"


def draw_moves(player: PlayheadClock, speed_key: str) -> None:
    """Previous, play, next and speed, one run's or that of two. The keyboard finds the buttons by what they say."""
    st.button(words_replay.PREVIOUS_EVENT, key="previous", on_click=lambda: player.jump(forward=False))
    playing = player.playhead.playing
    # One key for both, so that the button under the finger stays the same one.
    st.button(
        words_replay.PAUSE if playing else words_replay.PLAY,
        key="play",
        type="primary",
        on_click=player.pause if playing else player.play,
    )
    st.button(words_replay.NEXT_EVENT, key="next", on_click=lambda: player.jump(forward=True))
    st.session_state.setdefault(speed_key, player.playhead.speed)
    st.selectbox(
        words_replay.SPEED_LABEL,
        SPEEDS,
        key=speed_key,
        format_func=words_ask.speed_word,
        label_visibility="collapsed",
        width=92,
        on_change=lambda: player.set_speed(float(st.session_state[speed_key])),
    )


def draw_transport(visit: Visit, opened: Player) -> None:
    """One row above the scrubber."""
    with st.container(key="ph-transport", horizontal=True, vertical_alignment="center", gap="xsmall"):
        draw_moves(opened, _SPEED)
        if opened.unfinished:
            st.caption(words_replay.STILL_RUNNING)
            st.button(words_replay.REFRESH, key="refresh", on_click=lambda: _load_anew(visit, opened))
        if not opened.opened_id:
            st.caption(words_replay.TEMPORARY_LINK)
        elif opened.run_id:
            draw_share_link(visit.client, opened.run_id)
            draw_remarks(visit.client, opened.run_id, opened.position_ms)


def _load_anew(visit: Visit, opened: Player) -> None:
    again = open_run(visit.client, opened.opened_id, opened.position_ms())
    if not isinstance(again, Player):
        st.toast(again.sentence or words_pages.UNSHARED)
