"""A question that was queued behind a run: its run is shown when that one has ended, and it is never dropped."""

from contextlib import aclosing

from backend.desk.conversation import Conversation
from backend.desk.questions import Questions
from tests.desk.questions.fake_backend import FakeBackend, FakeRun
from tests.desk.questions.states import showing, to_the_end, until
from tests.fakes import settle


async def running(questions: Questions, conversation: Conversation, backend: FakeBackend) -> FakeRun:
    """A run that the page has asked for."""
    await questions.ask(conversation, "First?", "reports")
    async with aclosing(questions.proceed(conversation)) as states:
        await until(states, lambda state: state.frame is not None)
    return backend.named("First?")


async def test_the_page_follows_one_run_after_the_other(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    run = await running(questions, conversation, backend)
    run.queue("Second?", "msg_1")
    run.queue("Third?", "msg_2")
    async with showing(questions, conversation) as seen:
        await settle()
        turn = conversation.state.turn
        second = backend.add_run("Second?", session_id=run.session_id)
        for message in ("msg_1", "msg_2"):
            run.hand_over(message, second.run_id)
        run.say("It is.")
        run.end("cancelled")
        await settle()
        state = conversation.state
        assert (state.asked.text, state.named, state.turn) == ("Second?", second.run_id, turn + 1)
        assert [turn.view.message.question for turn in state.earlier] == ["First?"]
        second.say("Yes.")
        second.end()
        await settle()
        assert seen[-1].ended
    assert second.watched_from_the_start == 1


async def test_a_next_run_that_does_not_begin_gives_the_question_back(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    run = await running(questions, conversation, backend)
    run.queue("Second?", "msg_1")
    run.hand_over("msg_1", "run_never")
    run.end()
    state = await to_the_end(questions, conversation)
    assert (state.run_id, state.written.puts, state.problem is not None) == (run.run_id, "Second?", True)


async def test_a_run_that_is_opened_when_it_is_over_stays(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    run = await running(questions, conversation, backend)
    run.queue("Second?", "msg_1")
    run.hand_over("msg_1", backend.add_run("Second?", session_id=run.session_id).run_id)
    run.end()
    other = Conversation()
    # A page that finds it over shows it: it is the past that was asked for.
    await questions.open(other, run.run_id)
    state = await to_the_end(questions, other)
    assert state.named == run.run_id


async def test_a_question_of_a_busy_conversation_is_shown_with_the_run_that_it_waits_for(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    first = backend.add_run("Elsewhere?")
    done = backend.add_run("Before?", session_id=first.session_id)
    done.end()
    await questions.open(conversation, done.run_id)
    await to_the_end(questions, conversation)
    await questions.ask(conversation, "Mine?", "reports")
    async with aclosing(questions.proceed(conversation)) as states:
        state = await until(states, lambda state: state.frame is not None)
    assert (state.run_id, state.named, state.asked.text) == (first.run_id, first.run_id, "Elsewhere?")
    [sent] = state.sent
    assert [step.detail for step in first.view.stream.steps if step.step_id == sent] == ["Mine?"]
