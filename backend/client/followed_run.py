"""Following a run over as many connections as it takes.

The connection is a port (``EventSource``), the rules are ``Resumption``'s, and this loop only joins the two:
connect, read, and after a loss wait and connect again after the last event.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from typing import Literal, Protocol

from backend.client.errors import BackendGone, StreamLost
from backend.client.resumption import Arrival, Resumption
from backend.protocol.cursor import Cursor
from backend.protocol.run_view import RunView

SETTLED_S = 5.0
"""A connection that lived this long counts as recovered, even if nothing happened on it."""


@dataclass(frozen=True, slots=True)
class ConnectionChange:
    """The stream is open, or lost and being opened again; ``note`` says why in one sentence."""

    phase: Literal["open", "reconnecting"]
    note: str | None = None


class EventSource(Protocol):
    """Where a run's stream and its snapshot come from.

    Both raise ``StreamLost`` for what may pass and ``ProblemError`` or ``BackendGone`` for what will not.
    """

    def connect(self, cursor: Cursor) -> AbstractAsyncContextManager[AsyncIterator[bytes] | None]:
        """The bytes of the stream after ``cursor``, or None where nothing follows it."""
        ...

    async def snapshot(self) -> tuple[RunView, Cursor]:
        """The view as the backend has it now, and the cursor it stands at."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a follower keeps trying, and the time it lives by."""

    give_up_after_s: float | None = None
    """Seconds without a working connection after which ``BackendGone`` is raised; None = never."""
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


async def follow_source(
    source: EventSource, state: Resumption, patience: Patience
) -> AsyncGenerator[Arrival | ConnectionChange, None]:
    """Everything of the run once, in order, until ``done``; in between, what happens to the connection.

    Ends without ``done`` only if the reader came with a cursor behind which nothing follows. Raises
    ``ProblemError`` where the backend refuses and ``BackendGone`` once patience has run out.
    """
    lost_since: float | None = None
    while not state.finished:
        opened: float | None = None
        work = _repaired(source, state) if state.needs_snapshot else _read(source, state)
        try:
            async with aclosing(work) as items:
                async for item in items:
                    if isinstance(item, ConnectionChange):
                        opened = patience.now()
                    else:
                        lost_since = None
                    yield item
        except StreamLost as loss:
            now = patience.now()
            if lost_since is None or (opened is not None and now - opened >= SETTLED_S):
                lost_since = now
            wait_s = state.wait_s(loss.retry_after_s)
            limit = patience.give_up_after_s
            if limit is not None and now - lost_since + wait_s > limit:
                raise BackendGone(f"{loss.sentence} Gave up after {now - lost_since:.0f} s.") from loss
            yield ConnectionChange("reconnecting", loss.sentence)
            await patience.sleep(wait_s)


async def _read(source: EventSource, state: Resumption) -> AsyncGenerator[Arrival | ConnectionChange, None]:
    """One connection, to the run's end or to where a snapshot is needed; else ``StreamLost``."""
    async with source.connect(state.cursor) as chunks:
        if chunks is None:
            state.nothing_more()
            return
        state.connected()
        yield ConnectionChange("open")
        async for chunk in chunks:
            for arrival in state.feed(chunk):
                yield arrival
            if state.finished or state.needs_snapshot:
                return
        raise StreamLost("The connection closed before the run ended.")


async def _repaired(source: EventSource, state: Resumption) -> AsyncGenerator[Arrival, None]:
    """The snapshot that stands for what is missing. Raises ``StreamLost`` if it does not reach that far."""
    arrival = state.repair(*await source.snapshot())
    if arrival is None:
        raise StreamLost("Events are missing and the backend does not have them yet.")
    yield arrival
