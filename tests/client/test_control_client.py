"""The control channel's client against a real backend: the same over both transports, and when connections break."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from backend.client import ProblemError, RunClient
from backend.client.control_client import ControlClient
from backend.client.control_link import Opener
from backend.client.control_socket import ControlSocket, NoControlChannel, open_socket
from backend.client.errors import StreamLost
from backend.protocol.events import StatusEvent
from backend.protocol.inputs import GivenAnswer, GivenPerson

pytestmark = pytest.mark.server

DEADLINE_S = 60.0
OTHER = {"amount": 5, "currency": "EUR", "to": "Northwind"}


class _Breaking:
    """A connection that is lost once so many messages were received."""

    def __init__(self, socket: ControlSocket, left: int) -> None:
        self._socket = socket
        self._left = left

    async def send(self, text: str) -> None:
        await self._socket.send(text)

    async def receive(self) -> str:
        if not self._left:
            raise StreamLost("Cut.")
        self._left -= 1
        return await self._socket.receive()


def breaking(after: int) -> Opener:
    """Opens connections that break after so many messages each."""

    @asynccontextmanager
    async def opened(base_url: str, path: str) -> AsyncIterator[ControlSocket]:
        async with open_socket(base_url, path) as socket:
            yield _Breaking(socket, after)

    return opened


@asynccontextmanager
async def refused(base_url: str, path: str) -> AsyncIterator[ControlSocket]:
    """As behind a proxy that passes no WebSocket."""
    raise NoControlChannel("No.")
    yield  # pragma: no cover - makes this a generator


async def approved(client: RunClient, opener: Opener) -> tuple[list[Any], str]:
    """The events of a run whose question is answered over a channel, and what the channel used at its end."""
    options = {"may_ask": True, "speed": 20}
    started = await client.start_run("Pay it.", "scripted:approval", options=options)
    events: list[Any] = []
    async with (
        asyncio.timeout(DEADLINE_S),
        ControlClient(client, started.session_id, GivenPerson(name="Ana"), opener=opener) as channel,
        aclosing(channel.follow(started.run_id)) as items,
    ):
        async for item in items:
            events.append(item)
            if isinstance(item, StatusEvent) and item.request is not None:
                given = GivenAnswer(action="accept", arguments=OTHER)
                recorded = await channel.answer(started.run_id, None, given)
                assert recorded.answer.arguments == OTHER
                assert recorded.answer.by is not None or channel.transport == "http"
        used = channel.transport
        with pytest.raises(ProblemError) as late:
            await channel.pause(started.run_id)
        assert late.value.slug == "run-ended"
    over_http = [item async for item in client.follow(started.run_id)]
    assert events == over_http
    return events, used


@pytest.mark.parametrize(("opener", "used"), [(open_socket, "websocket"), (refused, "http")])
async def test_both_transports_do_the_same(opener: Opener, used: str, client: RunClient) -> None:
    events, transport = await approved(client, opener)
    assert transport == used
    assert sum(isinstance(event, StatusEvent) and event.answer is not None for event in events) == 1


@pytest.mark.parametrize("after", [4, 6, 9])
async def test_connections_that_break_after_a_few_messages_lose_and_double_nothing(
    after: int, client: RunClient
) -> None:
    events, _ = await approved(client, breaking(after))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


async def test_a_second_reader_of_a_run_has_a_stream_of_its_own(client: RunClient) -> None:
    started = await client.start_run("Show me.", "scripted:happy_path", options={"speed": 20})
    async with asyncio.timeout(DEADLINE_S), ControlClient(client, started.session_id) as channel:

        async def read() -> list[Any]:
            return [item async for item in channel.follow(started.run_id)]

        first, second = await asyncio.gather(read(), read())
    assert first == second
