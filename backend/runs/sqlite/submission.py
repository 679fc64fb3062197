"""Keeping a new run, once for each idempotency key. Works inside the caller's transaction."""

import sqlite3
from typing import cast

from backend.runs.records import RunRecord, asks_the_same
from backend.runs.search import folded
from backend.runs.sqlite.file_statements import give_files, stored_attachments
from backend.runs.sqlite.statements import StoredRun, select_runs
from backend.runs.store import KeyReusedError

_INSERT_RUN = (
    "INSERT INTO run (run_id, session_id, question, agent, options, created_at, attempt, outcome, last_seq, "
    "cancel_requested, idempotency_key, attachments, owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def submit_run(connection: sqlite3.Connection, record: RunRecord, now: str) -> tuple[int | None, RunRecord]:
    """Keep the run and give its number, or give the earlier run of its key without one."""
    key = record.idempotency_key
    earlier = _find_by_key(connection, key) if key is not None else None
    if earlier is None:
        return _insert_run(connection, record, now), record
    before = earlier.record
    same_session = before.session_id == record.session_id or (
        not _has_session(connection, record.session_id) and _begins_session(connection, earlier)
    )
    if not (asks_the_same(before, record) and same_session):
        raise KeyReusedError
    return None, before


def _insert_run(connection: sqlite3.Connection, record: RunRecord, now: str) -> int:
    """Keep a new run, beginning its session if there is none. Gives the run's number."""
    connection.execute(
        "INSERT INTO session (session_id, title, created_at, updated_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (session_id) DO UPDATE SET updated_at = excluded.updated_at",
        (record.session_id, record.question, record.created_at, now),
    )
    give_files(connection, record.session_id, record.attachments)
    row = (
        *(record.run_id, record.session_id, record.question, record.agent, record.options.model_dump_json()),
        *(record.created_at, record.attempt, record.outcome, record.last_seq, record.cancel_requested),
        *(record.idempotency_key, stored_attachments(record.attachments), record.owner),
    )
    number = cast(int, connection.execute(_INSERT_RUN, row).lastrowid)
    connection.execute("INSERT INTO run_text VALUES (?, ?)", (number, folded(record.question)))
    return number


def _find_by_key(connection: sqlite3.Connection, idempotency_key: str) -> StoredRun | None:
    """The run that was submitted with that key."""
    return next(iter(select_runs(connection, "WHERE idempotency_key = ?", idempotency_key)), None)


def _begins_session(connection: sqlite3.Connection, run: StoredRun) -> bool:
    """Whether the run is the first of its session."""
    first = connection.execute("SELECT min(number) FROM run WHERE session_id = ?", (run.record.session_id,))
    return cast(int, first.fetchone()[0]) == run.number


def _has_session(connection: sqlite3.Connection, session_id: str) -> bool:
    """Whether there is such a session."""
    found = connection.execute("SELECT 1 FROM session WHERE session_id = ?", (session_id,))
    return found.fetchone() is not None
