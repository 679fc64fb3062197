"""The channels over which pages steer: one WebSocket for each conversation that a process shows, and HTTP without it.

A channel is open while a page follows a run of its conversation. Nothing waits for it: a command goes over HTTP until
the channel is there, and where it cannot be opened.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Final, Literal, Protocol
from weakref import WeakKeyDictionary

from backend.client.control_client import ControlClient
from backend.client.control_link import Opener
from backend.client.control_socket import open_socket
from backend.client.run_client import RunClient
from backend.client.steering_replies import AnsweredInput, SteeredMessage, SteeredRunState
from backend.protocol.inputs import GivenAnswer

LINGER_S: Final = 5.0
"""How long a channel that no page needs stays open, in seconds: Streamlit's pages leave and come back at a click."""

MessageMode = Literal["steer", "queue"]
"""``steer``: the agent reads the message while it works; ``queue``: it is the conversation's next question."""


class ControlCalls(Protocol):
    """The calls by which a page steers. See ``RunClient``."""

    async def cancel(self, run_id: str) -> None: ...  # noqa: D102 - said by the class

    async def answer(self, run_id: str, input_id: str | None, answer: GivenAnswer) -> AnsweredInput: ...  # noqa: D102

    async def pause(self, run_id: str) -> SteeredRunState: ...  # noqa: D102 - said by the class

    async def resume(self, run_id: str) -> SteeredRunState: ...  # noqa: D102 - said by the class

    async def send_message(self, run_id: str, text: str, mode: MessageMode) -> SteeredMessage: ...  # noqa: D102

    async def withdraw_message(self, run_id: str, message_id: str) -> SteeredMessage: ...  # noqa: D102


class Channels(Protocol):
    """Gives the calls for a conversation."""

    def calls(self, session_id: str) -> ControlCalls:
        """What a command goes over now."""

    def kept_open(self, session_id: str) -> AbstractAsyncContextManager[None]:
        """The conversation's channel is kept open inside ``async with``."""


@dataclass(slots=True)
class _Open:
    client: ControlClient
    pages: int = 0
    closing: "asyncio.Task[None] | None" = None


_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, str], _Open]] = WeakKeyDictionary()
"""The channels of each event loop, by backend and conversation: pages of one conversation share one."""


class ControlChannels:
    """Implements ``Channels``. All objects for one backend share the channels of the running event loop."""

    def __init__(self, client: RunClient, opener: Opener = open_socket, linger_s: float = LINGER_S) -> None:
        """``opener`` opens a channel's connection; ``linger_s``: see ``LINGER_S``."""
        self._client = client
        self._opener = opener
        self._linger_s = linger_s

    def calls(self, session_id: str) -> ControlCalls:
        """See ``Channels.calls``."""
        known = self._known().get((self._client.base_url, session_id))
        return known.client if known is not None and known.client.transport == "websocket" else self._client

    @asynccontextmanager
    async def kept_open(self, session_id: str) -> AsyncIterator[None]:
        """See ``Channels.kept_open``. Without a conversation there is nothing to open."""
        if not session_id:
            yield
            return
        known, key = self._known(), (self._client.base_url, session_id)
        channel = known.get(key)
        if channel is None:
            channel = known[key] = _Open(ControlClient(self._client, session_id, opener=self._opener))
            await channel.client.__aenter__()
        if channel.closing is not None:
            channel.closing.cancel()
        channel.pages += 1
        try:
            yield
        finally:
            channel.pages -= 1
            if not channel.pages:
                channel.closing = asyncio.create_task(self._close_later(known, key))

    async def _close_later(self, known: dict[tuple[str, str], _Open], key: tuple[str, str]) -> None:
        await asyncio.sleep(self._linger_s)
        channel = known.pop(key)
        await channel.client.__aexit__(None, None, None)

    def _known(self) -> dict[tuple[str, str], _Open]:
        return _shared.setdefault(asyncio.get_running_loop(), {})
