"""The database file: its tables, their version, and how a connection to it is opened."""

import errno
import os
import sqlite3
from pathlib import Path

from backend.runs.search import folded
from backend.runs.sqlite.soundness import check_pages, check_version, damaged
from backend.runs.store import StoreError

FILE_NAME = "runs.sqlite3"

_RUNS = (
    """CREATE TABLE session (
        session_id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE run (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL UNIQUE,
        session_id TEXT NOT NULL REFERENCES session ON DELETE CASCADE,
        question TEXT NOT NULL,
        agent TEXT NOT NULL,
        options TEXT NOT NULL,
        created_at TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        outcome TEXT,
        last_seq INTEGER NOT NULL,
        cancel_requested INTEGER NOT NULL,
        idempotency_key TEXT UNIQUE
    ) STRICT""",
    "CREATE INDEX run_of_session ON run (session_id, number)",
    "CREATE INDEX unfinished_run ON run (number) WHERE outcome IS NULL",
    "CREATE INDEX latest_session ON session (updated_at)",
    """CREATE TABLE event (
        run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        attempt INTEGER NOT NULL,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (run, seq)
    ) STRICT, WITHOUT ROWID""",
)
"""``event.data`` is the JSON that was sent; ``run.number`` is in the order of submission."""

_REVIEW = (
    "ALTER TABLE run ADD COLUMN duration_ms REAL",
    "ALTER TABLE run ADD COLUMN ttft_ms REAL",
    """UPDATE run SET (duration_ms, ttft_ms) = (
        SELECT coalesce(data ->> 'latency_ms', data ->> 'at_ms'), data ->> 'ttft_ms'
        FROM event WHERE event.run = run.number AND event.seq = run.last_seq AND event.type = 'done'
    ) WHERE outcome IS NOT NULL""",
    "CREATE INDEX run_of_agent ON run (agent, number)",
    "CREATE INDEX run_of_outcome ON run (outcome, number)",
    "DROP INDEX unfinished_run",
    """CREATE TABLE feedback (
        number INTEGER PRIMARY KEY,
        feedback_id TEXT NOT NULL UNIQUE,
        run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
        thumb TEXT,
        comment TEXT NOT NULL,
        at_ms REAL,
        created_at TEXT NOT NULL,
        idempotency_key TEXT UNIQUE
    ) STRICT""",
    "CREATE INDEX feedback_of_run ON feedback (run, number)",
    """CREATE TABLE share (
        share_id TEXT PRIMARY KEY,
        run INTEGER NOT NULL UNIQUE REFERENCES run ON DELETE CASCADE,
        created_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
)
"""What runs took, from their ``done``; indexes to find runs by; what people add to runs."""

_FILES = (
    "ALTER TABLE run ADD COLUMN attachments TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE file (
        number INTEGER PRIMARY KEY,
        file_id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        size INTEGER NOT NULL,
        kind TEXT NOT NULL,
        digest TEXT NOT NULL,
        created_at TEXT NOT NULL,
        session_id TEXT REFERENCES session ON DELETE CASCADE
    ) STRICT""",
    "CREATE INDEX file_of_session ON file (session_id, number)",
)
"""Attached files, without their contents; ``run.attachments`` is a JSON list of those of a run, or empty."""

_SEARCH = (
    """CREATE TABLE run_text (
        number INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
        question TEXT NOT NULL
    ) STRICT""",
    "INSERT INTO run_text SELECT number, folded(question) FROM run",
)
"""What is looked for in a run, folded: a search passes over all of it, and over nothing else."""

_OWNERS = (
    "ALTER TABLE run ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX run_of_owner ON run (owner, number)",
)
"""Whose token a run was asked with; empty where there was none."""

_AUTHORS = (
    "ALTER TABLE feedback ADD COLUMN by_id TEXT",
    "ALTER TABLE feedback ADD COLUMN by_name TEXT",
    "ALTER TABLE feedback ADD COLUMN reply_to TEXT",
)
"""Who gave feedback (both null where nobody says), and the ``feedback_id`` that it answers."""

_SHARES = (
    "ALTER TABLE share RENAME TO share_of_run",
    """CREATE TABLE share (
        number INTEGER PRIMARY KEY,
        share_id TEXT NOT NULL UNIQUE,
        run INTEGER REFERENCES run ON DELETE CASCADE,
        session_id TEXT REFERENCES session ON DELETE CASCADE,
        role TEXT NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT,
        CHECK ((run IS NULL) <> (session_id IS NULL))
    ) STRICT""",
    """INSERT INTO share (share_id, run, role, created_at)
        SELECT share_id, run, 'view', created_at FROM share_of_run ORDER BY created_at, run""",
    "DROP TABLE share_of_run",
    "CREATE INDEX share_of_run ON share (run)",
    "CREATE INDEX share_of_session ON share (session_id)",
)
"""Shares have a role and may expire, and lead to a run or to a conversation."""

_VOTES = (
    "ALTER TABLE feedback ADD COLUMN other_run TEXT",
    "ALTER TABLE feedback ADD COLUMN other_agent TEXT",
    "ALTER TABLE feedback ADD COLUMN verdict TEXT",
)
"""How the run compares with another one, all three or none: a vote outlives the other run."""

_SHARE_MAKERS = (
    "ALTER TABLE share ADD COLUMN by_id TEXT",
    "ALTER TABLE share ADD COLUMN by_name TEXT",
    "ALTER TABLE share ADD COLUMN by_verified INTEGER",
)
"""Who made a share; all null where nobody says."""

_GROUPS = (
    """CREATE TABLE event_group (
        number INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
        attempt INTEGER NOT NULL,
        first_seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        frames BLOB NOT NULL
    ) STRICT""",
    """INSERT INTO event_group (run, attempt, first_seq, last_seq, frames) SELECT run, attempt, seq, seq, CAST(
        'id: ' || attempt || '-' || seq || char(10) || 'event: ' || type || char(10) || 'data: ' || data || char(10, 10)
        AS BLOB) FROM event ORDER BY run, seq""",
    "CREATE UNIQUE INDEX event_group_of_run ON event_group (run, first_seq)",
    "DROP TABLE event",
)
"""Events that were written together are one row, framed as they were sent: a row for each costs more than its content.
Rows are in the order of writing, so that a commit for many runs writes few pages."""

_STEPS = (_RUNS, _REVIEW, _FILES, _SEARCH, _OWNERS, _AUTHORS, _SHARES, _VOTES, _SHARE_MAKERS, _GROUPS)
"""Each brings a file from one version to the next. What was released is never changed: files were made with it."""

SCHEMA_VERSION = len(_STEPS)
"""Kept in ``PRAGMA user_version``; 0 is a new file."""

_STATEMENTS = 256
"""How many statements a connection keeps prepared: more than there are."""

_BUSY_MS = 5000
"""How long a write waits while somebody looks at the file with another program."""


def connect(folder: Path) -> sqlite3.Connection:
    """A connection for any one thread at a time, in autocommit mode: transactions are begun by hand.

    ``synchronous=NORMAL`` in WAL mode: a commit survives the death of the process at any moment. A power cut may cost
    the commits since ``sync_log``, never the file's consistency (https://www.sqlite.org/wal.html)."""
    connection = sqlite3.connect(
        folder / FILE_NAME, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
    )
    try:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = FAST")
        connection.create_function("folded", 1, folded, deterministic=True)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def sync_log(folder: Path) -> None:
    """Have every commit so far written to the disk. Blocks. Raises ``OSError``."""
    try:
        # The file of the database itself must not be opened and closed here: that would let go of SQLite's locks.
        log = os.open(folder / f"{FILE_NAME}-wal", os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        os.fsync(log)
    finally:
        os.close(log)


def prepare(connection: sqlite3.Connection, folder: Path) -> None:
    """Make the tables in a new file, and bring an older version's up to date, all or nothing. Raises ``StoreError``
    for a file that a newer version wrote, that is damaged, or that has not the tables of its version."""
    file = folder / FILE_NAME
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{file} was written by a newer Playhead (schema {version}, this one knows "
            f"{SCHEMA_VERSION}): use the newer one, or choose another folder with --data."
        )
    check_pages(connection, file)
    check_version(connection, file, _STEPS, version)
    # A file that cannot be written says so here, and not at the first question.
    connection.execute("BEGIN IMMEDIATE")
    if version == SCHEMA_VERSION:
        connection.execute("ROLLBACK")
        return
    for step in _STEPS[version:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def check_copy(connection: sqlite3.Connection, file: Path) -> None:
    """Raise ``StoreError`` or ``sqlite3.Error`` unless this is a sound database of a version that is known."""
    check_pages(connection, file)
    connection.create_function("folded", 1, folded, deterministic=True)
    check_version(connection, file, _STEPS, connection.execute("PRAGMA user_version").fetchone()[0])


def storage_problem(error: sqlite3.Error, folder: Path) -> StoreError:
    """What an error of SQLite means for the person who runs the server, in one sentence."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return _full(folder)
    if code == sqlite3.SQLITE_IOERR:
        return _refusing(folder)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return _read_only(folder)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(folder / FILE_NAME)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(f"Another program is using {folder / FILE_NAME}: close it and try again.")
    return StoreError(f"The log under {folder} cannot be written ({error}).")


def refused_by_system(error: OSError, folder: Path) -> StoreError:
    """What a refused write beside the database means, in one sentence."""
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return _read_only(folder)
    return _full(folder) if error.errno == errno.ENOSPC else _refusing(folder)


def _read_only(folder: Path) -> StoreError:
    return StoreError(
        f"The data folder {folder} cannot be written: check its permissions, or choose another one with --data."
    )


def _full(folder: Path) -> StoreError:
    return StoreError(f"The disk is full: free some space under {folder} and try again.")


def _refusing(folder: Path) -> StoreError:
    return StoreError(
        f"The disk under {folder} refuses to write (is it full, or over a quota?): mend it and try again."
    )
