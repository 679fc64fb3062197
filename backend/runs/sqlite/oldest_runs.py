"""Removing the oldest runs, and how much there is. Every function works inside the caller's transaction."""

import sqlite3

from backend.runs.sqlite.statements import StoredRun, delete_run, select_runs

_REMOVABLE = """WHERE outcome IS NOT NULL AND (?1 = '' OR created_at < ?1)
    AND NOT EXISTS (SELECT 1 FROM share WHERE share.run = run.number)
    AND NOT EXISTS (SELECT 1 FROM feedback WHERE feedback.run = run.number)
    AND NOT EXISTS (
        SELECT 1 FROM run AS other WHERE other.session_id = run.session_id AND other.outcome IS NULL
    )
    ORDER BY number LIMIT ?2"""


def delete_oldest(connection: sqlite3.Connection, before: str, limit: int) -> list[StoredRun]:
    """Delete the oldest runs that may go, those that were asked before that moment if it is not empty; gives them."""
    found = select_runs(connection, _REMOVABLE, before, limit)
    for run in found:
        delete_run(connection, run)
    return found


def kept_bytes(connection: sqlite3.Connection) -> int:
    """The bytes of all pages that are in use, and of the attached files."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    files = connection.execute("SELECT coalesce(sum(size), 0) FROM file").fetchone()[0]
    return int((pages - free) * size + files)
