"""A shared run: for reading only, followed while it goes on. Nothing here can change it."""

from dataclasses import dataclass

import streamlit as st

from backend.client.errors import ClientError
from backend.client.frames import Frame
from backend.present.pages.notices import shared_header_html
from backend.present.pages.problem import Problem, problem_of
from backend.present.words import pages as words_pages
from ui_streamlit.canvas import Canvas
from ui_streamlit.problems import wait_for_backend
from ui_streamlit.run_slots import lay_out_evidence, lay_out_reading
from ui_streamlit.visit import Visit

_KEY = "shared"


@dataclass(slots=True)
class SharedRun:
    """What this tab knows of the run behind a link."""

    share_id: str
    latest: Frame | None = None


def show(visit: Visit, share_id: str) -> None:
    """One pass over the page of the run behind that link."""
    shared: SharedRun | None = st.session_state.get(_KEY)
    if shared is None or shared.share_id != share_id:
        shared = st.session_state[_KEY] = SharedRun(share_id)
    with st.container(key="ph-head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(shared_header_html())
        visit.link("replay", words_pages.OPEN_IN_REPLAY, share=share_id)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        reading = lay_out_reading()
    with right:
        places = lay_out_evidence(reading)
    _follow(visit, shared, Canvas(places, visit.theme))


def _follow(visit: Visit, shared: SharedRun, canvas: Canvas) -> None:
    if shared.latest is not None:
        canvas.draw(shared.latest)
        if shared.latest.view.ended:
            return
    else:
        canvas.nothing()
    problem = _frames_to_the_end(visit, shared, canvas)
    if problem is None:
        return
    canvas.notice(problem)
    if problem.passes:
        wait_for_backend(visit.client, canvas.tick)
        st.rerun()


def _frames_to_the_end(visit: Visit, shared: SharedRun, canvas: Canvas) -> Problem | None:
    try:
        for frame in visit.client.frames_sync(shared.share_id):
            if frame.view.stream.last_seq or shared.latest is None:
                canvas.draw(frame)
                shared.latest = frame
            else:
                canvas.tick()
    except ClientError as error:
        return problem_of(error, shared.share_id)
    return None
