"""A question on its way: started, followed to its end, stopped, found again after a reload."""

import streamlit as st

from backend.client.errors import ClientError
from backend.client.replies import OfferedAgent
from backend.client.sync import SyncRunClient
from backend.present.pages.addresses import RUN
from backend.present.pages.conversation import EarlierTurn
from backend.present.pages.problem import Problem, problem_of
from backend.present.pages.question_checks import question_problem
from ui_streamlit.ask.conversation import Conversation
from ui_streamlit.canvas import Canvas
from ui_streamlit.plain_text import plain
from ui_streamlit.problems import wait_for_backend
from ui_streamlit.visit import named, put_into_address

_OFFERS = "offers"
_TURNS_SHOWN = 20
"""Of a long conversation, the latest are shown above the current one; all of them are in the history."""


def offered_agents(client: SyncRunClient, conversation: Conversation) -> tuple[OfferedAgent, ...]:
    """The agents on offer; while the backend does not answer, those it offered last."""
    if conversation.wanted is not None and _OFFERS in st.session_state:
        # The click waits for its answer: nothing is asked that is known.
        known: tuple[OfferedAgent, ...] = st.session_state[_OFFERS]
        return known
    try:
        st.session_state[_OFFERS] = client.agents()
        if conversation.problem is not None and conversation.problem.passes:
            conversation.problem = None
    except ClientError as error:
        if conversation.latest is None:
            conversation.problem = problem_of(error)
    offers: tuple[OfferedAgent, ...] = st.session_state.get(_OFFERS, ())
    return offers


def take_up_address(client: SyncRunClient, conversation: Conversation) -> None:
    """After a reload, or a link from another place: the run that the page's address names, with the turns before it."""
    run_id = named(RUN)
    if not run_id:
        # Back from another place: the conversation is still this tab's.
        put_into_address(run=conversation.run_id)
        return
    if run_id in (conversation.run_id, conversation.address) or conversation.wanted is not None:
        return
    conversation.address = run_id
    try:
        run = client.run(run_id)
        conversation.follow(run_id, run.session_id)
        conversation.question, conversation.agent, conversation.options = run.question, run.agent, run.options
        conversation.refill = ""
        conversation.earlier = _turns_before(client, run.session_id, run_id)
    except ClientError as error:
        conversation.problem = problem_of(error)
        if conversation.problem.passes:
            conversation.address = ""


def _turns_before(client: SyncRunClient, session_id: str, run_id: str) -> tuple[EarlierTurn, ...]:
    if not session_id:
        return ()
    names = [run.run_id for run in client.session(session_id).runs]
    before = names[: names.index(run_id)] if run_id in names else []
    return tuple(EarlierTurn(name, client.run(name).view) for name in before[-_TURNS_SHOWN:])


def start(client: SyncRunClient, conversation: Conversation, canvas: Canvas) -> None:
    """Start the run that was asked for, with the page already saying so. A refusal gives the question back."""
    wanted, conversation.wanted = conversation.wanted, None
    if wanted is None:
        return
    sentence = question_problem(wanted.question)
    problem = Problem("invalid_question", sentence) if sentence else None
    if problem is None:
        canvas.starting(wanted.question)
        try:
            run = client.start_run(
                wanted.question, wanted.agent, session_id=conversation.session_id or None, options=wanted.options
            )
        except ClientError as error:
            problem = problem_of(error)
    if problem is not None:
        conversation.problem, conversation.refill = problem, wanted.question
        st.rerun()
    conversation.follow(run.run_id, run.session_id)
    conversation.just_started = True
    put_into_address(run=run.run_id)


def show(client: SyncRunClient, conversation: Conversation, canvas: Canvas) -> None:
    """Draw the run to its end, or what there is instead of one."""
    if conversation.latest is not None:
        canvas.draw(conversation.latest)
    elif not conversation.run_id:
        canvas.nothing()
    if conversation.problem is not None:
        canvas.notice(conversation.problem)
        if conversation.problem.passes:
            wait_for_backend(client, canvas.tick)
            conversation.problem = None
            st.rerun()
    elif not conversation.run_id:
        canvas.notice(Problem("empty"))
    elif not conversation.ended:
        _follow(client, conversation, canvas)


def _follow(client: SyncRunClient, conversation: Conversation, canvas: Canvas) -> None:
    # A run that was just started is followed from its first event; of any other one, all there is comes in one frame.
    question, conversation.just_started = (conversation.question if conversation.just_started else None), False
    try:
        for frame in client.frames_sync(conversation.run_id, question=question):
            if frame.view.stream.last_seq or frame.view.stream.phase != "connecting":
                canvas.draw(frame)
                conversation.latest = frame
            else:
                canvas.tick()
    except ClientError as error:
        conversation.problem = problem_of(error)
    # Once more from the top: the buttons above the answer belong to a run that is over.
    st.rerun()


def stop(client: SyncRunClient, conversation: Conversation) -> None:
    """Ask the backend for the end; the script goes on drawing until ``done`` has come."""
    if not conversation.run_id:
        return
    conversation.stopping = True
    try:
        client.cancel(conversation.run_id)
    except ClientError as error:
        conversation.stopping = False
        st.toast(plain(error.sentence))
