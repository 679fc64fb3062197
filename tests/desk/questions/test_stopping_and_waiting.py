"""Stopping, and a backend that goes and comes back: a question is asked once, whatever happens."""

import asyncio
from contextlib import aclosing

from backend.client.errors import ProblemError
from backend.desk.conversation import Conversation
from backend.desk.questions import Questions
from backend.present.pages.problem import Problem
from tests.desk.questions.fake_backend import FakeBackend
from tests.desk.questions.states import asked, showing, to_the_end, until
from tests.fakes import settle


async def test_stop_cancels_and_the_run_is_followed_to_its_end(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await questions.ask(conversation, "Is it rising?", "reports")
    async with aclosing(questions.proceed(conversation)) as states:
        await until(states, lambda state: state.frame is not None)
        assert await questions.stop(conversation) == ""
        assert await questions.stop(conversation) == ""
        state = await until(states, lambda state: state.ended)
    assert (state.outcome, backend.named("Is it rising?").cancelled) == ("cancelled", 1)
    assert await questions.stop(conversation) == ""


async def test_a_stop_that_does_not_reach_the_backend_says_so_and_can_be_pressed_again(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await questions.ask(conversation, "Is it rising?", "reports")
    async with aclosing(questions.proceed(conversation)) as states:
        await until(states, lambda state: state.frame is not None)
        backend.away = True
        assert await questions.stop(conversation) == "Nobody answers."
        assert (conversation.state.stopping, conversation.state.running) == (False, True)
        backend.away = False
        assert await questions.stop(conversation) == ""
        assert (await until(states, lambda state: state.ended)).outcome == "cancelled"


async def test_a_stop_before_the_question_was_accepted_cancels_the_run_at_once(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    backend.held["start_run"] = asyncio.Event()
    await questions.ask(conversation, "Is it rising?", "reports")
    async with showing(questions, conversation) as seen:
        await settle()
        assert await questions.stop(conversation) == ""
        assert conversation.state.stopping
        backend.held["start_run"].set()
        await settle()
        assert seen[-1].outcome == "cancelled"


async def test_a_question_that_cannot_be_sent_is_back_in_its_field_and_is_the_same_when_it_is_asked_again(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await to_the_end(questions, conversation)
    backend.away = True
    await questions.ask(conversation, "Is it rising?", "scripted:brief")
    key = conversation.key
    async with showing(questions, conversation) as seen:
        await settle()
        state = seen[-1]
        assert (state.waiting, state.running, state.pending, state.empty) == (True, False, False, True)
        assert (state.written.puts, state.fields.agent) == ("Is it rising?", "scripted:brief")
        assert state.problem == Problem("backend_down", "Nobody answers.")
        backend.away = False
        await settle()
        assert (seen[-1].problem, seen[-1].running, seen[-1].notice_html) == (None, False, "")
    assert backend.runs == {}
    await questions.ask(conversation, "Is it rising?", "scripted:brief")
    assert conversation.key == key
    await questions.begin_anew(conversation)
    await questions.ask(conversation, "Is it rising?", "scripted:brief")
    assert conversation.key != key


async def test_a_question_whose_answer_was_lost_is_sent_again_as_the_same_question(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    backend.loses_an_answer = True
    await questions.ask(conversation, "Is it rising?", "reports")
    async with aclosing(questions.proceed(conversation)) as states:
        await until(states, lambda state: bool(state.run_id))
    assert backend.calls.count("start_run") == 2
    assert len(backend.runs) == 1


async def test_a_question_on_its_way_outlives_its_showing(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    backend.held["start_run"] = asyncio.Event()
    await questions.ask(conversation, "Is it rising?", "reports")
    async with showing(questions, conversation):
        await settle()
    backend.held["start_run"].set()
    async with showing(questions, conversation) as seen:
        await settle()
        assert seen[-1].run_id == "run_1"
    assert backend.calls.count("start_run") == 2
    assert len(backend.runs) == 1


async def test_a_stop_while_the_backend_goes_takes_the_question_back(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    backend.held["start_run"] = asyncio.Event()
    await questions.ask(conversation, "Is it rising?", "reports")
    async with showing(questions, conversation):
        await settle()
        await questions.stop(conversation)
        backend.away = True
        backend.held["start_run"].set()
        await settle()
        assert (conversation.state.running, conversation.state.written.puts) == (False, "Is it rising?")
        backend.away = False
        await settle()
    assert backend.runs == {}


async def test_a_page_that_is_opened_while_the_backend_is_away_recovers_by_itself(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    run = backend.add_run("Is it rising?")
    backend.away = True
    await questions.open(conversation, run.run_id)
    async with showing(questions, conversation) as seen:
        await settle()
        assert seen[-1].waiting
        backend.away = False
        await settle()
        assert (seen[-1].run_id, seen[-1].problem) == (run.run_id, None)
        assert seen[-1].choices


async def test_the_waiting_ends_where_the_backend_is_there_and_refuses(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    refusal = ProblemError(401, "unauthorized", "Send the token.")
    backend.away = True
    async with showing(questions, conversation) as seen:
        await settle()
        backend.refusals["agents"] = backend.ready_error = refusal
        backend.away = False
        await settle()
        assert seen[-1].problem == Problem("refused", "Send the token.")


async def test_the_backend_going_while_a_run_is_joined_is_waited_for(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    state = await asked(questions, conversation, backend, "interrupted")
    await questions.carry_on(conversation)
    async with aclosing(questions.proceed(conversation)) as states:
        state = await until(states, lambda state: state.frame is not None)
    backend.away = True
    async with showing(questions, conversation) as seen:
        await settle()
        assert (seen[-1].waiting, seen[-1].running) == (True, True)
        assert seen[-1].frame == state.frame, "what has arrived stays on screen"
        backend.away = False
        await settle()
        assert (seen[-1].waiting, seen[-1].running) == (False, True)
        backend.runs[state.run_id].end()
        await settle()
        assert seen[-1].outcome == "completed"
