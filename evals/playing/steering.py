"""Does to a run what its scenario asks for, each thing at its moment: a cancel, a pause, a message, answers.

Each call takes a connection of its own, or goes over the control channel of a run that is read over one.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from time import perf_counter_ns
from typing import Any, Final

from backend.protocol.events import Event, StatusEvent
from evals.playing.connections import SteeringCall, SteeringOp
from evals.suites.disturbance import DisturbanceMoment
from evals.suites.steering import Pause, SuiteAnswer, SuiteMessage
from evals.suites.suite import SuiteScenario
from evals.wire.arrivals import parse, post_request
from evals.wire.control_channel import CallOutcome, WireChannel, new_command_id
from evals.wire.exchange import Address, Capture, exchange
from evals.wire.message_end import message_end

ACCEPTED: Final = (200, 201, 202)

_CHANNEL_OPS: Final = {"answer": "input"}


class PlannedSteering:
    """What is done to one run. Its calls go into ``calls`` as they are answered."""

    def __init__(
        self, scenario: SuiteScenario, address: Address, calls: list[SteeringCall], left_s: Callable[[], float]
    ) -> None:
        """``left_s`` gives the seconds until the run's deadline."""
        self._scenario = scenario
        self._address = address
        self._calls = calls
        self._left_s = left_s
        self._path = ""
        self._sent_ns = 0
        self._count = 0
        self._named = asyncio.Event()
        self._asked: list[str] = []
        self._changed = asyncio.Event()
        self._over_channel = scenario.transport == "websocket"
        self._channel: WireChannel | None = None
        self._channel_changed = asyncio.Event()
        self._due: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()

    @asynccontextmanager
    async def under_way(self) -> AsyncIterator[None]:
        """Everything is done while the body runs, if the run gets to its moment by then."""
        tasks = [asyncio.create_task(work, name=f"steering: {name}") for name, work in self._work()]
        try:
            yield
            await self.settled()
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)
            for task in tasks:
                if not task.cancelled():
                    task.result()

    async def settled(self) -> None:
        """The run is over: return once everything that is due was answered, or at its deadline."""
        self._over.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._left_s()):
                while self._due:
                    await asyncio.wait(self._due)

    def named(self, path: str, sent_ns: int) -> None:
        """The run's path is known, and when its request was sent."""
        self._path, self._sent_ns = path, sent_ns
        self._named.set()

    def came(self, count: int, events: Iterable[Event]) -> None:
        """``count`` events of the run have come so far; ``events`` are the newest of them."""
        self._count = max(self._count, count)
        if self._scenario.answers:
            asked = [event.request.input_id for event in events if isinstance(event, StatusEvent) and event.request]
            self._asked += [input_id for input_id in asked if input_id not in self._asked]
        self._changed.set()
        self._changed = asyncio.Event()

    def carried_by(self, channel: WireChannel | None) -> None:
        """The control channel that carries what is done from now on."""
        self._channel = channel
        self._channel_changed.set()
        self._channel_changed = asyncio.Event()

    def _work(self) -> Iterable[tuple[str, Coroutine[Any, Any, None]]]:
        scenario = self._scenario
        if scenario.cancel is not None:
            yield "cancel", self._at(scenario.cancel, lambda: self._call("cancel", None))
        if scenario.pause is not None:
            yield "pause", self._at(scenario.pause, lambda: self._pause(scenario.pause))
        if scenario.message is not None:
            yield "message", self._at(scenario.message, lambda: self._message(scenario.message))
        if scenario.answers:
            yield "answers", self._answer_all(scenario.answers)

    async def _at(self, moment: DisturbanceMoment, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await self._named.wait()
        if moment.at_ms is not None:
            await asyncio.sleep(moment.at_ms / 1000 - (perf_counter_ns() - self._sent_ns) / 1e9)
        else:
            await self._until(lambda: self._count >= (moment.after_events or 0))
        await self._do(work())

    async def _until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            await self._changed.wait()

    async def _do(self, work: Coroutine[Any, Any, None]) -> None:
        """Something that is due: the run waits for it at its end."""
        task = asyncio.ensure_future(work)
        self._due.add(task)
        try:
            await task
        finally:
            task.cancel()
            self._due.discard(task)

    async def _pause(self, pause: Pause | None) -> None:
        await self._call("pause", {})
        try:
            async with asyncio.timeout((pause.for_ms if pause else 0.0) / 1000):
                await self._over.wait()
        except TimeoutError:
            await self._call("resume", {})

    async def _message(self, message: SuiteMessage | None) -> None:
        if message is not None:
            fields = {"text": message.text, "mode": message.mode}
            await self._call("message", fields, new_command_id())

    async def _answer_all(self, answers: Iterable[SuiteAnswer]) -> None:
        await self._named.wait()
        for place, answer in enumerate(answers):
            await self._until(lambda place=place: len(self._asked) > place)  # type: ignore[misc]
            await asyncio.sleep(answer.after_ms / 1000)
            await self._do(self._call("answer", dict(answer.body), self._asked[place]))

    async def _call(self, op: SteeringOp, fields: dict[str, Any] | None, concerns: str = "") -> None:
        """``concerns`` is the id of the request or of the message."""
        carry = self._by_channel if self._over_channel else self._by_http
        self._calls.append(SteeringCall(op, await carry(op, fields, concerns), concerns))

    async def _by_channel(self, op: SteeringOp, fields: dict[str, Any] | None, concerns: str) -> CallOutcome:
        given: dict[str, Any] = fields or {}
        if op == "answer":
            given = {"input_id": concerns, "answer": fields}
        run_id = self._path.rpartition("/")[2]
        command_id = concerns if op == "message" else new_command_id()
        first_ns: int | None = None
        while True:
            while (channel := self._channel) is None:
                await self._channel_changed.wait()
            done = await channel.command(_CHANNEL_OPS.get(op, op), command_id, run=run_id, **given)
            first_ns = first_ns or done.sent_ns
            if done.replied_ns is not None or channel.capture.hung_up_ns is None:
                return replace(done, sent_ns=first_ns)
            # Cut by the harness: the same command goes over the next channel.
            while self._channel is channel:
                await self._channel_changed.wait()

    async def _by_http(self, op: SteeringOp, fields: dict[str, Any] | None, concerns: str) -> CallOutcome:
        path = {"answer": f"inputs/{concerns}", "message": "messages"}.get(op, op)
        body = {"message_id": concerns, **(fields or {})} if op == "message" else fields
        request = post_request(self._address, f"{self._path}/{path}", body, "application/json")
        return outcome_of(await exchange(self._address, request, self._left_s(), over=message_end))


def outcome_of(capture: Capture) -> CallOutcome:
    """What became of a call over HTTP."""
    answer = parse(capture)
    failure = None if answer.status in ACCEPTED else answer.failure
    replied_ns = capture.chunks[-1][0] if capture.chunks else None
    return CallOutcome(capture.sent_ns, replied_ns, answer.status, failure)
