"""Both runs on the page: live to the end of the longer one, and then as they were at the playhead."""

import time
from collections.abc import Generator
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.client.errors import ClientError
from backend.client.frames import Frame
from backend.client.sync import SyncRunClient
from backend.present.pages.comparison import comparison_figure, comparison_table_html, first_to_move_html
from backend.present.pages.notices import section_title_html
from backend.present.pages.pair import BOTH, Pair, Side, Which
from backend.present.pages.problem import Problem, problem_of
from backend.present.timeline.moment_text import pair_moment_html
from backend.present.words import compare as words_compare
from ui_streamlit.canvas import Canvas
from ui_streamlit.compare.sides import side_of_run
from ui_streamlit.replay.playback_controls import draw_moves
from ui_streamlit.replay.scrubber import draw_scrubber
from ui_streamlit.run_slots import RunSlots
from ui_streamlit.visit import Visit

_FRAME_S = 0.1
"""Between two drawings while it plays."""

_TICK_S = 0.25
"""Between two drawings of a run that goes on. Of two at ten a second, a busy machine's browser never came to draw the
chart and the buttons, which Streamlit draws only while it is idle."""

_NUMBERS_EVERY_S = 2.0
"""While a run goes on, the timelines and the table are drawn anew this often."""

_COLUMN_HEIGHT = 500
_SIDE_HEIGHT = 160
_TABLE_HEIGHT = 152
_SCRUBBER_HEIGHT = 24
"""Pixels; the page's style fits the first two to the window."""


class Duel:
    """One pass's drawing of both runs."""

    def __init__(self, visit: Visit, pair: Pair) -> None:
        self._visit, self._pair = visit, pair
        self._drawn: dict[str, Any] | None = None
        self._sentence = st.empty()
        first, second = pair.compared()
        self._names = first.name, second.name
        self._moment = self._transport()
        left, right = st.columns([5, 6], gap="medium")
        with left, st.container(key="ph-timeline", height=_COLUMN_HEIGHT, border=False, gap=None, autoscroll=False):
            self._figure = st.empty()
        with right:
            places = st.columns(2, gap="small")
            self._canvases = tuple(
                _side_canvas(place, name, visit, scope)
                for place, name, scope in zip(places, self._names, BOTH, strict=True)
            )
            st.html(section_title_html(words_compare.TABLE_TITLE))
            with st.container(key="ph-table", height=_TABLE_HEIGHT, border=False, gap="xsmall", autoscroll=False):
                self._table = st.empty()
        self._numbers()

    def draw(self) -> None:
        """Both at the playhead; while one goes on, as far as they are known."""
        pair, at_ms = self._pair, self._pair.position_ms()
        for canvas, view in zip(self._canvases, pair.playback.views_at(at_ms), strict=True):
            canvas.draw_view(view, view.stream.last_at_ms if pair.running else at_ms)
        if not pair.running:
            self._moment.html(pair_moment_html(pair.playback, self._names, at_ms))

    def play(self) -> None:
        """Draw while it plays, to the end or until it is paused."""
        pair = self._pair
        while pair.playhead.playing:
            if pair.at_the_end():
                pair.pause()
                st.rerun()
            time.sleep(_FRAME_S)
            self.draw()

    def follow(self) -> Problem | None:
        """Both to the end of the longer one. Gives why that could not be seen, else None."""
        client, pair = self._visit.client, self._pair
        streams = [_frames(client, pair.side(which)) for which in BOTH]
        drawn_s = time.monotonic()
        try:
            while pair.running:
                for canvas, stream in zip(self._canvases, streams, strict=True):
                    frame = next(stream, None)
                    if frame is None:
                        drawn_s = 0.0
                    elif frame.view.stream.last_seq:
                        canvas.draw(frame)
                if time.monotonic() - drawn_s >= _NUMBERS_EVERY_S:
                    self._fetch(client)
                    drawn_s = time.monotonic()
        except ClientError as error:
            return problem_of(error)
        finally:
            for stream in streams:
                stream.close()
        return None

    def _transport(self) -> DeltaGenerator:
        """The buttons and the scrubber, once both are over; gives the place of the moment in words."""
        pair = self._pair
        with st.container(key="ph-transport", horizontal=True, vertical_alignment="center", gap="xsmall"):
            if pair.running:
                st.caption(words_compare.BOTH_LIVE)
            else:
                draw_moves(pair, "compare-speed")
            moment = st.empty()
        if pair.running:
            # Keeps the place that the scrubber takes once both are over.
            st.container(key="ph-scrubber-to-come", height=_SCRUBBER_HEIGHT, border=False)
        else:
            with st.container(key="ph-scrubber"):
                draw_scrubber(pair)
        return moment

    def _fetch(self, client: SyncRunClient) -> None:
        for which in BOTH:
            side = self._pair.side(which)
            if side.running:
                found = side_of_run(client, side.run_id)
                if isinstance(found, Side):
                    self._pair.learn(which, found)
        self._numbers()

    def _numbers(self) -> None:
        first, second = self._pair.compared()
        self._sentence.html(first_to_move_html(first, second))
        figure = comparison_figure(first, second, theme=self._visit.theme)
        # Streamlit takes the same chart twice in one pass for an error.
        if figure != self._drawn:
            self._drawn = figure
            config = {"displayModeBar": False}
            self._figure.plotly_chart(figure, theme=None, config=config, alt=words_compare.SAME_CLOCK)
        self._table.html(comparison_table_html(first, second))


def _side_canvas(column: DeltaGenerator, name: str, visit: Visit, scope: Which) -> Canvas:
    """One run in half of the width: status, and in a box below it all that a watcher sees."""
    with column:
        st.html(section_title_html(name))
        status = st.empty()
        with st.container(key=f"ph-side-{scope}", height=_SIDE_HEIGHT, border=True, gap="xsmall", autoscroll=False):
            asked, steps, notice, warnings = st.empty(), st.empty(), st.empty(), st.empty()
            answer = st.container(key=f"ph-answer-{scope}", gap=None)
            results, sources = st.empty(), st.empty()
    return Canvas(RunSlots(status, asked, notice, warnings, answer, steps, results, sources), visit.theme, scope)


def _frames(client: SyncRunClient, side: Side) -> Generator[Frame, None, None]:
    """The run's frames to its end; none for one that is over."""
    if side.running:
        yield from client.frames_sync(side.run_id, tick_s=_TICK_S)
