"""The few drafts between an agent and its run: what makes a fast agent wait, and a late one heard no more."""

import asyncio

BUFFERED_DRAFTS = 64
"""How many drafts an agent may yield before the event loop gets a turn, even if it never awaits anything."""


class BufferSealedError(Exception):
    """The run has ended: nothing is taken any more."""


class DraftBuffer:
    """Passes drafts with the moment they were yielded (seconds). ``changed`` is set with every draft."""

    def __init__(self, changed: asyncio.Event) -> None:
        self._changed = changed
        self._room = asyncio.Event()
        self._items: list[tuple[object, float]] = []
        self._sealed = False

    async def put(self, draft: object, at: float) -> None:
        """Pass a draft on; waits while the buffer is full. Raises ``BufferSealedError`` once the run has
        ended."""
        if self._sealed:
            raise BufferSealedError
        self._items.append((draft, at))
        self._changed.set()
        if len(self._items) >= BUFFERED_DRAFTS:
            self._room.clear()
            await self._room.wait()

    def take(self) -> list[tuple[object, float]]:
        """Everything passed so far, in order."""
        items, self._items = self._items, []
        self._room.set()
        return items

    def seal(self) -> None:
        """Take nothing any more, and let the agent go if it waits for room."""
        self._sealed = True
        self._items = []
        self._room.set()
