"""The Compare page: two runs on one clock, live or as they were."""

from contextlib import closing
from typing import Final

import streamlit as st

from backend.desk.run_comparison import CompareOffer
from backend.desk.run_pair import RunPair
from backend.present.pages.cards import pair_cards_html
from backend.present.pages.notices import header_html
from backend.present.pages.problem import Problem
from backend.present.words import compare as words_compare, pages as words_pages, replay as words_replay, run as words
from ui_streamlit.canvas import draw_notice
from ui_streamlit.choices import draw_cards
from ui_streamlit.compare.pair_choice import PairChoice
from ui_streamlit.compare.pair_drawing import PairDrawing
from ui_streamlit.visit import Visit, address, kept, name_in_address, put_into_address

_STATE: Final = "compare"


def show(visit: Visit) -> None:
    """One pass."""
    visit.draw_bar("compare")
    pair = kept(_STATE, RunPair)
    with closing(visit.iterate(visit.desk.compare.arrive(pair, address()))) as offers:
        offer = next(offer for offer in offers if offer is not None)
        name_in_address(visit.do(pair.named))
        notice = _head(visit, pair, offer) or offer.notice
        slot = st.empty()
        draw_notice(slot, notice)
        if offer.complete:
            _compare(visit, pair)
        else:
            cards = pair_cards_html(visit.call(visit.desk.recent_runs.pairs()))
            draw_cards("compare-cards", cards, lambda choice: _press(visit, pair, choice))
        # Only while the backend is away.
        for later in offers:
            if later is not None:
                st.rerun()
            draw_notice(slot, notice)


def _press(visit: Visit, pair: RunPair, choice: str) -> None:
    if visit.call(visit.desk.compare.press(pair, choice)) is None:
        put_into_address(**visit.do(pair.named))


def _head(visit: Visit, pair: RunPair, offer: CompareOffer) -> Problem | None:
    """Title, and the choices for two runs: on the page until there are two, folded away afterwards."""
    choice = PairChoice(visit, pair, offer)
    with st.container(key="ph-head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(header_html(words_pages.COMPARE_PAGE, words_compare.EXPLANATION))
        with st.container(key="ph-stop", width="content"):
            # Always there, and hidden while it has nothing to do: if it were drawn only when a race begins, it would
            # wait for the browser to be idle, which is not before the race is over.
            idle = not (offer.running and offer.rights.steers)
            st.button(words.STOP, key="stop-both", disabled=idle, on_click=lambda: _stop(visit, pair))
        if offer.complete:
            with st.popover(words_replay.OPEN_ANOTHER), st.container(key="ph-choosing", width=760):
                return choice.draw()
    return choice.draw()


def _stop(visit: Visit, pair: RunPair) -> None:
    for sentence in visit.call(visit.desk.compare.stop(pair)):
        visit.say(sentence)


def _compare(visit: Visit, pair: RunPair) -> None:
    """Both to the end of the longer one, and then for as long as the playhead moves."""
    with closing(visit.iterate(visit.desk.compare.follow(pair))) as updates:
        first = next(update for update in updates if update is not None)
        drawing = PairDrawing(visit, pair, first)
        for update in updates:
            if update is None:
                drawing.tick()
            else:
                drawing.draw(update)
    if first.moment.playing:
        for moment in visit.iterate(pair.moments()):
            if moment is None:
                drawing.tick()
            else:
                drawing.draw_moment(moment)
    if first.running or first.moment.playing:
        # Once more from the top: Stop belongs to running runs, the playhead to runs that are over.
        st.rerun()
