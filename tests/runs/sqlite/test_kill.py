"""kill -9 in the middle of a run."""

import sys
from pathlib import Path

import pytest

from backend.protocol.checks import check
from backend.protocol.cursor import Cursor
from backend.protocol.events import DoneEvent, TokenEvent
from backend.runs.sqlite.store import SqliteStore
from backend.runs.store import StoreError
from tests.child_process import child_process
from tests.runs.logs import frames_of

pytestmark = pytest.mark.server


def killed_mid_run(folder: Path, after_seq: int) -> tuple[str, Cursor]:
    """Let a child write until a watcher was shown that seq, and kill it. Gives the run and the last cursor shown."""
    command = [sys.executable, "-m", "tests.runs.sqlite.writing_child", str(folder)]
    with child_process(command) as child:
        assert child.stdout is not None
        run_id = child.stdout.readline().strip()
        cursor = Cursor(0, 0)
        for line in child.stdout:
            cursor = Cursor.parse(line.strip())
            if cursor.seq >= after_seq:
                break
        child.kill()
        for line in child.stdout:
            if line.endswith("\n"):
                cursor = Cursor.parse(line.strip())
    return run_id, cursor


@pytest.mark.parametrize("after_seq", [1, 500, 3000])
async def test_a_killed_server_s_run_is_interrupted_with_its_log_intact(tmp_path: Path, after_seq: int) -> None:
    run_id, shown = killed_mid_run(tmp_path, after_seq)
    store = SqliteStore(tmp_path)
    ended = await store.open()
    assert [(record.run_id, record.outcome, record.attempt) for record in ended] == [(run_id, "interrupted", 2)]

    events = await store.events(run_id)
    assert check(events) == []
    done = events[-1]
    assert isinstance(done, DoneEvent)
    assert done.counts is not None
    assert done.counts.tokens == sum(isinstance(event, TokenEvent) for event in events)
    durable = sum(frame.startswith(b"id: 1-") for frame in await frames_of(store, run_id))
    closing = 1 if durable else 0
    assert len(events) == done.seq == durable + closing + 1, "the open step is closed, then comes done"
    assert (await store.snapshot(run_id)).message.answer == "word " * done.counts.tokens

    assert await store.knows(run_id, Cursor(1, durable))
    assert not await store.knows(run_id, Cursor(1, durable + 1))
    assert await store.knows(run_id, shown), "what was shown is kept"
    await store.close()


async def test_the_folder_of_a_living_server_is_taken_and_that_of_a_killed_one_is_free(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.runs.sqlite.writing_child", str(tmp_path)]
    with child_process(command) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(StoreError, match=f"process {child.pid}"):
            await SqliteStore(tmp_path).open()
        child.kill()
        child.stdout.read()
    store = SqliteStore(tmp_path)
    assert len(await store.open()) == 1
    await store.close()
