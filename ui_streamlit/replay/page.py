"""The Replay page: any moment of a run, as a watcher saw it then."""

from contextlib import closing
from typing import Final

import streamlit as st

from backend.desk.opened_run import OpenedRun, ReplayOffer, ShownRun
from backend.desk.player import Moment
from backend.present.pages.cards import run_cards_html
from backend.present.pages.notices import header_html
from backend.present.pages.problem import Problem
from backend.present.timeline.text import timeline_text_html
from backend.present.words import pages as words_pages, replay as words_replay
from ui_streamlit.canvas import Canvas, draw_notice
from ui_streamlit.choices import draw_cards
from ui_streamlit.replay.playback_controls import draw_controls
from ui_streamlit.replay.run_choice import draw_run_choice
from ui_streamlit.run_slots import lay_out_evidence, lay_out_reading
from ui_streamlit.run_strip import draw_strip, seeks
from ui_streamlit.visit import Visit, address, kept, name_in_address, put_into_address

_STATE: Final = "replay"


def show(visit: Visit) -> None:
    """One pass."""
    visit.draw_bar("replay")
    opened = kept(_STATE, OpenedRun)
    with closing(visit.iterate(visit.desk.replay.arrive(opened, address()))) as offers:
        offer = next(offer for offer in offers if offer is not None)
        if offer.shown is not None:
            name_in_address(offer.shown.address)
        notice = _head(visit, opened, offer) or offer.notice
        slot = st.empty()
        draw_notice(slot, notice)
        if offer.shown is None:
            cards = run_cards_html(visit.call(visit.desk.recent_runs.cards()))
            draw_cards("replay-cards", cards, lambda choice: _press(visit, opened, choice))
        else:
            _play(visit, opened, offer.shown)
        # Only while the backend is away.
        for later in offers:
            if later is not None:
                st.rerun()
            draw_notice(slot, notice)


def _press(visit: Visit, opened: OpenedRun, choice: str) -> None:
    if visit.call(visit.desk.replay.press(opened, choice)) is None:
        put_into_address(**visit.do(opened.address))


def _head(visit: Visit, opened: OpenedRun, offer: ReplayOffer) -> Problem | None:
    """Title, and the choices for a run: on the page while nothing is open, folded away afterwards."""
    with st.container(key="ph-head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(header_html(words_pages.REPLAY_PAGE, words_replay.EXPLANATION))
        if offer.shown is not None:
            if offer.shown.run_id:
                visit.link("ask", words_pages.OPEN_IN_ASK, run=offer.shown.run_id)
                visit.link("compare", words_pages.OPEN_IN_COMPARE, a=offer.shown.run_id)
            with st.popover(words_replay.OPEN_ANOTHER):
                return draw_run_choice(visit, opened, offer.runs)
    with st.container(key="ph-opening"):
        return draw_run_choice(visit, opened, offer.runs)


def _play(visit: Visit, opened: OpenedRun, shown: ShownRun) -> None:
    """The run at the playhead, and for as long as it plays."""
    draw_controls(visit, opened, shown)
    newest = shown.moment
    with st.container(key="ph-moment"):
        text = st.empty()
    with st.container(key="ph-columns", horizontal=True, gap=None):
        with st.container(key="ph-conversation", gap=None):
            reading = lay_out_reading()
        evidence = st.container(key="ph-evidence", gap=None)
    with evidence:
        canvas = Canvas(lay_out_evidence(reading, before=lambda: _strip(visit, opened, shown)), visit.theme)

    def draw(moment: Moment) -> None:
        canvas.draw_seen(moment.runs[0])
        text.html(moment.text)

    draw(newest)
    if newest.playing:
        for moment in visit.iterate(opened.moments()):
            newest = moment or newest
            draw(newest)
        st.rerun()


def _strip(visit: Visit, opened: OpenedRun, shown: ShownRun) -> None:
    """The run on its clock, with the playhead on it, and the same as a table."""
    draw_strip(visit.do(opened.strip_data), seeks(visit, opened))
    st.html(timeline_text_html(shown.events))
