"""Play and pause, jumps, speed, feedback and sharing at this moment of the run."""

from functools import partial

import streamlit as st

from backend.desk.opened_run import OpenedRun, ShownRun
from backend.desk.player import Player
from backend.present.pages.run_buttons import run_buttons_html
from backend.present.words import ask as words_ask, replay as words_replay
from backend.protocol.playback import SPEEDS
from ui_streamlit.visit import Visit


def draw_moves(visit: Visit, player: Player, speed_key: str) -> None:
    """Previous, play, next and speed, for one run or two. The keyboard finds the buttons by their text."""
    playhead = player.playhead

    def set_speed() -> None:
        visit.do(partial(player.set_speed, float(st.session_state[speed_key])))

    back, forward = (partial(visit.do, partial(player.jump, forward=way)) for way in (False, True))
    st.button(words_replay.PREVIOUS_EVENT, key="previous", on_click=back)
    # One key for both, so that the button under the finger stays the same one.
    st.button(
        words_replay.PAUSE if playhead.playing else words_replay.PLAY,
        key="play",
        type="primary",
        on_click=partial(visit.do, player.pause if playhead.playing else player.play),
    )
    st.button(words_replay.NEXT_EVENT, key="next", on_click=forward)
    st.session_state.setdefault(speed_key, playhead.speed)
    st.selectbox(
        words_replay.SPEED_LABEL,
        SPEEDS,
        key=speed_key,
        format_func=words_ask.speed_word,
        label_visibility="collapsed",
        width=92,
        on_change=set_speed,
    )


def draw_controls(visit: Visit, opened: OpenedRun, shown: ShownRun) -> None:
    """One row above the run."""
    with st.container(key="ph-transport", horizontal=True, vertical_alignment="center", gap="xsmall"):
        draw_moves(visit, opened, "replay-speed")
        if shown.hint:
            st.caption(shown.hint)
        if shown.unfinished:
            st.button(words_replay.REFRESH, key="refresh", on_click=partial(_refresh, visit, opened))
        if shown.run_id:
            st.html(run_buttons_html(shown.run_id), width="content")


def _refresh(visit: Visit, opened: OpenedRun) -> None:
    visit.say(visit.call(visit.desk.replay.refresh(opened)))
