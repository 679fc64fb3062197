"""A page that is opened, left, shown twice, or reached through a link for reading only."""

import asyncio
import copy

import pytest

from backend.desk.choices import Choice
from backend.desk.conversation import Conversation
from backend.desk.questions import TURNS_SHOWN, Questions
from backend.present.pages.problem import Problem
from backend.present.words import ask as words_ask
from backend.protocol.options import RunOptions
from backend.protocol.roles import Role
from tests.desk.questions.fake_backend import FULL, UNKNOWN, FakeBackend
from tests.desk.questions.states import asked, showing, to_the_end
from tests.desk.without_channels import WithoutChannels
from tests.fakes import settle


async def test_a_page_learns_what_is_on_offer(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    assert conversation.state.settling
    assert conversation.state.notice_html == ""
    state = await to_the_end(questions, conversation)
    assert state.choices == (Choice("Annual reports", "reports"), Choice("Brief", "scripted:brief"))
    assert state.agent == state.usual == state.fields.agent == "reports"
    assert state.empty
    assert (state.settling, state.running, state.may_retry) == (False, False, False)
    await to_the_end(questions, conversation)
    assert backend.calls == ["agents"], "what is known is not asked again"
    await questions.open(conversation)
    await to_the_end(questions, conversation)
    assert backend.calls == ["agents", "agents"], "a page that is opened again may be offered other agents"
    assert conversation.state.fields == state.fields, "whom somebody chose meanwhile stays chosen"


async def test_a_run_that_was_named_is_taken_up_with_the_turns_before_it(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    options = RunOptions(speed=4)
    runs = [
        backend.add_run(f"Question {number}", session_id="session_1", agent="scripted:brief", options=options)
        for number in range(TURNS_SHOWN + 5)
    ]
    backend.add_run("Elsewhere")
    for run in runs:
        run.say(f"Answer to {run.question}.")
        run.end()
    last = runs[-2]
    await questions.open(conversation, last.run_id)
    assert (conversation.state.opening, conversation.state.notice_html) == (last.run_id, "")
    state = await to_the_end(questions, conversation)
    assert [turn.run_id for turn in state.earlier] == [run.run_id for run in runs[3:-2]]
    assert len(state.earlier) == TURNS_SHOWN
    assert (state.asked.text, state.asked.agent, state.asked.options) == (last.question, last.agent, options)
    assert (state.session_id, state.fields.agent) == ("session_1", "scripted:brief")
    assert (state.written.html, last.watched_from_the_start) == ("", 0)
    assert state.ended
    calls = list(backend.calls)
    await questions.open(conversation, last.run_id)
    await to_the_end(questions, conversation)
    assert backend.calls == [*calls, "agents"], "a run that is on the page already is not fetched again"


async def test_a_run_that_the_backend_does_not_keep_gets_a_designed_state(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await asked(questions, conversation, backend)
    await questions.open(conversation, "run_that-never-was")
    state = await to_the_end(questions, conversation)
    assert state.problem == Problem("run_not_found")
    assert (state.run_id, state.frame, state.running, state.empty) == ("", None, False, True)
    calls = list(backend.calls)
    await questions.open(conversation, "run_that-never-was")
    await to_the_end(questions, conversation)
    assert "run" not in backend.calls[len(calls) :], "it is not asked for again and again"


async def test_a_lost_run_keeps_what_came_and_may_be_asked_again(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await questions.ask(conversation, "Is it rising?", "reports")
    async with showing(questions, conversation) as seen:
        await settle()
        run = backend.named("Is it rising?")
        run.say("It is ")
        await settle()
        run.deleted = True
        run.tick()
        await settle()
        state = seen[-1]
    assert (state.lost, state.running, state.may_retry, state.may_continue) == (True, False, True, False)
    assert state.frame is not None
    assert (state.frame.view.message.answer, state.problem) == ("It is ", Problem("run_not_found"))
    assert await to_the_end(questions, conversation) == state, "it is not followed again"
    await questions.retry(conversation)
    assert conversation.state.running


async def test_beginning_anew_leaves_the_run_alone_and_forgets_the_conversation(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    first = await asked(questions, conversation, backend)
    await questions.ask(conversation, "And now?", "reports")
    async with showing(questions, conversation):
        await settle()
        fields = conversation.state.fields
        await questions.begin_anew(conversation)
        assert conversation.state.notice_html == ""
        backend.named("And now?").tick()
        await settle()
        state = conversation.state
    assert (state.empty, state.run_id, state.session_id, state.named, state.frame) == (True, "", "", "", None)
    assert (state.written.takes, state.fields, state.choices) == ("And now?", fields, first.choices)
    assert backend.named("And now?").cancelled == 0


async def test_of_two_showings_the_newer_one_continues(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await questions.ask(conversation, "Is it rising?", "reports")
    async with showing(questions, conversation) as older:
        await settle()
        async with showing(questions, conversation) as newer:
            await settle()
            count = len(older)
            run = backend.named("Is it rising?")
            run.say("It is.")
            await settle()
            run.end()
            await settle()
            assert newer[-1].ended
            assert len(older) == count


@pytest.mark.parametrize("call", ["agents", "run", "start_run", "session"])
async def test_an_answer_that_comes_after_the_page_moved_on_changes_nothing(
    questions: Questions, conversation: Conversation, backend: FakeBackend, call: str
) -> None:
    run = backend.add_run("Elsewhere")
    if call in ("run", "session"):
        await questions.open(conversation, run.run_id)
    else:
        await questions.ask(conversation, "Is it rising?", "reports")
    backend.held[call] = asyncio.Event()
    async with showing(questions, conversation) as seen:
        await settle()
        await questions.begin_anew(conversation)
        moved_on, count = conversation.state, len(seen)
        backend.held[call].set()
        await settle()
        assert conversation.state is moved_on
        assert len(seen) == count


async def test_a_refusal_that_comes_after_the_page_moved_on_changes_nothing(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    backend.held["start_run"], backend.refusals["start_run"] = asyncio.Event(), FULL
    await questions.ask(conversation, "Is it rising?", "reports")
    async with showing(questions, conversation):
        await settle()
        await questions.begin_anew(conversation)
        moved_on = conversation.state
        backend.held["start_run"].set()
        await settle()
        assert conversation.state is moved_on


async def test_a_stop_that_fails_after_the_page_moved_on_changes_nothing_there(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    await questions.ask(conversation, "Is it rising?", "reports")
    async with showing(questions, conversation):
        await settle()
        backend.held["cancel"] = asyncio.Event()
        stopping = asyncio.create_task(questions.stop(conversation))
        await settle()
        await questions.begin_anew(conversation)
        moved_on = conversation.state
        backend.away = True
        backend.held["cancel"].set()
        assert await stopping == "Nobody answers."
        assert conversation.state is moved_on


async def test_a_shared_run_is_followed_and_cannot_be_changed(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    run = backend.add_run("Is it rising?")
    backend.runs["share_1"] = run
    await questions.open_shared(conversation, "share_1")
    async with showing(questions, conversation) as seen:
        await settle()
        state = seen[-1]
        assert (state.shared, state.run_id, state.session_id, state.asked.text) == (
            True, "share_1", "", "Is it rising?",
        )  # fmt: skip
        assert await questions.stop(conversation) == ""
        run.end("failed")
        await settle()
        assert (seen[-1].outcome, seen[-1].may_retry) == ("failed", False)
    assert "agents" not in backend.calls
    assert run.cancelled == 0


async def test_a_shared_conversation_shows_its_runs_and_those_to_come(
    conversation: Conversation, backend: FakeBackend
) -> None:
    first, second = backend.add_run("Is it rising?"), backend.add_run("How fast?")
    first.end()
    second.end()
    names = [f"share_1.{name}" for name in "abc"]
    backend.runs |= {"share_1": second, names[0]: first, names[1]: second}
    backend.conversations["share_1"] = names[:2]
    following = Questions(backend, WithoutChannels(backend), 0, looks_every_s=0)
    await following.open_shared(conversation, "share_1")
    assert not conversation.state.writes, "until it is known what the share allows"
    async with showing(following, conversation) as seen:
        await settle()
        state = seen[-1]
        assert (state.asked.text, [turn.run_id for turn in state.earlier]) == ("How fast?", names[:1])
        assert (state.conversation_shared, state.rights.comments, state.writes) == (True, False, False)
        backend.runs[names[2]] = backend.add_run("And now?")
        backend.conversations["share_1"] = names
        await settle()
        state = seen[-1]
        assert (state.asked.text, [turn.run_id for turn in state.earlier]) == ("And now?", names[:2])


@pytest.mark.parametrize("role", ["comment", "steer"])
async def test_who_may_steer_a_shared_run_stops_it(
    questions: Questions, conversation: Conversation, backend: FakeBackend, role: Role
) -> None:
    run = backend.runs["share_1"] = backend.add_run("Is it rising?")
    backend.share_role = role
    await questions.open_shared(conversation, "share_1")
    async with showing(questions, conversation) as seen:
        await settle()
        assert (seen[-1].rights.comments, seen[-1].writes) == (True, role == "steer")
        await questions.stop(conversation)
        await settle()
        assert run.cancelled == int(role == "steer")
        if not run.view.ended:
            run.end()
        await settle()
    # What is asked next is for the people of the conversation.
    assert not conversation.state.writes


async def test_a_share_that_was_withdrawn_says_so_before_and_while_it_is_read(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    withdrawn = Problem("run_not_found", words_ask.SHARE_NOT_FOUND)
    run = backend.add_run("Is it rising?")
    backend.runs["share_1"] = run
    await questions.open_shared(conversation, "share_1")
    async with showing(questions, conversation) as seen:
        await settle()
        run.say("It is.")
        await settle()
        del backend.runs["share_1"]
        run.tick()
        await settle()
        assert (seen[-1].problem, seen[-1].running) == (withdrawn, False)
        assert seen[-1].frame is not None
    other = Conversation()
    await questions.open_shared(other, "share_1")
    assert (await to_the_end(questions, other)).problem == withdrawn


async def test_a_page_can_copy_the_conversation_it_starts_with(conversation: Conversation) -> None:
    copied = copy.deepcopy(conversation)
    copied.change(named="run_1")
    assert conversation.state.named == ""


async def test_turns_that_were_deleted_meanwhile_do_not_hide_the_run(
    questions: Questions, conversation: Conversation, backend: FakeBackend
) -> None:
    backend.refusals["session"] = UNKNOWN
    run = backend.add_run("Is it rising?", session_id="session_1")
    run.end()
    await questions.open(conversation, run.run_id)
    state = await to_the_end(questions, conversation)
    assert (state.run_id, state.earlier, state.problem) == (run.run_id, (), None)
