"""The streams under way, so that a server that stops can end them."""

import asyncio
from collections.abc import Container
from typing import Protocol


class OpenStream(Protocol):
    """A stream that can be ended from outside."""

    @property
    def share_id(self) -> str | None:
        """The share through which its reader came, if it was one."""
        ...

    @property
    def owner(self) -> str:
        """The name of its reader's token; empty without one."""
        ...

    def stop(self) -> None:
        """End the stream where it is; its reader may come back and resume."""
        ...


class OpenStreams:
    """Every stream from its first byte to its last."""

    def __init__(self) -> None:
        self._streams: set[OpenStream] = set()
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._streams)

    def add(self, stream: OpenStream) -> None:
        """Count the stream in."""
        self._streams.add(stream)
        self._note_change()

    def discard(self, stream: OpenStream) -> None:
        """Count the stream out."""
        self._streams.discard(stream)
        self._note_change()

    async def until(self, count: int) -> None:
        """Return once so many streams are open."""
        while len(self) != count:
            await self._changed.wait()

    def shares(self) -> set[str]:
        """The shares through which something is open."""
        return {stream.share_id for stream in self._streams if stream.share_id is not None}

    def stop_shared(self, share_id: str) -> None:
        """End the streams that were opened through a share, which was revoked."""
        for stream in list(self._streams):
            if stream.share_id == share_id:
                stream.stop()

    def stop_revoked(self, names: Container[str]) -> None:
        """End the streams of readers whose token is not one of these any more."""
        for stream in list(self._streams):
            if stream.owner and stream.owner not in names:
                stream.stop()

    async def close(self, grace_s: float) -> None:
        """Give the streams ``grace_s`` seconds to reach their end, then end those that are left."""
        try:
            async with asyncio.timeout(grace_s):
                await self.until(0)
        except TimeoutError:
            for stream in list(self._streams):
                stream.stop()

    def _note_change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
