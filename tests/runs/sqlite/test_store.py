"""What the SQLite adapter does beside the contract: it outlives its process, and says what is wrong with a folder."""

import asyncio
import gc
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from backend.protocol.checks import check
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import DoneEvent, StatusEvent, StepStateName, TokenEvent
from backend.runs.frames import encode_frames
from backend.runs.sqlite.schema import FILE_NAME, SCHEMA_VERSION
from backend.runs.sqlite.statements import GROUP_BYTES
from backend.runs.sqlite.store import SqliteStore
from backend.runs.store import StoreError, UnknownRunError
from tests.fakes import turn
from tests.runs.logs import a_record, a_run, an_ended_run, append, frames_of, stamped, the_end, words

OpenStore = Callable[[], Awaitable[SqliteStore]]


@pytest.fixture
async def open_store(tmp_path: Path) -> AsyncIterator[OpenStore]:
    """Opens a store on the test's folder, closing the one before; two ended runs stay in memory."""
    opened: list[SqliteStore] = []

    async def open_store() -> SqliteStore:
        for store in opened:
            await store.close()
        opened[:] = [SqliteStore(tmp_path, memory_runs=2)]
        await opened[0].open()
        return opened[0]

    yield open_store
    for store in opened:
        await store.close()


async def test_runs_and_sessions_outlive_the_store(open_store: OpenStore) -> None:
    store = await open_store()
    run_id = await an_ended_run(store, idempotency_key="k", question="Warum? \U0001f30d")
    before = (await store.record(run_id), await frames_of(store, run_id), await store.snapshot(run_id))
    sessions = await store.sessions()
    store = await open_store()
    assert (await store.record(run_id), await frames_of(store, run_id), await store.snapshot(run_id)) == before
    assert await store.sessions() == sessions
    assert await store.submit(a_record(idempotency_key="k", question="Warum? \U0001f30d")) == (before[0], False)


async def test_a_clean_close_keeps_every_event_of_an_unfinished_run(open_store: OpenStore) -> None:
    run_id = await a_run(await open_store(), words(1234))
    assert (await (await open_store()).events(run_id))[:-1] == words(1234)


async def test_a_restart_ends_an_unfinished_run(tmp_path: Path, open_store: OpenStore) -> None:
    store = await open_store()
    steps = [StatusEvent(step_id="a", step="retrieving"), StatusEvent(step_id="b", parent_id="a", step="running_tool")]
    run_id = await a_run(store, stamped(*steps, TokenEvent(text="Half an ans")))
    ended_id = await an_ended_run(store)
    await store.close()
    store = SqliteStore(tmp_path)
    ended = await store.open()
    assert [record.run_id for record in ended] == [run_id]
    assert await store.record(run_id) == ended[0]
    assert (ended[0].attempt, ended[0].outcome, ended[0].last_seq) == (2, "interrupted", 6)
    events = await store.events(run_id)
    assert check(events) == []
    closing = [event for event in events[3:] if isinstance(event, StatusEvent)]
    failed: StepStateName = "failed"
    assert [(event.step_id, event.state) for event in closing] == [("b", failed), ("a", failed)]
    done = events[-1]
    assert isinstance(done, DoneEvent)
    assert (done.partial, done.ttft_ms, done.at_ms) == (True, 30.0, 30.0)
    assert (await store.record(ended_id)).attempt == 1
    await store.close()


async def test_cursors_after_a_restart(open_store: OpenStore) -> None:
    run_id = await a_run(await open_store(), words(3))
    store = await open_store()
    known = {
        cursor: await store.knows(run_id, cursor) for cursor in (Cursor(1, 3), Cursor(2, 4), Cursor(1, 4), Cursor(2, 3))
    }
    assert known == {Cursor(1, 3): True, Cursor(2, 4): True, Cursor(1, 4): False, Cursor(2, 3): False}
    frames = await frames_of(store, run_id, Cursor(1, 2))
    assert [frame.split(b"\n")[0] for frame in frames] == [b"id: 1-3", b"id: 2-4"]
    batches = [batch.cursor async for batch in store.follow(run_id, START)]
    assert batches == [Cursor(2, 4)]


async def test_a_restart_twice_ends_a_run_once(open_store: OpenStore) -> None:
    run_id = await a_run(await open_store(), words(3))
    before = await frames_of(await open_store(), run_id)
    assert await frames_of(await open_store(), run_id) == before


async def test_a_run_whose_cancel_was_noted_is_cancelled_by_a_restart(open_store: OpenStore) -> None:
    store = await open_store()
    run_id = await a_run(store, words(1))
    await store.request_cancel(run_id)
    assert (await (await open_store()).record(run_id)).outcome == "cancelled"


async def test_a_run_that_never_sent_anything_is_ended_too(open_store: OpenStore) -> None:
    run_id = await a_run(await open_store())
    events = await (await open_store()).events(run_id)
    assert [(event.seq, event.type, event.model_dump()["partial"]) for event in events] == [(1, "done", False)]


async def test_old_runs_leave_memory_and_are_loaded_when_asked_for(open_store: OpenStore) -> None:
    store = await open_store()
    run_ids = [await an_ended_run(store, tokens=400) for _ in range(6)]
    gc.collect()
    assert [store._memory.find(run_id) is not None for run_id in run_ids] == [False] * 4 + [True] * 2
    first = run_ids[0]
    assert (await store.record(first)).last_seq == 401
    assert store._memory.find(first) is None, "a record alone needs no log"
    results = await asyncio.gather(*(frames_of(store, first) for _ in range(5)))
    assert all(one is other for frames in results for one, other in zip(frames, results[0], strict=True))
    assert len(results[0]) == 401
    assert (await store.snapshot(first)).message.answer.startswith("word1 word2 ")
    assert store._memory.find(first) is not None


async def test_a_followed_run_stays_in_memory(open_store: OpenStore) -> None:
    store = await open_store()
    followed = await an_ended_run(store, tokens=1000)
    batches = store.follow(followed, START)
    first = await anext(batches)
    for _ in range(4):
        await an_ended_run(store)
    gc.collect()
    assert store._memory.find(followed) is not None
    rest = [frame async for batch in batches for frame in batch.frames]
    assert len(first.frames) + len(rest) == 1001
    gc.collect()
    assert store._memory.find(followed) is None


async def test_a_purge_while_the_run_is_loaded(open_store: OpenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await open_store()
    run_id = await an_ended_run(store)
    session_id = (await store.record(run_id)).session_id
    store = await open_store()
    was_read, go_on = asyncio.Event(), asyncio.Event()
    read = store._database.read

    async def slow_read(run: Callable[[sqlite3.Connection], object]) -> object:
        found = await read(run)
        was_read.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(store._database, "read", slow_read)
    loading = asyncio.create_task(frames_of(store, run_id))
    await was_read.wait()
    await store.purge(session_id)
    go_on.set()
    with pytest.raises(UnknownRunError):
        await loading
    with pytest.raises(UnknownRunError):
        await store.record(run_id)


async def test_a_purged_run_leaves_no_rows(tmp_path: Path, open_store: OpenStore) -> None:
    store = await open_store()
    run_id = await a_run(store, words(100))
    await store.purge((await store.record(run_id)).session_id)
    await store.close()
    left = "SELECT (SELECT count(*) FROM event_group), (SELECT count(*) FROM run), (SELECT count(*) FROM session)"
    assert _rows(tmp_path, left) == [(0, 0, 0)]


async def test_events_are_kept_as_they_were_sent(tmp_path: Path, open_store: OpenStore) -> None:
    store = await open_store()
    events = stamped(TokenEvent(text="a\nb\u2028\U0001f30d"), TokenEvent(text="\n\n"))
    run_id = await a_run(store, events)
    await store.close()
    query = (
        "SELECT first_seq, event_group.last_seq, event_group.attempt, frames FROM event_group, run "
        "WHERE run = run.number AND run_id = ?"
    )
    first_seq, last_seq, attempt, frames = _rows(tmp_path, query, run_id)[0]
    assert (first_seq, last_seq, attempt, frames) == (1, 2, 1, b"".join(encode_frames(events, 1)))


async def test_large_events_are_kept_in_rows_of_bounded_size(tmp_path: Path, open_store: OpenStore) -> None:
    store = await open_store()
    large = "x" * (GROUP_BYTES // 3)
    events = stamped(*[TokenEvent(text=large)] * 7, TokenEvent(text=large * 4), TokenEvent(text="b"))
    run_id = await a_run(store, events)
    await store.close()
    rows = _rows(tmp_path, "SELECT first_seq, last_seq, length(frames) FROM event_group ORDER BY first_seq")
    assert all(size <= GROUP_BYTES or first == last for first, last, size in rows)
    assert len(rows) < len(events)
    assert [seq for first, last, _ in rows for seq in range(first, last + 1)] == [event.seq for event in events]
    assert (await frames_of(await open_store(), run_id))[: len(events)] == encode_frames(events, 1)


async def test_a_folder_takes_one_server(tmp_path: Path, open_store: OpenStore) -> None:
    await open_store()
    with pytest.raises(StoreError, match=rf"process {os.getpid()}\) uses the data folder .* stop it"):
        await SqliteStore(tmp_path).open()
    await open_store()


async def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path, open_store: OpenStore) -> None:
    await (await open_store()).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    for _ in range(2):
        with pytest.raises(
            StoreError, match=rf"newer Playhead \(schema {SCHEMA_VERSION + 1}, this one knows {SCHEMA_VERSION}\)"
        ):
            await SqliteStore(tmp_path).open()
    assert (tmp_path / FILE_NAME).read_bytes() == before


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"my shopping list, " * 1000)
    with pytest.raises(StoreError, match="damaged or not a database"):
        await SqliteStore(tmp_path).open()
    assert (tmp_path / FILE_NAME).read_bytes().startswith(b"my shopping list")


@pytest.mark.parametrize("inside", ["folder", "folder/deeper"])
async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, inside: str) -> None:
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(StoreError, match=r"data folder .*folder.* cannot be written"):
        await SqliteStore(tmp_path / inside).open()


_WITHOUT_PERMISSION = """
import asyncio, os, sys
from pathlib import Path
from backend.runs.sqlite.store import SqliteStore
from tests.fakes import turn
if os.geteuid() == 0:
    os.setuid(65534)  # root may write everywhere
asyncio.run(SqliteStore(Path(sys.argv[1])).open())
"""


def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    command = [sys.executable, "-c", _WITHOUT_PERMISSION, str(tmp_path)]
    child = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    tmp_path.chmod(0o700)
    last = child.stderr.strip().splitlines()[-1]
    assert last == (
        f"backend.runs.store.StoreError: The data folder {tmp_path} cannot be written (Permission denied): "
        "choose another one with --data."
    )


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.open()
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.submit(a_record())
    with pytest.raises(StoreError, match="closed"):
        await store.sessions()


async def test_appends_are_committed_in_groups(open_store: OpenStore) -> None:
    store = await open_store()
    writer = store._database._writer
    assert writer is not None
    commits = 0

    def count(statement: str) -> None:
        nonlocal commits
        commits += statement == "COMMIT"

    writer._connection.set_trace_callback(count)
    run_id = await a_run(store)
    for event in words(2000):
        await append(store, run_id, [event])
    await store.finish(run_id, [], the_end(2001))
    writer._connection.set_trace_callback(None)
    assert 2 <= commits <= 200


async def test_a_caller_that_gives_up_undoes_nothing(open_store: OpenStore) -> None:
    store = await open_store()
    run_id = await a_run(store, words(1))
    finishing = asyncio.create_task(store.finish(run_id, [], the_end(2)))
    await turn()
    finishing.cancel()
    assert len(await frames_of(store, run_id)) == 2
    assert (await store.record(run_id)).ended


def _rows(folder: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(folder / FILE_NAME)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()
