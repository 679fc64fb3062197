"""What people complain about in other products that ask a person: each complaint is a test, named after it.

That pending approvals live in memory is tested where servers are killed: tests/api/test_kill.py."""

import asyncio

from backend.agents.person import PersonRequest
from backend.protocol.events import ErrorEvent, StatusEvent
from backend.protocol.inputs import GivenAnswer
from backend.runs.steering.messages import SentMessage
from backend.runs.steering.refusals import SteeringRefusal
from tests.fakes import settle
from tests.runs.bench import Bench, the_done
from tests.runs.steering.asking_run import CALL, NO, YES, refused, running


async def test_a_new_message_instead_of_an_answer_breaks_the_thread(bench: Bench) -> None:
    run = await running(bench)
    await run.steering.send(SentMessage("message-1", "Only 2024.", "steer", None))
    [asked] = await run.open_ids()
    await run.answer(asked, YES)
    assert the_done(await run.end()).outcome == "completed"
    assert (run.agent.answers[0].value, run.agent.read) == ("yes", ["Only 2024."])


async def test_denied_stays_responded(bench: Bench) -> None:
    run = await running(bench, PersonRequest("Transfer?", kind="approval", tool=CALL))
    [asked] = await run.open_ids()
    await run.answer(asked, NO)
    done = the_done(await run.end())
    [kept] = (await run.view()).stream.inputs
    assert kept.answer is not None
    assert (kept.state, kept.answer.action, run.agent.answers[0].accepted) == ("answered", "decline", False)
    assert done.inputs is not None
    assert (done.inputs.accepted, done.inputs.declined) == (0, 1)
    [step] = [step for step in (await run.view()).stream.steps if step.step_id == asked]
    assert step.state == "cancelled"


async def test_one_of_two_answers_ends_the_run_and_the_other_waits_for_ever(bench: Bench) -> None:
    run = await running(bench, PersonRequest("First?"), PersonRequest("Second?"))
    first, second = await run.open_ids()
    await run.answer(second, YES)
    await bench.clock.advance(1000)
    assert (await run.open_ids(), run.steering.machine.state) == ([first], "waiting")
    await run.answer(first, YES)
    assert the_done(await run.end()).outcome == "completed"


async def test_the_person_is_slower_than_the_server(bench: Bench) -> None:
    run = await running(bench, timeout_s=20, silence_s=5, on_abandon="cancel")
    await bench.clock.advance(100_000)
    [asked] = await run.open_ids()
    await run.answer(asked, YES)
    done = the_done(await run.end())
    assert (done.outcome, done.waited_ms, done.latency_ms) == ("completed", 100_000_000, 100_001_000)


async def test_the_agent_s_own_time_still_counts_after_a_long_wait(bench: Bench) -> None:
    run = await running(bench, timeout_s=20, silence_s=0.5)
    await bench.clock.advance(100_000)
    [asked] = await run.open_ids()
    await run.answer(asked, YES)
    done = the_done(await run.end())
    assert (done.outcome, done.latency_ms) == ("timed_out", 100_000_500)


async def test_the_same_id_asked_twice_and_the_second_prompt_never_shows(bench: Bench) -> None:
    same = PersonRequest("Transfer?", kind="approval", tool=CALL)
    run = await running(bench, same, same)
    first, second = await run.open_ids()
    assert first != second
    await run.answer(first, GivenAnswer(action="accept"))
    assert await run.open_ids() == [second]
    await run.answer(second, NO)
    assert [answer.action for answer in run.agent.answers] == ["accept", "decline"]
    await run.end()


async def test_edited_arguments_are_not_the_ones_executed(bench: Bench) -> None:
    run = await running(bench, PersonRequest("Transfer?", kind="approval", tool=CALL))
    [asked] = await run.open_ids()
    await run.answer(asked, GivenAnswer(action="accept", arguments={"amount": 5}))
    assert run.agent.answers[0].arguments == {"amount": 5}
    [kept] = (await run.view()).stream.inputs
    assert kept.request.tool is not None
    assert kept.answer is not None
    assert (kept.request.tool.arguments, kept.answer.arguments) == ({"amount": 100}, {"amount": 5})
    await run.end()


async def test_a_late_answer_attaches_to_another_question(bench: Bench) -> None:
    run = await running(bench, PersonRequest("First?"), PersonRequest("Second?"), in_turn=True)
    [first] = await run.open_ids()
    await run.answer(first, YES)
    [second] = await run.open_ids()
    assert await refused(run, first, GivenAnswer(action="accept", value="late")) == "already-answered"
    assert await run.open_ids() == [second]
    await run.answer(second, NO)
    assert [answer.value for answer in run.agent.answers] == ["yes", None]
    await run.end()


async def test_an_agent_may_not_ask_without_end(bench: Bench) -> None:
    run = await running(bench, *[PersonRequest("Which?")] * 51)
    events = await run.end()
    assert [event.code for event in events if isinstance(event, ErrorEvent)] == ["bad_request"]
    assert all(each.state == "closed" for each in (await run.view()).stream.inputs)


async def test_the_question_never_reaches_the_page(bench: Bench) -> None:
    run = await running(bench)
    asked = [event for event in await run.events() if isinstance(event, StatusEvent) and event.request is not None]
    assert [event.state for event in asked] == ["waiting"]
    assert (await run.view()).stream.activity == "waiting"
    await run.supervisor.cancel(run.record.run_id)
    await run.end()


async def test_a_reconnect_restarts_the_countdown(bench: Bench) -> None:
    run = await running(bench, PersonRequest("Quick?", expires_s=30))
    await bench.clock.advance(29)
    [asked] = (await run.view()).stream.inputs
    assert asked.request.expires_at_ms == 30_000
    await run.steering.pause(None)
    await bench.clock.advance(1)
    assert await refused(run, asked.input_id, YES) == "input-expired"
    await run.steering.resume(None)
    await run.end()
    assert run.agent.answers[0].expired


async def test_a_message_accepted_during_a_tool_call_is_lost_at_abort(bench: Bench) -> None:
    run = await running(bench)
    await run.steering.send(SentMessage("message-1", "Only 2024.", "steer", None))
    await run.supervisor.cancel(run.record.run_id)
    await run.end()
    [kept] = [step for step in (await run.view()).stream.steps if step.step_id == "message-1"]
    assert (kept.state, kept.reason, kept.detail) == ("cancelled", "run-cancelled", "Only 2024.")


async def test_stop_throws_the_queue_away(bench: Bench) -> None:
    run = await running(bench)
    for number, text in enumerate(("And then?", "And after that?")):
        await run.steering.send(SentMessage(f"message-{number}", text, "queue", None))
    await run.supervisor.cancel(run.record.run_id)
    await run.end()
    following = [step.delivered_to for step in (await run.view()).stream.steps if step.delivered_to]
    assert len(set(following)) == 1
    await settle()
    active = await run.supervisor.active_in(run.record.session_id)
    assert active is not None
    assert (active.run_id, active.question) == (following[0], "And then?")
    behind = run.supervisor.steering(active.run_id)
    assert behind is not None
    assert [message.text for message in behind.machine.messages.waiting("queue")] == ["And after that?"]
    await run.supervisor.shutdown()


async def test_two_answers_at_once_a_thousand_times(bench: Bench) -> None:
    """The first one wins, the other hears by whom, and the log has exactly one."""
    given = [YES, GivenAnswer(action="accept", value="no")]
    for _ in range(50):
        run = await running(bench, *[PersonRequest("Which?")] * 20)
        ids = await run.open_ids()
        pairs = [run.steering.answer(input_id, each, by=None, via="test") for input_id in ids for each in given]
        found = await asyncio.gather(*pairs, return_exceptions=True)
        won, lost = found[::2], found[1::2]
        assert not any(isinstance(each, BaseException) for each in won)
        assert [each.slug for each in lost if isinstance(each, SteeringRefusal)] == ["already-answered"] * 20
        done = the_done(await run.end())
        assert done.inputs is not None
        assert (done.inputs.asked, done.inputs.accepted) == (20, 20)
        assert [answer.value for answer in run.agent.answers] == ["yes"] * 20
