"""From a run's log to the response that carries it: where a reader starts, and what it is sent first."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing

from backend.api.event_stream import RETRY_MS, EventStream
from backend.api.services import Services
from backend.api.shared_runs import share_id_of
from backend.api.stream_delivery import close_batches
from backend.protocol.cursor import Cursor
from backend.protocol.run_view import SnapshotEvent
from backend.protocol.sse import encode_event
from backend.runs.review import UnknownShareError
from backend.runs.store import Batch, RunStore


def open_stream(
    services: Services,
    run_id: str,
    batches: AsyncIterator[Batch],
    headers: Mapping[str, str] | None = None,
    share_id: str | None = None,
    retry_ms: int | None = RETRY_MS,
) -> EventStream:
    """The response that sends the batches; the run counts as watched while it does. Closing the connection cancels
    nothing. ``share_id`` is the share through which the reader came, if it was one: then the stream ends with the
    share. ``retry_ms`` is None in a dialect whose readers do not come back by themselves."""
    return EventStream(
        batches if share_id is None else while_shared(services.store, share_id, batches),
        services.streams,
        services.supervisor.watching(run_id),
        heartbeat_s=services.settings.heartbeat_s,
        stalled_reader_s=services.settings.stalled_reader_s,
        headers=headers,
        share_id=share_id,
        retry_ms=retry_ms,
    )


async def follow_from(store: RunStore, run_id: str, cursor: Cursor) -> AsyncIterator[Batch] | None:
    """What a reader with that cursor is to be sent, or None if it has everything of a run that has ended.

    A cursor that the log does not know gives a snapshot first. Raises ``UnknownRunError``.
    """
    record = await store.record(run_id)
    if not await store.knows(run_id, cursor):
        return snapshot_first(store, run_id)
    if record.ended and cursor.seq > 0 and cursor.seq == record.last_seq:
        return None
    return store.follow(run_id, cursor)


async def snapshot_first(store: RunStore, run_id: str) -> AsyncIterator[Batch]:
    """The view so far in one frame, whose id is its cursor, and then whatever follows it."""
    view = await store.snapshot(run_id)
    record = await store.record(run_id)
    cursor = Cursor(record.attempt, view.stream.last_seq)
    snapshot = SnapshotEvent(seq=cursor.seq, at_ms=view.stream.last_at_ms, view=view)
    yield Batch((encode_event(snapshot, cursor.attempt),), cursor, view.ended)
    if view.ended:
        return
    async with aclosing(store.follow(run_id, cursor)) as batches:
        async for batch in batches:
            yield batch


async def while_shared(store: RunStore, share_id: str, batches: AsyncIterator[Batch]) -> AsyncIterator[Batch]:
    """The batches, or none if the share was revoked before the stream was among those that its end ends
    (``OpenStreams.stop_shared``): the reader reconnects and gets the error."""
    try:
        await store.shared(share_id_of(share_id))
        async for batch in batches:
            yield batch
    except UnknownShareError:
        return
    finally:
        await close_batches(batches)
