"""Pauses, and a cancel of a run that waits or is paused."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from backend.agents.agent import RunContext, RunRequest
from backend.agents.person import Steerable
from backend.protocol.events import Draft, TokenEvent, WarningEvent
from backend.protocol.view import RunView, fold
from tests.fakes import settle
from tests.runs.bench import Bench, the_done
from tests.runs.logs import a_record
from tests.runs.steering.asking_run import YES, running


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
