"""What people complain about in other products that ask a person: each complaint is a test, named after it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from backend.agents.agent import RunContext, RunRequest
from backend.agents.person import PersonAnswer, PersonRequest, Steerable
from backend.protocol.events import Draft, ErrorEvent, Event, StatusEvent, TokenEvent, WarningEvent
from backend.protocol.inputs import GivenAnswer, ProposedTool
from backend.protocol.options import RunOptions
from backend.protocol.view import RunView, fold
from backend.runs.records import RunRecord
from backend.runs.steering.messages import SentMessage
from backend.runs.steering.refusals import SteeringRefusal
from backend.runs.steering.run_steering import RunSteering
from backend.runs.supervisor import RunSupervisor
from tests.fakes import settle
from tests.runs.bench import Bench, the_done
from tests.runs.logs import a_record

YES = GivenAnswer(action="accept", value="yes")
NO = GivenAnswer(action="decline")
CALL = ProposedTool(name="transfer", arguments={"amount": 100}, editable=True)


@dataclass
class Asking:
    """Asks these at once, in this order if ``in_turn``, then writes what it was answered."""

    requests: Sequence[PersonRequest]
    in_turn: bool = False
    answers: list[PersonAnswer] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    cancelled: bool = False
    steerable: Steerable = field(default_factory=lambda: Steerable(pause="exact", messages=True))

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        try:
            yield TokenEvent(text="Half ")
            if self.in_turn:
                for each in self.requests:
                    self.answers.append(await context.ask(each))
            else:
                self.answers += await asyncio.gather(*map(context.ask, self.requests))
            self.read += [message.text for message in await context.messages()]
            await context.clock.sleep(1)
            yield TokenEvent(text="whole.")
        except asyncio.CancelledError:
            self.cancelled = True
            raise


@dataclass
class Running:
    """A run that has asked."""

    bench: Bench
    supervisor: RunSupervisor
    record: RunRecord
    agent: Asking

    @property
    def steering(self) -> RunSteering:
        steering = self.supervisor.steering(self.record.run_id)
        assert steering is not None
        return steering

    async def events(self) -> list[Event]:
        return list(await self.bench.store.events(self.record.run_id))

    async def view(self) -> RunView:
        return fold(RunView.start(), await self.events())

    async def open_ids(self) -> list[str]:
        return [each.input_id for each in (await self.view()).stream.inputs if each.state == "open"]

    async def answer(self, input_id: str, given: GivenAnswer) -> None:
        await self.steering.answer(input_id, given, by=None, via="test")
        await settle()

    async def end(self) -> list[Event]:
        await self.bench.clock.advance(2)
        await self.supervisor.ended(self.record.run_id)
        return await self.bench.log(self.record)


async def running(bench: Bench, *requests: PersonRequest, in_turn: bool = False, **options: Any) -> Running:
    agent = Asking(requests or (PersonRequest("Which period?"),), in_turn)
    supervisor = bench.supervise(agent)
    record, _ = await supervisor.accept(a_record(options=RunOptions(**options)))
    await settle()
    return Running(bench, supervisor, record, agent)


async def refused(run: Running, input_id: str, given: GivenAnswer) -> str:
    with pytest.raises(SteeringRefusal) as caught:
        await run.answer(input_id, given)
    return caught.value.slug


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
    active = run.supervisor.active_in(run.record.session_id)
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


@pytest.mark.parametrize("paused", [False, True], ids=["waits", "is paused"])
async def test_a_cancel_reaches_an_agent_before_any_time_passes(bench: Bench, paused: bool) -> None:
    run = await running(bench)
    if paused:
        await run.steering.pause(None)
    before = bench.clock.now()
    await run.supervisor.cancel(run.record.run_id)
    await settle()
    assert (run.agent.cancelled, bench.clock.now()) == (True, before)
    done = the_done(await bench.log(run.record))
    assert (done.outcome, done.partial) == ("cancelled", True)
    [kept] = (await run.view()).stream.inputs
    assert (kept.state, kept.reason) == ("closed", "run-cancelled")


async def test_a_pause_stands_still_until_it_is_resumed_or_too_long(bench: Bench) -> None:
    run = await running(bench, timeout_s=20, silence_s=5)
    [asked] = await run.open_ids()
    await run.steering.pause(None)
    await run.answer(asked, YES)
    await bench.clock.advance(500)
    assert (run.agent.answers, (await run.view()).message.answer) == ([], "Half ")
    await run.steering.resume(None)
    await settle()
    await run.steering.pause(None)
    await bench.clock.advance(599)
    assert run.steering.machine.state == "paused"
    await bench.clock.advance(1)
    events = await bench.log(run.record)
    done = the_done(events)
    assert (done.outcome, done.paused_ms) == ("cancelled", 1_100_000)
    assert [event.code for event in events if isinstance(event, WarningEvent)] == ["paused_too_long"]


@dataclass
class Elsewhere:
    """An agent whose pieces come every second, whatever happens here."""

    steerable: Steerable = field(default_factory=lambda: Steerable(pause="hold"))

    async def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        for number in range(5):
            await context.clock.sleep(1)
            yield TokenEvent(text=str(number))


@pytest.mark.parametrize("resumed", [True, False], ids=["resumed", "cancelled"])
async def test_what_is_held_keeps_its_times_and_is_never_lost(bench: Bench, resumed: bool) -> None:
    supervisor = bench.supervise(Elsewhere())
    record, _ = await supervisor.accept(a_record())
    await bench.clock.advance(1.5)
    steering = supervisor.steering(record.run_id)
    assert steering is not None
    await steering.pause(None)
    await bench.clock.advance(2)
    assert fold(RunView.start(), await bench.store.events(record.run_id)).message.answer == "0"
    if resumed:
        await steering.resume(None)
        await bench.clock.advance(3)
    else:
        await supervisor.cancel(record.run_id)
        await settle()
    events = await bench.log(record)
    tokens = [(event.text, event.at_ms) for event in events if isinstance(event, TokenEvent)]
    came = [("0", 1000), ("1", 2000), ("2", 3000), ("3", 4000), ("4", 5000)]
    assert tokens == (came if resumed else came[:3])
