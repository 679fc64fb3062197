"""The response that carries a run's log to one reader: sse-starlette's, with another engine.

On Playhead's server only its head is sent through the routes. The delivery is handed over to the server, so that a
stream that lasts for minutes keeps nothing of routes and middleware in memory and wakes none of it.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager

from sse_starlette.sse import EventSourceResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.open_streams import OpenStreams
from backend.api.stream_delivery import StreamDelivery
from backend.protocol.sse import retry_prefix
from backend.runs.store import Batch

HAND_OVER_EXTENSION = "playhead.hand-over"
"""Key in the scope's extensions under which a delivery is left to be carried once the routes have returned."""

RETRY_MS = 1000
"""How long a reader is asked to wait before it reconnects."""


async def carry_streams(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Pass the request on; then carry the stream that was handed over, if one was."""
    left: list[StreamDelivery] = []
    scope.setdefault("extensions", {})[HAND_OVER_EXTENSION] = left
    await app(scope, receive, send)
    if left:
        await left.pop().carry(scope, receive, send)


class EventStream(EventSourceResponse):
    """Sends batches of frames, as ``StreamDelivery`` does."""

    def __init__(
        self,
        batches: AsyncIterator[Batch],
        streams: OpenStreams,
        watching: AbstractContextManager[object],
        *,
        heartbeat_s: float,
        stalled_reader_s: float,
        headers: Mapping[str, str] | None = None,
        share_id: str | None = None,
        retry_ms: int | None = RETRY_MS,
    ) -> None:
        """See ``StreamDelivery``. ``retry_ms`` is None in a dialect whose readers do not come back by themselves."""
        super().__init__(batches, headers=headers, ping=0, sep="\n")
        self._delivery = StreamDelivery(
            batches,
            streams,
            watching,
            heartbeat_s=heartbeat_s,
            stalled_reader_s=stalled_reader_s,
            prefix=retry_prefix(retry_ms) if retry_ms is not None else b"",
            share_id=share_id,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin the response, and leave the rest to the server where it takes that, or carry it here."""
        left = scope.get("extensions", {}).get(HAND_OVER_EXTENSION)
        if left is None:
            await self.carry(scope, receive, send)
            return
        await self._begin(send)
        left.append(self._delivery)

    async def carry(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send everything. Returns when nothing more will be sent."""
        await self._begin(send)
        await self._delivery.carry(scope, receive, send)

    async def _begin(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
