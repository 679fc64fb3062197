"""The page's script: Streamlit runs it from top to bottom at every click, and it follows the run at its end.

A stop, another click or a closed tab ends the script at its next drawing call, which is at most a quarter of a
second away; the run itself goes on in the backend, and the next pass of the script finds it by its id.
"""

import sys

import streamlit as st

from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.client.replies import OfferedAgent
from backend.client.sync import SyncRunClient
from backend.present import words
from backend.present.asking import question_problem
from backend.present.style import style_element
from ui_streamlit.canvas import Canvas
from ui_streamlit.layout import lay_out
from ui_streamlit.state import Conversation, Problem
from ui_streamlit.style import PAGE_STYLE

_NOT_FOUND = 404


def main(backend: str) -> None:
    """One pass over the page."""
    st.set_page_config(page_title=words.APP_TITLE, layout="wide", initial_sidebar_state="collapsed")
    st.html(style_element("host"))
    st.html(PAGE_STYLE)
    client, conversation = SyncRunClient(backend), Conversation.of_this_session()
    offers: tuple[OfferedAgent, ...] = ()
    try:
        offers = client.agents()
        _adopt_address(client, conversation)
    except ClientError as error:
        conversation.problem = _problem(error)
    page = lay_out(conversation, offers, on_stop=lambda: _stop(client, conversation))
    canvas = Canvas(page, "dark" if st.context.theme.type == "dark" else "light")
    if conversation.wanted is not None:
        _start(client, conversation, canvas)
        if conversation.problem is not None:
            st.rerun()
    _show(client, conversation, canvas)


def _adopt_address(client: SyncRunClient, conversation: Conversation) -> None:
    """After a reload: the run that the page's address names."""
    run_id = st.query_params.get("run")
    if run_id and conversation.run_id is None and conversation.wanted is None:
        run = client.run(run_id)
        conversation.follow(run_id, run.session_id, run.question, run.agent)
        conversation.fill_fields()


def _start(client: SyncRunClient, conversation: Conversation, canvas: Canvas) -> None:
    """Start the run that was asked for, with the page already saying so."""
    question, agent = conversation.take_wanted()
    problem = question_problem(question)
    if problem:
        conversation.problem = Problem("invalid_question", problem)
        return
    canvas.starting(question)
    try:
        run = client.start_run(question, agent, session_id=conversation.session_id)
    except ClientError as error:
        conversation.problem = _problem(error)
        return
    conversation.follow(run.run_id, run.session_id, question, agent)
    st.query_params["run"] = run.run_id


def _show(client: SyncRunClient, conversation: Conversation, canvas: Canvas) -> None:
    """Draw the run to its end, or what there is instead of one."""
    if conversation.problem is not None:
        canvas.notice(conversation.problem.notice, conversation.problem.sentence)
    elif conversation.final is not None:
        canvas.draw(conversation.final)
    elif conversation.run_id is None:
        canvas.notice("empty")
    else:
        try:
            for frame in client.frames_sync(conversation.run_id):
                canvas.draw(frame)
                if frame.view.ended:
                    conversation.final = frame
        except ClientError as error:
            conversation.problem = _problem(error)
        # Once more from the top: the buttons above the answer belong to a run that is over.
        st.rerun()


def _stop(client: SyncRunClient, conversation: Conversation) -> None:
    """Ask the backend for the end; the script goes on drawing until ``done`` has come."""
    if conversation.run_id is None:
        return
    conversation.stopping = True
    try:
        client.cancel(conversation.run_id)
    except ClientError as error:
        conversation.problem = _problem(error)


def _problem(error: ClientError) -> Problem:
    if isinstance(error, BackendGone):
        return Problem("backend_down", error.sentence)
    if isinstance(error, ProblemError) and error.status == _NOT_FOUND:
        return Problem("run_not_found", None)
    return Problem("refused", error.sentence)


def _backend_address(arguments: list[str]) -> str:
    """The value behind ``--backend``, which ``python -m ui_streamlit`` passes on."""
    return arguments[arguments.index("--backend") + 1] if "--backend" in arguments else "http://127.0.0.1:8750"


main(_backend_address(sys.argv))
