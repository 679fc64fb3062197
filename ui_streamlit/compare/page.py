"""The Compare place: two runs on one clock, live or as they were."""

from collections.abc import Sequence

import streamlit as st

from backend.client.errors import ClientError
from backend.client.replies import OfferedAgent
from backend.client.sync import SyncRunClient
from backend.present.pages.notices import header_html, notice_html
from backend.present.pages.pair import Pair
from backend.present.pages.problem import Problem, problem_of
from backend.present.words import compare as words_compare, pages as words_pages, replay as words_replay, run as words
from ui_streamlit.compare.choosing import draw_choosing
from ui_streamlit.compare.pair_drawing import Duel
from ui_streamlit.compare.sides import pair_of_this_session, take_up_address
from ui_streamlit.plain_text import plain
from ui_streamlit.problems import wait_for_backend
from ui_streamlit.visit import Visit


def show(visit: Visit) -> None:
    """One pass."""
    client, pair = visit.client, pair_of_this_session()
    problem = take_up_address(client, pair)
    try:
        offers = client.agents()
    except ClientError as error:
        offers, problem = (), problem_of(error)
    problem = _head(client, pair, offers) or problem
    if problem is not None:
        _tell(client, problem)
    if not pair.complete:
        if problem is None:
            st.html(notice_html("nothing_to_compare"))
        return
    duel = Duel(visit, pair)
    duel.draw()
    if pair.running:
        lost = duel.follow()
        if lost is not None:
            _tell(client, lost)
        # Once more from the top: Stop belongs to runs that go on, the playhead to runs that are over.
        st.rerun()
    duel.play()


def _head(client: SyncRunClient, pair: Pair, offers: Sequence[OfferedAgent]) -> Problem | None:
    """Title, and the ways to get two runs: on the page until there are two, folded away afterwards."""
    with st.container(key="ph-head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(header_html(words_pages.COMPARE_PAGE, words_compare.EXPLANATION))
        with st.container(key="ph-stop", width="content"):
            # Always there, and hidden while it has nothing to do: drawn only as a race begins, it would wait for the
            # browser to be idle, which it is not before the race is over.
            st.button(words.STOP, key="stop-both", disabled=not pair.running, on_click=lambda: _stop(client, pair))
        if pair.complete:
            with st.popover(words_replay.OPEN_ANOTHER), st.container(key="ph-choosing", width=760):
                return draw_choosing(client, pair, offers)
    return draw_choosing(client, pair, offers)


def _stop(client: SyncRunClient, pair: Pair) -> None:
    for side in pair.sides:
        if side.running:
            try:
                client.cancel(side.run_id)
            except ClientError as error:
                st.toast(plain(error.sentence))


def _tell(client: SyncRunClient, problem: Problem) -> None:
    place = st.empty()
    notice = notice_html(problem.notice, problem.sentence)
    place.html(notice)
    if problem.passes:
        wait_for_backend(client, lambda: place.html(notice))
        st.rerun()
