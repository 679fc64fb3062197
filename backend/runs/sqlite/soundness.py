"""Whether a data folder can be worked with, looked at before anything is written: it takes writes, its file has the
tables of its version, and no page of it is damaged."""

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from backend.runs.store import StoreError

CHECKED_BYTES = 256 * 1024 * 1024
"""Up to this size every page is looked at, which takes about a second for each 500 MB; of a larger file, all tables but
the largest one."""

_LARGEST_TABLE = "event_group"


def check_writable(folder: Path) -> None:
    """Raise ``OSError`` where no file can be made in the folder: a lock file may be there and open all the same."""
    descriptor, name = tempfile.mkstemp(prefix=".writable-", dir=folder)
    os.close(descriptor)
    Path(name).unlink()


def check_version(connection: sqlite3.Connection, file: Path, steps: Sequence[Iterable[str]], version: int) -> None:
    """Raise ``StoreError`` unless the file has exactly those tables and columns of all ``steps`` that the first
    ``version`` of them make."""
    found = _columns(connection)
    own, newest = _made_by(steps[:version]), _made_by(steps)
    missing, too_new = own - found, (newest - own) & found
    if not missing and not too_new:
        return
    if not version:
        raise StoreError(
            f"{file} is a database of another program, or its version was lost: choose another folder with --data, "
            "or restore a backup."
        )
    what = "lacks tables" if missing else "has tables of a later version"
    raise StoreError(
        f"{file} says that its schema is {version}, but it {what}: its version was changed by hand. Restore a backup "
        "with `playhead restore`, or choose another folder with --data."
    )


def check_pages(connection: sqlite3.Connection, file: Path, checked_bytes: int = CHECKED_BYTES) -> None:
    """Raise ``StoreError`` where a page of the file is damaged. Reads all of it, or all but the events if it is larger
    than ``checked_bytes``."""
    tables: Sequence[str] = [""]
    if file.stat().st_size > checked_bytes:
        tables = [f"('{name}')" for name in _tables(connection) if name != _LARGEST_TABLE]
    for table in tables:
        found = connection.execute(f"PRAGMA quick_check{table}").fetchone()[0]
        if found != "ok":
            raise damaged(file)


def damaged(file: Path) -> StoreError:
    """The refusal of a file that is damaged, or not a database."""
    return StoreError(
        f"{file} is damaged or not a database: restore a backup with `playhead restore`, "
        "or choose another folder with --data."
    )


def _tables(connection: sqlite3.Connection) -> list[str]:
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    return [name for (name,) in connection.execute(query)]


def _columns(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Every column of every table, as pairs."""
    return {
        (table, column)
        for table in _tables(connection)
        for (column,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    }


def _made_by(steps: Iterable[Iterable[str]]) -> set[tuple[str, str]]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        connection.create_function("folded", 1, str, deterministic=True)
        for step in steps:
            for statement in step:
                connection.execute(statement)
        return _columns(connection)
    finally:
        connection.close()
