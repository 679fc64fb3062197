"""A data folder that cannot be worked with is refused at once, with one sentence that names an action."""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from backend.runs.sqlite.schema import FILE_NAME, connect
from backend.runs.sqlite.soundness import check_pages
from backend.runs.sqlite.store import SqliteStore
from backend.runs.store import StoreError
from tests.runs.logs import an_ended_run


async def a_folder(folder: Path, runs: int = 40) -> Path:
    """A data folder with so many ended runs; gives its database."""
    store = SqliteStore(folder)
    await store.open()
    for _ in range(runs):
        await an_ended_run(store, tokens=20)
    await store.close()
    return folder / FILE_NAME


def change(file: Path, *statements: str) -> None:
    """Run statements on the database, as a person with another program may."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def overwrite(file: Path, start: float, size: int = 8192) -> None:
    """Put bytes that are not a database into the file, from that part of it on."""
    with file.open("r+b") as opened:
        opened.seek(int(file.stat().st_size * start) // 4096 * 4096)
        opened.write(b"\xa5" * size)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a version that was set back": lambda file: change(file, "PRAGMA user_version = 1"),
    "a version that was set back to a new file's": lambda file: change(file, "PRAGMA user_version = 0"),
    "a table that is missing": lambda file: change(file, "DROP TABLE feedback"),
    "a column that is missing": lambda file: change(file, "ALTER TABLE run DROP COLUMN attachments"),
    "another program's file": lambda file: change(file, "PRAGMA user_version = 0", "CREATE TABLE run_2 (a)"),
    "garbage in its middle": lambda file: overwrite(file, 0.5),
    "garbage at its end": lambda file: overwrite(file, 0.9),
    "garbage at its start": lambda file: overwrite(file, 0.0),
    "a file that was cut": lambda file: os.truncate(file, file.stat().st_size // 2),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
async def test_a_file_that_is_not_as_it_was_left_is_refused_and_left_alone(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    file = await a_folder(tmp_path)
    damage(file)
    before = file.read_bytes()
    for _ in range(2):
        with pytest.raises(StoreError) as refused:
            await SqliteStore(tmp_path).open()
        assert re.search(r"restore|choose another folder with --data", str(refused.value)), refused.value
        assert str(file) in str(refused.value)
        assert "column name" not in str(refused.value)
    assert file.read_bytes() == before


async def test_an_index_of_the_operators_own_is_not_damage(tmp_path: Path) -> None:
    change(await a_folder(tmp_path, runs=1), "CREATE INDEX mine ON run (question)", "CREATE TABLE notes (text)")
    store = SqliteStore(tmp_path)
    await store.open()
    await store.close()


async def test_of_a_large_file_the_events_are_passed_over_and_all_else_is_looked_at(tmp_path: Path) -> None:
    file = await a_folder(tmp_path)
    with closing(connect(tmp_path)) as connection:
        roots = dict(connection.execute("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0").fetchall())
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as opened:
        opened.seek((roots["event_group"] - 1) * 4096)
        opened.write(b"\xa5" * 4096)
    with closing(connect(tmp_path)) as connection:
        check_pages(connection, file, checked_bytes=1)
        with pytest.raises((StoreError, sqlite3.DatabaseError)):
            check_pages(connection, file)
    with file.open("r+b") as opened:
        opened.seek((roots["session"] - 1) * 4096)
        opened.write(b"\xa5" * 4096)
    with closing(connect(tmp_path)) as connection, pytest.raises((StoreError, sqlite3.DatabaseError)):
        check_pages(connection, file, checked_bytes=1)


def as_plain_user(*command: str) -> list[str]:
    """The command without root's right to write everywhere."""
    if os.getuid() != 0:
        return list(command)
    setpriv = shutil.which("setpriv") or pytest.skip("root may write everywhere, and there is no setpriv")
    return [setpriv, "--bounding-set=-dac_override", *command]


@pytest.mark.parametrize("used", [False, True], ids=["an empty folder", "a folder that was used"])
def test_a_folder_that_cannot_be_written_is_refused_at_once(tmp_path: Path, used: bool) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    if used:
        asyncio.run(a_folder(folder, runs=1))
    folder.chmod(0o555)
    child = subprocess.run(
        as_plain_user(sys.executable, "-m", "backend.cli", "serve", "--port", "0", "--data", str(folder)),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert child.returncode == 1, child.stderr
    assert re.search(r"^Error: The data folder .* cannot be written.*: .*--data", child.stderr), child.stderr
    assert child.stdout == ""
