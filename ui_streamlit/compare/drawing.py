"""Both runs on the page: the sentence who moved first, both timelines, both answers, the table of differences."""

import time
from collections.abc import Generator
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.client.errors import ClientError
from backend.client.frames import Frame
from backend.client.sync import SyncRunClient
from backend.present import words_compare
from backend.present.comparison import comparison_figure, comparison_table_html, first_to_move_html
from backend.present.page import section_title_html
from backend.present.pair import Side
from backend.present.problem import Problem, problem_of
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from ui_streamlit.canvas import Canvas
from ui_streamlit.compare.sides import Comparison, side_of_run
from ui_streamlit.run_places import RunPlaces
from ui_streamlit.visit import Visit

_TICK_S = 0.1
"""How long one run is waited for before the other has its turn."""

_NUMBERS_EVERY_S = 1.0
"""While a run goes on, the timelines and the table are drawn anew this often."""

_COLUMN_HEIGHT = 620
_ANSWER_HEIGHT = 250
"""Pixels; the page's style fits the columns to the window."""


class Duel:
    """One pass's drawing of both runs."""

    def __init__(self, visit: Visit, comparison: Comparison) -> None:
        self._visit, self._comparison = visit, comparison
        self._drawn: dict[str, Any] | None = None
        self._sentence = st.empty()
        left, right = st.columns([5, 6], gap="medium")
        with left, st.container(key="ph-evidence", height=_COLUMN_HEIGHT, border=False, gap="xsmall", autoscroll=False):
            st.html(section_title_html(words_compare.SAME_CLOCK))
            self._figure = st.empty()
        with right, st.container(key="ph-table", height=_COLUMN_HEIGHT, border=False, gap="xsmall", autoscroll=False):
            names = [run.name for run in comparison.compared()]
            places = st.columns(2, gap="small")
            self._canvases = tuple(
                _side_canvas(place, name, visit, scope)
                for place, name, scope in zip(places, names, ("first", "second"), strict=True)
            )
            st.html(section_title_html(words_compare.TABLE_TITLE))
            self._table = st.empty()
        self._numbers()

    def draw(self) -> None:
        """Both as far as they are known."""
        for canvas, side in zip(self._canvases, self._sides(), strict=True):
            view = _view_of(side)
            canvas.draw_view(view, view.stream.last_at_ms)

    def follow(self) -> Problem | None:
        """Both to the end of the longer one. Gives why that could not be seen, else None."""
        client, sides = self._visit.client, self._sides()
        streams = [_frames(client, side) for side in sides]
        drawn_s = time.monotonic()
        try:
            while any(side.running for side in self._sides()):
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

    def _fetch(self, client: SyncRunClient) -> None:
        for which, side in zip(("first", "second"), self._sides(), strict=True):
            if side.running:
                found = side_of_run(client, side.run_id)
                if isinstance(found, Side):
                    setattr(self._comparison, which, found)
        self._numbers()

    def _numbers(self) -> None:
        first, second = self._comparison.compared()
        self._sentence.html(first_to_move_html(first, second))
        figure = comparison_figure(first, second, theme=self._visit.theme)
        # Streamlit takes the same chart twice in one pass for an error.
        if figure != self._drawn:
            self._drawn = figure
            config = {"displayModeBar": False}
            self._figure.plotly_chart(figure, theme=None, config=config, alt=words_compare.SAME_CLOCK)
        self._table.html(comparison_table_html(first, second))

    def _sides(self) -> tuple[Side, Side]:
        comparison = self._comparison
        if comparison.first is None or comparison.second is None:
            raise ValueError("There are not two runs to compare.")
        return comparison.first, comparison.second


def _side_canvas(column: DeltaGenerator, name: str, visit: Visit, scope: str) -> Canvas:
    """One run in half of the width: status, and in a box below it all that a watcher sees."""
    with column:
        st.html(section_title_html(name))
        status = st.empty()
        with st.container(key=f"ph-side-{scope}", height=_ANSWER_HEIGHT, border=False, gap="xsmall", autoscroll=False):
            asked, steps, notice, warnings = st.empty(), st.empty(), st.empty(), st.empty()
            answer = st.container(key=f"ph-answer-{scope}", gap=None)
            results, sources = st.empty(), st.empty()
    return Canvas(RunPlaces(status, asked, notice, warnings, answer, steps, results, sources), visit.theme, scope)


def _frames(client: SyncRunClient, side: Side) -> Generator[Frame, None, None]:
    """The run's frames to its end; none for one that is over."""
    if side.running:
        yield from client.frames_sync(side.run_id, tick_s=_TICK_S)


def _view_of(side: Side) -> RunView:
    return fold(RunView.start(side.recording.header.question), side.recording.events)
