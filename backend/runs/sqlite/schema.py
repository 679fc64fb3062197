"""The database file: its tables, their version, and how a connection to it is opened."""

import errno
import os
import sqlite3
from pathlib import Path

from backend.runs.search import folded
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

_STEPS = (_RUNS, _REVIEW, _FILES, _SEARCH)
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
    for a file that a newer version wrote."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{folder / FILE_NAME} was written by a newer Playhead (schema {version}, this one knows "
            f"{SCHEMA_VERSION}): use the newer one, or choose another folder with --data."
        )
    if version == SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    for step in _STEPS[version:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def storage_problem(error: sqlite3.Error, folder: Path) -> StoreError:
    """What an error of SQLite means for the person who runs the server, in one sentence."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return _full(folder)
    if code == sqlite3.SQLITE_IOERR:
        return _refusing(folder)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(
            f"The data folder {folder} cannot be written: check its permissions, or choose another one with --data."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError(
            f"{folder / FILE_NAME} is damaged or not a database: restore a copy of it, "
            "or choose another folder with --data."
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(f"Another program is using {folder / FILE_NAME}: close it and try again.")
    return StoreError(f"The log under {folder} cannot be written ({error}).")


def refused_by_system(error: OSError, folder: Path) -> StoreError:
    """What a refused write beside the database means, in one sentence."""
    return _full(folder) if error.errno == errno.ENOSPC else _refusing(folder)


def _full(folder: Path) -> StoreError:
    return StoreError(f"The disk is full: free some space under {folder} and try again.")


def _refusing(folder: Path) -> StoreError:
    return StoreError(
        f"The disk under {folder} refuses to write (is it full, or over a quota?): mend it and try again."
    )
