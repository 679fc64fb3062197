"""A run whose agent asks, on a clock that only the test moves."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from backend.agents.agent import RunContext, RunRequest
from backend.agents.person import PersonAnswer, PersonRequest, Steerable
from backend.protocol.events import Draft, Event, TokenEvent
from backend.protocol.inputs import GivenAnswer, ProposedTool
from backend.protocol.options import RunOptions
from backend.protocol.view import RunView, fold
from backend.runs.records import RunRecord
from backend.runs.steering.refusals import SteeringRefusal
from backend.runs.steering.run_steering import RunSteering
from backend.runs.supervisor import RunSupervisor
from tests.fakes import settle
from tests.runs.bench import Bench
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
