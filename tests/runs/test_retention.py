"""What is no longer kept: the oldest ended runs go with their files, and nothing that somebody still needs.

The same for every store that removes runs.
"""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click import BadParameter

from backend.commands.retention_options import ByteSize
from backend.protocol.attachments import Attachment
from backend.runs.file_library import FileLibrary
from backend.runs.redis.store import RedisStore
from backend.runs.retention import KeptAmount, Retention
from backend.runs.review import FeedbackRecord, ShareRecord
from backend.runs.run_counts import RunCounts
from backend.runs.search import RunQuery
from backend.runs.sqlite.store import SqliteStore
from backend.runs.store import UnknownRunError
from tests.runs.conftest import redis_store
from tests.runs.logs import a_run, an_ended_run

pytestmark = pytest.mark.server


def days_ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")


class Folder:
    """A data folder whose runs and files are looked after."""

    def __init__(self, path: Path, store: SqliteStore | RedisStore) -> None:
        self.path = path
        self.store = store
        self.files = FileLibrary(path / "files", self.store)
        self.counts = RunCounts()

    async def keep(self, days: float | None = None, size: int | None = None) -> list[str]:
        """Remove what is too much."""
        return await Retention(self.store, self.files, KeptAmount(days, size), self.counts).apply()

    async def attach(self, text: bytes) -> Attachment:
        async with self.files.receiving() as incoming:
            await incoming.take(text)
            record = await self.files.add(incoming, "notes.txt")
        return Attachment(file_id=record.file_id, name=record.name, size=record.size, kind=record.kind)

    async def left(self) -> list[str]:
        """The runs that are left, the oldest first."""
        return [run.run_id for run in reversed((await self.store.runs(RunQuery())).runs)]

    def contents(self) -> set[str]:
        """The attached files on the disk."""
        return {path.name for path in (self.path / "files").glob("file_*")}


@pytest.fixture(params=["sqlite", "redis"])
async def folder(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Folder]:
    sqlite = request.param == "sqlite"
    folder = Folder(tmp_path, SqliteStore(tmp_path) if sqlite else redis_store(request.getfixturevalue("redis_server")))
    await folder.store.open()
    yield folder
    await folder.store.close()


async def test_old_runs_go_and_what_somebody_needs_stays(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    store = folder.store
    old = [await an_ended_run(store, created_at=days_ago(40)) for _ in range(3)]
    shared = await an_ended_run(store, created_at=days_ago(40))
    await store.share(ShareRecord("share_1", shared, days_ago(1)))
    liked = await an_ended_run(store, created_at=days_ago(40))
    await store.add_feedback(FeedbackRecord.given(liked, "up", "", None))
    under_way = await a_run(store, created_at=days_ago(40))
    earlier = await an_ended_run(store, created_at=days_ago(41), session_id="ses_live")
    live = await a_run(store, created_at=days_ago(1), session_id="ses_live")
    young = await an_ended_run(store, created_at=days_ago(29))
    with caplog.at_level(logging.INFO):
        assert await folder.keep(days=30) == old
    assert await folder.left() == [shared, liked, under_way, earlier, live, young]
    assert folder.counts.removed == 3
    assert all(run_id in caplog.text for run_id in old)
    with pytest.raises(UnknownRunError):
        await store.record(old[0])
    assert await folder.keep(days=30) == []


async def test_too_much_goes_from_the_oldest_on_and_no_further_than_needed(folder: Folder) -> None:
    runs = [await an_ended_run(folder.store, tokens=3000) for _ in range(6)]
    whole = await folder.store.kept_bytes()
    assert await folder.keep(size=whole) == []
    assert await folder.keep(size=whole - 1) == runs[:1]
    removed = await folder.keep(size=whole // 2)
    assert removed in (runs[1:3], runs[1:4]), "half of them, and the one that the tables' own room takes"
    assert await folder.store.kept_bytes() <= whole // 2
    await folder.store.share(ShareRecord("share_1", runs[4], days_ago(1)))
    assert (await folder.keep(size=1))[-1] == runs[5]
    assert await folder.left() == [runs[4]], "shared, so that it stays although there is too much"


async def test_files_go_with_the_last_run_that_has_them(folder: Folder) -> None:
    both, one, other = [await folder.attach(text) for text in (b"Both.", b"One.", b"Other.")]
    session = "ses_files"
    await an_ended_run(folder.store, created_at=days_ago(40), session_id=session, attachments=(both, one))
    await an_ended_run(folder.store, created_at=days_ago(2), session_id=session, attachments=(both,))
    await an_ended_run(folder.store, created_at=days_ago(40), attachments=(other,))
    assert folder.contents() == {both.file_id, one.file_id, other.file_id}
    assert len(await folder.keep(days=30)) == 2
    assert folder.contents() == {both.file_id}
    await folder.keep(days=1)
    assert folder.contents() == set()
    assert await folder.store.sessions() == []


@pytest.mark.parametrize(
    ("text", "size"), [("1000", 1000), ("500M", 500 * 2**20), ("1.5g", 3 * 2**29), ("2 GiB", 2**31), ("10kB", 10240)]
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert ByteSize().convert(text, None, None) == size


@pytest.mark.parametrize("text", ["", "much", "-1", "2X", "1e9"])
def test_what_is_not_a_size_is_refused(text: str) -> None:
    with pytest.raises(BadParameter, match="is not a size"):
        ByteSize().convert(text, None, None)
