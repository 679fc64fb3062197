"""Both runs on the page: live to the end of the longer one, and then as they were at the playhead."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.desk.pair_stream import PairUpdate
from backend.desk.player import Moment
from backend.desk.run_pair import BOTH, RunPair, Which
from backend.present.pages.comparison import comparison_table_html, first_to_move_html
from backend.present.pages.notices import section_title_html
from backend.present.words import compare as words_compare
from ui_streamlit.canvas import Canvas, draw_notice
from ui_streamlit.replay.playback_controls import draw_moves
from ui_streamlit.run_slots import RunSlots
from ui_streamlit.run_strip import draw_strip, seeks, strip_news_html
from ui_streamlit.visit import Visit

COLUMN_HEIGHT_PX = 500
SIDE_HEIGHT_PX = 160
TABLE_HEIGHT_PX = 152
"""The page's style fits the first two to the window."""


class PairDrawing:
    """One pass's drawing of both runs."""

    def __init__(self, visit: Visit, pair: RunPair, update: PairUpdate) -> None:
        """Lays out what this update needs, and draws it."""
        self._update: PairUpdate | None = None
        self._notice, self._sentence = st.empty(), st.empty()
        # Before what is below it, which it would move.
        self._sentence.html(first_to_move_html(*update.compared))
        self._text = _controls(visit, pair, update)
        left, right = st.columns([5, 6], gap="medium")
        with left, st.container(key="ph-timeline", height=COLUMN_HEIGHT_PX, border=False, gap=None, autoscroll=False):
            draw_strip(update.moment.strip or visit.do(pair.strip_data), seeks(visit, pair))
            self._news = st.empty()
        with right:
            columns = st.columns(2, gap="small")
            self._canvases = tuple(
                _side_canvas(column, run.name, visit, scope)
                for column, run, scope in zip(columns, update.compared, BOTH, strict=True)
            )
            st.html(section_title_html(words_compare.TABLE_TITLE))
            with st.container(key="ph-table", height=TABLE_HEIGHT_PX, border=False, gap="xsmall", autoscroll=False):
                self._table = st.empty()
        self.draw(update)

    def draw(self, update: PairUpdate) -> None:
        """The changes for this update."""
        before, self._update = self._update, update
        self.draw_moment(update.moment)
        draw_notice(self._notice, update.problem)
        if before is None or before.compared is not update.compared:
            self._numbers(update)

    def draw_moment(self, moment: Moment) -> None:
        """Both at this moment."""
        for canvas, run in zip(self._canvases, moment.runs, strict=True):
            canvas.draw_seen(run)
        if moment.strip is not None and self._update is not None and self._update.running:
            self._news.html(strip_news_html(moment.strip))
        if moment.text:
            self._text.html(moment.text)

    def tick(self) -> None:
        """Changes nothing: a pass that nobody waits for any more ends here."""
        self._canvases[0].tick()

    def _numbers(self, update: PairUpdate) -> None:
        first, second = update.compared
        self._sentence.html(first_to_move_html(first, second))
        self._table.html(comparison_table_html(first, second))


def _controls(visit: Visit, pair: RunPair, update: PairUpdate) -> DeltaGenerator:
    """The buttons, once both are over. Returns the slot of the moment in words."""
    with st.container(key="ph-transport", horizontal=True, vertical_alignment="center", gap="xsmall"):
        if update.running:
            st.caption(words_compare.BOTH_LIVE)
        else:
            draw_moves(visit, pair, "compare-speed")
        return st.empty()


def _side_canvas(column: DeltaGenerator, name: str, visit: Visit, scope: Which) -> Canvas:
    """One run in half of the width: status, and below it everything that a watcher sees, in a box."""
    with column:
        st.html(section_title_html(name))
        status = st.empty()
        with st.container(key=f"ph-side-{scope}", height=SIDE_HEIGHT_PX, border=True, gap="xsmall", autoscroll=False):
            asked = st.empty()
            answer = st.container(key=f"ph-answer-{scope}", gap=None)
            notice, warnings, steps = st.empty(), st.empty(), st.empty()
            results, sources = st.empty(), st.empty()
    return Canvas(RunSlots(status, asked, notice, warnings, answer, steps, results, sources), visit.theme, scope)
