"""The control connections that are open, by conversation and by share, so that they can be counted and ended."""

import asyncio
from collections import Counter
from collections.abc import Container
from typing import Protocol

MOST_CHANNELS = 200
"""How many control connections a conversation or a share may have at once."""


class OpenChannel(Protocol):
    """A control connection as the registry sees it."""

    @property
    def room(self) -> str:
        """The conversation or the share that the connection is for."""
        ...

    @property
    def is_shared(self) -> bool:
        """Whether it was opened through a share."""
        ...

    @property
    def owner(self) -> str:
        """The name of the token that it was opened with; empty without one."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Close the connection with that code, soon."""
        ...


SHARE_WITHDRAWN = 4403
TOKEN_REVOKED = 4401
SERVER_STOPS = 1012
"""RFC 6455's registry: the service restarts, and the client may come back."""


class OpenChannels:
    """Every control connection from its handshake to its end."""

    def __init__(self) -> None:
        self._channels: set[OpenChannel] = set()
        self._counts: Counter[str] = Counter()
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._channels)

    def has_place(self, room: str) -> bool:
        """Whether one more may be opened there."""
        return self._counts[room] < MOST_CHANNELS

    def add(self, channel: OpenChannel) -> None:
        """Count the connection in."""
        self._channels.add(channel)
        self._counts[channel.room] += 1
        self._note_change()

    def discard(self, channel: OpenChannel) -> None:
        """Count the connection out."""
        self._channels.discard(channel)
        self._counts[channel.room] -= 1
        self._counts += Counter()
        self._note_change()

    async def until(self, count: int) -> None:
        """Return once so many connections are open."""
        while len(self) != count:
            await self._changed.wait()

    def shares(self) -> set[str]:
        """The shares through which something is open."""
        return {channel.room.partition(".")[0] for channel in self._channels if channel.is_shared}

    def withdraw(self, share_id: str) -> None:
        """Close what was opened through a share."""
        for channel in list(self._channels):
            if channel.room.partition(".")[0] == share_id:
                channel.close(SHARE_WITHDRAWN, "share-withdrawn")

    def close_revoked(self, names: Container[str]) -> None:
        """Close what was opened with a token that is not one of these any more."""
        for channel in list(self._channels):
            if channel.owner and channel.owner not in names:
                channel.close(TOKEN_REVOKED, "token-revoked")

    def close(self) -> None:
        """Close every connection: the server stops."""
        for channel in list(self._channels):
            channel.close(SERVER_STOPS, "server-stops")

    def _note_change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
