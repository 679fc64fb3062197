"""Files of earlier versions open and hold everything they held; what people add to runs outlives the process."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from backend.runs.review import FeedbackRecord, ShareRecord
from backend.runs.search import RunQuery
from backend.runs.sqlite.run_search import find_runs
from backend.runs.sqlite.schema import FILE_NAME, SCHEMA_VERSION, connect
from backend.runs.sqlite.store import SqliteStore
from backend.runs.store import StoreError
from tests.runs.logs import a_record, an_ended_run, frames_of

SCHEMA_1 = Path(__file__).with_name("schema_1.sql")
TIME = "2026-11-22T20:00:00.000+00:00"


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A data folder with a file of schema 1."""
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.executescript(SCHEMA_1.read_text(encoding="utf-8"))
    return tmp_path


def version_of(folder: Path) -> int:
    """The schema of the file."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    return version


def definitions(folder: Path) -> list[tuple[str, str]]:
    """Every table and index, by name."""
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").fetchall()


def events_of_schema_1(folder: Path) -> dict[str, list[bytes]]:
    """The events of each run of the file, as they were sent."""
    found: dict[str, list[bytes]] = {}
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection:
        query = "SELECT run_id, event.attempt, seq, type, data FROM event, run WHERE run = number ORDER BY run, seq"
        for run_id, attempt, seq, kind, data in connection.execute(query):
            frame = f"id: {attempt}-{seq}\nevent: {kind}\ndata: {data}\n\n"
            found.setdefault(run_id, []).append(frame.encode())
    return found


async def test_a_file_of_schema_1_opens_with_everything_it_held(old_file: Path) -> None:
    sent = events_of_schema_1(old_file)
    store = SqliteStore(old_file)
    ended = await store.open()
    assert [(run.run_id, run.outcome, run.duration_ms, run.ttft_ms) for run in ended] == [
        ("run_3", "interrupted", 12.0, 12.0)
    ]
    page = await store.runs(RunQuery())
    assert [(run.run_id, run.outcome, run.duration_ms, run.ttft_ms) for run in page.runs] == [
        ("run_3", "interrupted", 12.0, 12.0),
        ("run_2", "cancelled", 7.25, None),
        ("run_1", "completed", 90.5, 40.0),
    ]
    assert [session.title for session in await store.sessions()] == ["Is it rising?", "What was the revenue?"]
    assert (await store.snapshot("run_1")).message.answer == "35.1 bn "
    for run_id, frames in sent.items():
        assert (await frames_of(store, run_id))[: len(frames)] == frames
    assert [len(frames) for frames in sent.values()] == [2, 1, 2]
    again, new = await store.submit(
        a_record(
            question="What was the revenue?", agent="documents", options=page.runs[2].options, idempotency_key="key-1"
        )
    )
    assert (again.run_id, new) == ("run_1", False)
    await store.close()
    assert version_of(old_file) == SCHEMA_VERSION


async def test_an_old_file_becomes_what_a_new_one_is(old_file: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    new_file = tmp_path_factory.mktemp("new")
    for folder in (old_file, new_file):
        store = SqliteStore(folder)
        await store.open()
        await store.close()
    assert definitions(old_file) == definitions(new_file)


async def test_a_file_that_cannot_be_brought_up_to_date_stays_as_it_was(old_file: Path) -> None:
    with closing(sqlite3.connect(old_file / FILE_NAME)) as connection, connection:
        connection.execute("CREATE TABLE share (mine)")
    before = definitions(old_file)
    for _ in range(2):
        with pytest.raises(StoreError):
            await SqliteStore(old_file).open()
    assert version_of(old_file) == 1
    assert definitions(old_file) == before


async def test_what_people_add_outlives_the_store(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.open()
    run_id = await an_ended_run(store)
    session_id = (await store.record(run_id)).session_id
    feedback, _ = await store.add_feedback(FeedbackRecord("fb_1", run_id, "down", "Which quarter?", 3.5, TIME))
    share, _ = await store.share(ShareRecord("share_1", run_id, TIME))
    await store.rename(session_id, "Revenue")
    before = await store.runs(RunQuery())
    await store.close()
    store = SqliteStore(tmp_path)
    await store.open()
    assert await store.feedback() == [feedback]
    assert await store.shared("share_1") == share
    assert (await store.session(session_id)).title == "Revenue"
    assert await store.runs(RunQuery()) == before
    await store.close()


async def test_a_place_never_comes_back_to_another_run(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.open()
    run_ids = [await an_ended_run(store, tokens=0) for _ in range(3)]
    page = await store.runs(RunQuery(), limit=1)
    await store.delete(run_ids[2])
    await an_ended_run(store, tokens=0)
    rest = await store.runs(RunQuery(), before=page.next or "")
    assert [run.run_id for run in rest.runs] == [run_ids[1], run_ids[0]]
    await store.close()


QUERIES = [
    RunQuery(),
    RunQuery(text="risk"),
    RunQuery(agent="documents"),
    RunQuery(outcome="failed"),
    RunQuery(outcome="running"),
    RunQuery(session_id="ses_a"),
    RunQuery(text="risk", agent="documents"),
    RunQuery(text="risk", agent="documents", outcome="completed", session_id="ses_a"),
]


@pytest.mark.parametrize("before", ["", "3"], ids=["first page", "next page"])
@pytest.mark.parametrize("query", QUERIES, ids=str)
async def test_no_list_is_sorted_and_only_text_is_looked_for_row_by_row(
    old_file: Path, query: RunQuery, before: str
) -> None:
    store = SqliteStore(old_file)
    await store.open()
    await store.close()
    asked: list[str] = []
    with closing(connect(old_file)) as connection:
        connection.set_trace_callback(asked.append)
        find_runs(connection, query, 50, before)
        connection.set_trace_callback(None)
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked[-1]}")]
    narrowed = query.agent or query.outcome or query.session_id or query.text or before
    assert not any("B-TREE" in row for row in plan), f"the order comes from an index: {plan}"
    assert plan[0].startswith("SEARCH run USING" if narrowed else "SCAN run"), plan
    assert [row.split()[1] for row in plan[1:] if "SUBQUERY" not in row] == ["run_text"] * bool(query.text), plan
