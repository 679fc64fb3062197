"""A disk that is full: SQLite told so by a page limit, and a real write that the system refuses."""

import asyncio
import gc
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from backend.protocol.checks import check
from backend.protocol.events import ErrorEvent, TokenEvent
from backend.runs.sqlite.store import SqliteStore
from backend.runs.store import StoreError, UnknownRunError
from tests.runs.logs import a_record, a_run, an_ended_run, append, frames_of, stamped, the_end, words


async def fill(store: SqliteStore) -> None:
    """Leave the database no further page."""

    def limit(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    await store._database.write(limit)


async def make_room(store: SqliteStore) -> None:
    """Take the limit away."""

    def unlimited(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA max_page_count = 1000000")

    await store._database.write(unlimited)


def large(first_seq: int, count: int = 40) -> list[TokenEvent]:
    """Tokens that do not fit into what is left of a page."""
    return stamped(*[TokenEvent(text="x" * 1000)] * count, first_seq=first_seq)


@pytest.fixture
async def store(tmp_path: Path) -> SqliteStore:
    store = SqliteStore(tmp_path)
    await store.open()
    return store


async def written(store: SqliteStore) -> None:
    """Return once the writer has tried what was appended so far."""
    await store._database.write(lambda _: None)


async def until_refused(store: SqliteStore, run_id: str) -> str:
    """Append until the store says that earlier events could not be kept; gives its words."""
    while True:
        seq = (await store.record(run_id)).last_seq + 1
        try:
            await append(store, run_id, large(seq))
        except StoreError as problem:
            assert (await store.record(run_id)).last_seq == seq - 1, "nothing was added"
            return str(problem)
        await written(store)


async def test_a_running_run_ends_for_its_watchers_and_is_kept_once_there_is_room(
    store: SqliteStore, tmp_path: Path
) -> None:
    run_id = await a_run(store, words(3))
    watcher = asyncio.create_task(frames_of(store, run_id))
    await fill(store)
    assert await until_refused(store, run_id) == f"The disk is full: free some space under {tmp_path} and try again."
    seq = (await store.record(run_id)).last_seq + 1
    with pytest.raises(StoreError, match="disk is full"):
        await store.finish(run_id, [], the_end(seq, outcome="completed"))

    assert len(await watcher) == seq + 1
    events = await store.events(run_id)
    assert check(events) == []
    error = events[-2]
    assert isinstance(error, ErrorEvent)
    assert (error.code, error.retryable) == ("storage_failed", True)
    assert (await store.record(run_id)).outcome == "failed"

    await make_room(store)
    await store.close()
    again = SqliteStore(tmp_path)
    assert await again.open() == []
    assert await again.events(run_id) == events
    assert (await again.record(run_id)).outcome == "failed"
    await again.close()


async def test_a_new_run_is_refused_with_a_sentence_and_taken_once_there_is_room(store: SqliteStore) -> None:
    await fill(store)
    refused = a_record(question="x" * 15_000, idempotency_key="k")
    assert store.load().errors == {"read": 0, "write": 0, "journal": 0}
    with pytest.raises(StoreError, match="disk is full"):
        await store.submit(refused)
    assert store.load().errors["write"] > 0
    with pytest.raises(UnknownRunError):
        await store.record(refused.run_id)
    assert await store.sessions() == []
    await make_room(store)
    assert (await store.submit(refused))[1], "the key was not used up"
    await store.close()


async def test_a_full_disk_hurts_only_what_does_not_fit(store: SqliteStore) -> None:
    ended = await an_ended_run(store)
    small = await a_run(store, words(1))
    big = await a_run(store)
    await fill(store)
    await append(store, big, large(1))
    await store.finish(small, [], the_end(2))
    assert (await store.record(small)).outcome == "completed"
    assert len(await frames_of(store, ended)) == 4
    await until_refused(store, big)
    assert await store.request_cancel(big)
    await make_room(store)
    await store.close()


async def test_what_could_not_be_kept_is_said_at_the_end(store: SqliteStore, tmp_path: Path) -> None:
    run_id = await a_run(store, words(3))
    await fill(store)
    await until_refused(store, run_id)
    seq = (await store.record(run_id)).last_seq + 1
    with pytest.raises(StoreError):
        await store.finish(run_id, [], the_end(seq))
    with pytest.raises(StoreError, match=r"1 run could not be written"):
        await store.close()
    again = SqliteStore(tmp_path)
    (ended,) = await again.open()
    assert (ended.run_id, ended.outcome) == (run_id, "interrupted")
    events = await again.events(run_id)
    assert check(events) == []
    assert events[:3] == words(3)
    await again.close()


async def test_an_ended_run_that_is_not_on_disk_stays_in_memory(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, memory_runs=1)
    await store.open()
    run_id = await a_run(store)
    others = [await a_run(store, words(1)) for _ in range(3)]
    await fill(store)
    await until_refused(store, run_id)
    # The error's traceback would hold the run in memory.
    with suppress(StoreError):
        await store.finish(run_id, [], the_end((await store.record(run_id)).last_seq + 1))
    frames = await frames_of(store, run_id)
    for other in others:
        await store.finish(other, [], the_end(2))
    gc.collect()
    assert await frames_of(store, run_id) == frames
    await make_room(store)
    await store.close()


def test_a_write_that_the_system_refuses(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.runs.sqlite.full_disk_child", str(tmp_path)]
    child = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert child.returncode == 0, child.stderr
    assert child.stdout.splitlines() == [
        "the run ended as failed with storage_failed",
        f"refused: The disk under {tmp_path} refuses to write (is it full, or over a quota?): mend it and try again.",
        "taken once there was room",
        "everything the watcher saw is kept",
    ]
