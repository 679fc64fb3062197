"""Asking, asking again and continuing, and what may be done when."""

from contextlib import aclosing

import pytest

from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.desk.questions import Questions
from backend.present.pages.problem import Problem
from backend.present.words import ask as words_ask, run as words
from backend.protocol.events import ErrorEvent, Outcome
from backend.protocol.options import RunOptions
from tests.desk.questions.fake_backend import FULL, FakeBackend
from tests.desk.questions.states import asked, to_the_end, until


async def test_a_question_is_started_and_followed_to_its_end(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await questions.ask(conversation, "line one\n  line two\n", "scripted:brief")
    state = conversation.state
    assert (state.running, state.pending, state.notice_html) == (True, True, "")
    assert (state.written.takes, state.written.puts) == (state.asked.text, "")
    async with aclosing(questions.proceed(conversation)) as states:
        assert (await anext(states)).pending
        state = await until(states, lambda state: bool(state.run_id))
        run = backend.runs[state.run_id]
        assert (run.question, run.agent) == ("line one\n  line two\n", "scripted:brief"), "unchanged"
        assert (state.session_id, state.named) == (run.session_id, run.run_id)
        run.say("It is.")
        state = await until(states, lambda state: state.frame is not None and bool(state.frame.view.message.answer))
        run.end()
        state = await until(states, lambda state: state.ended)
        assert [state async for state in states] == []
    assert run.watched_from_the_start == 1
    assert (state.running, state.outcome, state.may_retry) == (False, "completed", False)


async def test_another_question_follows_in_the_same_conversation(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    first = await asked(questions, conversation, backend)
    await questions.ask(conversation, "And now?", "reports")
    assert conversation.state.turn == first.turn + 1
    assert [turn.run_id for turn in conversation.state.earlier] == [first.run_id]
    async with aclosing(questions.proceed(conversation)) as states:
        state = await until(states, lambda state: bool(state.run_id))
    assert state.session_id == first.session_id == backend.named("And now?").session_id


async def test_an_example_is_put_to_the_agent_that_the_page_starts_with(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await to_the_end(questions, conversation)
    await questions.ask_example(conversation, "Is it rising?")
    assert conversation.state.fields.agent == "reports"
    async with aclosing(questions.proceed(conversation)) as states:
        await until(states, lambda state: bool(state.run_id))
    assert backend.named("Is it rising?").agent == "reports"


async def test_who_asks_before_the_agents_have_come_asks_the_usual_one(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await questions.ask(conversation, "Is it rising?", "")
    async with aclosing(questions.proceed(conversation)) as states:
        state = await until(states, lambda state: bool(state.run_id))
    assert backend.named("Is it rising?").agent == state.fields.agent == "reports"


@pytest.mark.parametrize(
    ("timeout_s", "speed", "options"),
    [
        (None, 1, {}),
        (0, 1.0, {}),
        (30, 1.0, {"timeout_s": 30.0}),
        (None, 0.0, {"speed": 0.0}),
        (2.5, 8, {"timeout_s": 2.5, "speed": 8.0}),
    ],
)
async def test_only_options_that_were_set_by_hand_are_sent(
    questions: Questions, conversation: Conversation, timeout_s: float | None, speed: float, options: dict[str, float]
) -> None:
    await questions.ask(conversation, "Is it rising?", "reports", timeout_s, speed)
    assert conversation.state.asked.options.model_dump(exclude_unset=True) == options


@pytest.mark.parametrize(
    ("question", "timeout_s", "sentence"),
    [
        (" \n ", None, words.QUESTION_EMPTY),
        ("x" * 20_000, None, words.QUESTION_TOO_LONG.format(limit=16)),
        ("Is it?", -1.0, words_ask.TIMEOUT_INVALID.format(limit="3,600")),
        ("Is it?", 3601.0, words_ask.TIMEOUT_INVALID.format(limit="3,600")),
    ],
)
async def test_what_cannot_be_asked_is_answered_in_a_sentence(
    questions: Questions, conversation: Conversation, question: str, timeout_s: float | None, sentence: str
) -> None:
    before = conversation.state
    await questions.ask(conversation, question, "reports", timeout_s)
    state = conversation.state
    assert state.problem == Problem("invalid_question", sentence)
    assert sentence in state.notice_html
    assert (state.turn, state.fields, state.running) == (before.turn, before.fields, False)


async def test_while_a_run_is_under_way_what_is_written_stays(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await questions.ask(conversation, "Is it rising?", "reports")
    before = conversation.state
    await questions.ask(conversation, "And now?", "reports")
    await questions.ask(conversation, "", "reports")
    await questions.ask_example(conversation, "And now?")
    await questions.retry(conversation)
    await questions.carry_on(conversation)
    assert conversation.state is before


async def test_a_question_that_is_refused_goes_back_into_its_field(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    backend.refusals["start_run"] = FULL
    await questions.ask(conversation, "Is it rising?", "scripted:brief")
    state = await to_the_end(questions, conversation)
    assert state.problem == Problem("refused", FULL.sentence)
    assert (state.written.puts, state.fields.agent) == ("Is it rising?", "scripted:brief")
    assert (state.running, state.may_retry, state.empty) == (False, True, False)
    del backend.refusals["start_run"]
    await questions.retry(conversation, written="Is it rising?")
    assert conversation.state.written.takes == "Is it rising?", "it is asked: it need not stand in its field as well"
    async with aclosing(questions.proceed(conversation)) as states:
        state = await until(states, lambda state: bool(state.run_id))
    assert state.problem is None
    assert len(backend.runs) == 1


async def test_what_was_written_meanwhile_outlives_a_retry(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await asked(questions, conversation, backend, "failed")
    before = conversation.state.written
    await questions.retry(conversation, written="Is it falling?")
    assert conversation.state.written is before


@pytest.mark.parametrize(
    ("outcome", "may_retry", "may_continue"),
    [
        ("completed", False, False),
        ("cancelled", True, False),
        ("timed_out", True, False),
        ("failed", True, False),
        ("interrupted", True, True),
    ],
)
async def test_what_may_be_done_after_each_end(
    questions: Questions,
    conversation: Conversation,
    backend: FakeBackend,
    outcome: Outcome,
    may_retry: bool,
    may_continue: bool,
) -> None:
    state = await asked(questions, conversation, backend, outcome)
    assert (state.outcome, state.may_retry, state.may_continue) == (outcome, may_retry, may_continue)
    if not may_retry:
        await questions.retry(conversation)
    if not may_continue:
        await questions.carry_on(conversation)
    assert conversation.state is state, "what is not offered does nothing"


async def test_retry_takes_the_place_of_what_did_not_succeed(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await questions.ask(conversation, "Is it rising?", "scripted:brief", 30, 2)
    async with aclosing(questions.proceed(conversation)) as states:
        await until(states, lambda state: bool(state.run_id))
        backend.named("Is it rising?").end("failed")
        first = await until(states, lambda state: state.ended)
    await questions.retry(conversation)
    async with aclosing(questions.proceed(conversation)) as states:
        state = await until(states, lambda state: bool(state.run_id))
    again = backend.named("Is it rising?")
    assert again.run_id != first.run_id
    assert (again.agent, again.options) == ("scripted:brief", RunOptions(timeout_s=30, speed=2, may_ask=True))
    assert (again.session_id, state.earlier) == (first.session_id, ())


async def test_continuing_keeps_what_was_written_until_the_interruption(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    first = await asked(questions, conversation, backend, "interrupted")
    await questions.carry_on(conversation)
    assert [turn.view.message.answer for turn in conversation.state.earlier] == ["It is "]
    assert first.frame is not None
    assert conversation.state.earlier[0].view is first.frame.view


@pytest.mark.parametrize(
    ("code", "limit_s", "longest_s", "option", "longer_s"),
    [
        ("silence", 60.0, 3600.0, "silence_s", 120.0),
        ("silence", 60.0, 90.0, "silence_s", 90.0),
        ("timeout", 120.0, 3600.0, "timeout_s", 240.0),
        ("timeout", 3000.0, None, "timeout_s", 3600.0),
    ],
)
async def test_a_run_that_a_limit_ended_may_be_asked_again_with_a_longer_one(
    questions: Questions,
    conversation: Conversation,
    backend: FakeBackend,
    code: str,
    limit_s: float,
    longest_s: float | None,
    option: str,
    longer_s: float,
) -> None:
    await ended_by_a_limit(questions, conversation, backend, code, limit_s, longest_s)
    assert conversation.state.may_wait_longer
    assert words.WAIT_LONGER in conversation.state.notice_html
    await questions.wait_longer(conversation)
    assert conversation.state.asked.options == RunOptions(speed=2).model_copy(update={option: longer_s})
    assert (conversation.state.earlier, conversation.state.pending) == ((), True)


@pytest.mark.parametrize(
    ("code", "limit_s", "longest_s"),
    [("silence", 60.0, 60.0), ("timeout", 3600.0, None), ("provider_timeout", 5.0, None), ("silence", None, None)],
)
async def test_no_longer_limit_is_offered_where_there_is_none(
    questions: Questions,
    conversation: Conversation,
    backend: FakeBackend,
    code: str,
    limit_s: float | None,
    longest_s: float | None,
) -> None:
    state = await ended_by_a_limit(questions, conversation, backend, code, limit_s, longest_s)
    assert not state.may_wait_longer
    assert words.WAIT_LONGER not in state.notice_html
    await questions.wait_longer(conversation)
    assert conversation.state is state


async def ended_by_a_limit(
    questions: Questions,
    conversation: Conversation,
    backend: FakeBackend,
    code: str,
    limit_s: float | None,
    longest_s: float | None,
) -> ConversationState:
    await questions.ask(conversation, "Is it rising?", "reports", speed=2)
    async with aclosing(questions.proceed(conversation)) as states:
        await until(states, lambda state: bool(state.run_id))
        run = backend.named("Is it rising?")
        run.take(
            ErrorEvent(
                seq=1, at_ms=1, code=code, message="Over.", retryable=True, limit_s=limit_s, longest_limit_s=longest_s
            )
        )
        run.end("timed_out")
        return await until(states, lambda state: state.ended)
