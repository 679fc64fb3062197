"""An event source that plays a run badly: it cuts, repeats, skips and garbles, as a script says."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from backend.client.errors import StreamLost
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import KnownEvent
from backend.protocol.run_view import RunView
from backend.protocol.sse import HEARTBEAT, encode_event
from backend.protocol.view import fold

Fault = Literal["none", "skip", "garble", "beat"]


@dataclass(frozen=True)
class Connection:
    """One connection: how many events it carries before it closes, and what becomes of them on the way."""

    length: int = 1_000_000
    rewind: int = 0
    """Events sent again from before the cursor."""
    faults: tuple[Fault, ...] = ()
    """What happens to each event in turn; none to those after the last."""
    repeats: tuple[int, ...] = ()
    """How often each event is sent again at once."""
    chunk: int = 1_000_000
    """Bytes handed out at once."""
    refused: bool = False
    """Whether it cannot be opened at all."""


@dataclass
class BadSource:
    """Implements ``following.EventSource`` over a complete log. Once the script is over it behaves."""

    log: Sequence[KnownEvent]
    connections: list[Connection] = field(default_factory=list)
    snapshot_lead: int = 0
    """How many events beyond what was sent a snapshot already holds."""
    question: str = "Is it rising?"
    cursors: list[Cursor] = field(default_factory=list)
    snapshots: int = 0
    closed: int = 0
    sent: int = 0

    @asynccontextmanager
    async def connect(self, cursor: Cursor) -> AsyncIterator[AsyncIterator[bytes] | None]:
        self.cursors.append(cursor)
        connection = self.connections.pop(0) if self.connections else Connection()
        if connection.refused:
            raise StreamLost("Refused.")
        try:
            if cursor != START and cursor.seq >= len(self.log):
                yield None
            else:
                yield self._chunks(connection, max(0, cursor.seq - connection.rewind))
        finally:
            self.closed += 1

    async def snapshot(self) -> tuple[RunView, Cursor]:
        self.snapshots += 1
        known = min(len(self.log), self.sent + self.snapshot_lead)
        view = fold(RunView.start(self.question), self.log[:known])
        return view, Cursor(1, known) if known else START

    async def _chunks(self, connection: Connection, start: int) -> AsyncIterator[bytes]:
        data = b""
        for position, event in enumerate(self.log[start : start + connection.length]):
            fault = connection.faults[position] if position < len(connection.faults) else "none"
            repeats = connection.repeats[position] if position < len(connection.repeats) else 0
            self.sent = max(self.sent, event.seq)
            if fault == "beat":
                data += HEARTBEAT
            elif fault == "garble":
                data += f"id: 1-{event.seq}\nevent: {event.type}\ndata: {{\n\n".encode()
            if fault in ("none", "beat"):
                data += encode_event(event, 1) * (1 + repeats)
        for at in range(0, len(data), connection.chunk):
            yield data[at : at + connection.chunk]
