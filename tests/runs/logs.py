"""Runs and events for tests of stores, in few words."""

import itertools
from collections.abc import Sequence
from typing import Any

from backend.protocol.cursor import START, Cursor
from backend.protocol.events import DoneEvent, Draft, KnownEvent, TokenEvent, stamp
from backend.runs.frames import encode_frames
from backend.runs.ids import new_run_id, new_session_id
from backend.runs.records import RunRecord
from backend.runs.store import RunStore

_minutes = itertools.count()


def a_record(**fields: Any) -> RunRecord:
    """A run that nobody has submitted yet."""
    minute = next(_minutes)
    ids = {"run_id": new_run_id(), "session_id": new_session_id()}
    told = {
        "question": "Why?",
        "agent": "fake",
        "created_at": f"2026-11-22T{minute // 60 % 24:02}:{minute % 60:02}:00+00:00",
    }
    return RunRecord(**{**ids, **told, **fields})


def stamped(*drafts: Draft | DoneEvent, first_seq: int = 1) -> list[Any]:
    """The drafts as events, ten milliseconds apart."""
    return [stamp(draft, seq, seq * 10.0) for seq, draft in enumerate(drafts, start=first_seq)]


def words(count: int, first_seq: int = 1) -> list[KnownEvent]:
    """So many tokens."""
    return [stamp(TokenEvent(text=f"word{seq} "), seq, seq * 10.0) for seq in range(first_seq, first_seq + count)]


def the_end(seq: int, **fields: Any) -> DoneEvent:
    """A ``done`` with that seq."""
    return stamp(DoneEvent(**fields), seq, seq * 10.0)


async def append(store: RunStore, run_id: str, events: Sequence[KnownEvent]) -> None:
    """Append events to a run of the first attempt."""
    if events:
        await store.append(run_id, events[0].seq, encode_frames(events, 1))


async def a_run(store: RunStore, events: Sequence[KnownEvent] = (), **fields: Any) -> str:
    """Submit a run with these events; gives its id."""
    record, _ = await store.submit(a_record(**fields))
    await append(store, record.run_id, events)
    return record.run_id


async def an_ended_run(store: RunStore, tokens: int = 3, **fields: Any) -> str:
    """Submit a run, write so many tokens and ``done``; gives its id."""
    run_id = await a_run(store, words(tokens), **fields)
    await store.finish(run_id, [], the_end(tokens + 1))
    return run_id


async def frames_of(store: RunStore, run_id: str, cursor: Cursor = START) -> list[bytes]:
    """Every frame behind the cursor, up to ``done``."""
    return [frame async for batch in store.follow(run_id, cursor) for frame in batch.frames]
