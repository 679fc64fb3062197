"""Three ways to choose two runs: from the list, by a race of two agents, or one scenario with and without its status
events."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.desk.choices import Choice
from backend.desk.run_comparison import CompareOffer
from backend.desk.run_pair import BOTH, RunPair, Which
from backend.present.pages.problem import Problem
from backend.present.words import compare as words_compare, pages as words_pages, replay as words_replay, run as words
from ui_streamlit.visit import Visit, put_into_address

_WAYS: Final = (words_compare.TWO_RUNS, words_compare.RACE, words_compare.WITH_AND_WITHOUT_STATUS)
_WAY: Final = "compare-way"
_PROBLEM: Final = "compare-problem"
_QUESTION: Final = "ph-question-race"
_FIRST: Final = "race-first"
_SECOND: Final = "race-second"
_BLIND: Final = "race-blind"
_SCENARIO: Final = "status-scenario"
"""Keys of the session state: the way on the page, why the last choice could not be opened or
started, and the fields of the races."""

Work = Callable[[], Coroutine[Any, Any, Problem | None]]


class PairChoice:
    """Draws the choices. A reader's choice is carried out before the next pass."""

    def __init__(self, visit: Visit, pair: RunPair, offer: CompareOffer) -> None:
        self._visit, self._pair, self._offer = visit, pair, offer
        self._desk = visit.desk.compare

    def draw(self) -> Problem | None:
        """Draw them. Returns why the last choice could not be opened or started."""
        way = st.segmented_control(
            words_compare.WAYS_LABEL,
            _WAYS if self._offer.rights.asks else _WAYS[:1],
            default=_WAYS[0],
            required=True,
            key=_WAY,
            label_visibility="collapsed",
        )
        if way == words_compare.RACE and self._offer.agents:
            self._race()
        elif way == words_compare.WITH_AND_WITHOUT_STATUS:
            self._status_race()
        elif way == words_compare.TWO_RUNS:
            labels, columns = (words_compare.FIRST_RUN, words_compare.SECOND_RUN), st.columns(2, gap="small")
            for which, label, side, column in zip(BOTH, labels, self._offer.sides, columns, strict=True):
                self._side(which, label, side.run_id if side is not None else "", column)
        problem: Problem | None = st.session_state.pop(_PROBLEM, None)
        return problem

    def _side(self, which: Which, label: str, run_id: str, column: DeltaGenerator) -> None:
        """A list of runs and a field for a file. The list shows the run on the page."""
        key = f"compare-{which}"
        file_key = f"{key}-file"

        def choose() -> Coroutine[Any, Any, Problem | None]:
            return self._desk.choose(self._pair, which, st.session_state[key] or "")

        def put_file() -> Coroutine[Any, Any, Problem | None]:
            upload = st.session_state[file_key]
            if upload is None:
                return self._desk.choose(self._pair, which, "")
            return self._desk.put_file(self._pair, which, upload.getvalue())

        st.session_state[key] = run_id or None
        _list(column, label, self._offer.runs, key, placeholder=words_replay.CHOOSE_RUN, on_change=self._choose(choose))
        column.file_uploader(
            f"{label}: {words_pages.UPLOAD_LABEL.lower()}",
            type=["jsonl"],
            help=words_pages.UPLOAD_HELP,
            key=file_key,
            on_change=self._choose(put_file),
        )

    def _race(self) -> None:
        agents, first_and_second = self._offer.agents, self._offer.agents_to_begin_with
        for key, value in zip((_QUESTION, _FIRST, _SECOND), (self._offer.question, *first_and_second), strict=True):
            st.session_state.setdefault(key, value)

        def race() -> Coroutine[Any, Any, Problem | None]:
            question, first, second = (st.session_state[key] or "" for key in (_QUESTION, _FIRST, _SECOND))
            return self._desk.race(self._pair, question, first, second, blind=bool(st.session_state[_BLIND]))

        with st.form("ph-race", border=False):
            slots = st.columns([5, 3, 3, 1.6], vertical_alignment="bottom", gap="small")
            slots[0].text_area(words.QUESTION_LABEL, key=_QUESTION, height="content")
            _list(slots[1], words_compare.FIRST_AGENT, agents, _FIRST)
            _list(slots[2], words_compare.SECOND_AGENT, agents, _SECOND)
            st.checkbox(words_compare.HIDE_NAMES, key=_BLIND)
            self._start(slots[3], race)

    def _status_race(self) -> None:
        def race() -> Coroutine[Any, Any, Problem | None]:
            return self._desk.race_status(self._pair, st.session_state[_SCENARIO] or "")

        with st.form("ph-status-race", border=False):
            slots = st.columns([11, 1.6], vertical_alignment="bottom", gap="small")
            hint = words_compare.NOT_A_SCENARIO
            _list(slots[0], words_compare.SCENARIO_LABEL, self._offer.scenarios, _SCENARIO, help=hint)
            self._start(slots[1], race)

    def _start(self, slot: DeltaGenerator, work: Work) -> None:
        slot.form_submit_button(words_compare.START_RACE, type="primary", width="stretch", on_click=self._do(work))

    def _choose(self, work: Work) -> Callable[[], None]:
        """Do it unless these lists are no longer on the page. A browser learns of that a moment later, and a press in
        between sends the field's value once more."""
        do = self._do(work)
        return lambda: do() if st.session_state.get(_WAY) == words_compare.TWO_RUNS else None

    def _do(self, work: Work) -> Callable[[], None]:
        """Do it when the field has changed. The address then names the runs on the page."""

        def callback() -> None:
            problem = st.session_state[_PROBLEM] = self._visit.call(work())
            if problem is None:
                put_into_address(**self._visit.do(self._pair.named))

        return callback


def _list(slot: DeltaGenerator, label: str, choices: Sequence[Choice], key: str, **options: Any) -> None:
    titles = {choice.name: choice.title for choice in choices}
    slot.selectbox(label, list(titles), format_func=lambda name: titles.get(name, name), key=key, **options)
