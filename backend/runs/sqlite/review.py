"""Feedback and shares in the database's tables."""

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, replace
from typing import Any

from backend.protocol.inputs import Person
from backend.runs.records import utc_now
from backend.runs.review import FeedbackRecord, RunPreference, ShareRecord, UnknownShareError
from backend.runs.sqlite.database import Database
from backend.runs.sqlite.statements import StoredRun, find_run
from backend.runs.store import KeyReusedError, UnknownRunError, UnknownSessionError

_SELECT_FEEDBACK = (
    "SELECT feedback_id, run_id, thumb, comment, at_ms, feedback.created_at, question, agent, "
    "feedback.idempotency_key, by_id, by_name, reply_to, other_run, other_agent, verdict "
    "FROM feedback JOIN run ON run.number = feedback.run "
)

_INSERT_FEEDBACK = (
    "INSERT INTO feedback (feedback_id, run, thumb, comment, at_ms, created_at, idempotency_key, by_id, by_name, "
    "reply_to, other_run, other_agent, verdict) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

_SELECT_SHARE = (
    "SELECT share_id, coalesce(run_id, ''), share.created_at, role, coalesce(share.session_id, ''), expires_at, "
    "by_id, by_name, by_verified FROM share LEFT JOIN run ON run.number = share.run "
)


class SqliteReviews:
    """Implements ``ReviewStore`` over a database. It keeps nothing in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_feedback(self, record: FeedbackRecord) -> tuple[FeedbackRecord, bool]:
        """See ``ReviewStore.add_feedback``."""
        return await self._database.write(lambda connection: _add_feedback(connection, record))

    async def feedback(self, run_id: str | None = None) -> Sequence[FeedbackRecord]:
        """See ``ReviewStore.feedback``."""
        return await self._database.read(lambda connection: _load_feedback(connection, run_id))

    async def share(self, record: ShareRecord) -> tuple[ShareRecord, bool]:
        """See ``ReviewStore.share``."""
        return await self._database.write(lambda connection: _share(connection, record))

    async def shared(self, share_id: str) -> ShareRecord:
        """See ``ReviewStore.shared``."""
        query = f"{_SELECT_SHARE} WHERE share_id = ?"
        row = await self._database.read(lambda connection: connection.execute(query, (share_id,)).fetchone())
        share = None if row is None else _share_of(row)
        if share is None or share.ended_at(utc_now()):
            raise UnknownShareError(share_id)
        return share

    async def shares(self) -> Sequence[ShareRecord]:
        """See ``ReviewStore.shares``."""
        query = f"{_SELECT_SHARE} ORDER BY share.created_at DESC, share.number DESC"
        rows = await self._database.read(lambda connection: connection.execute(query).fetchall())
        shares, now = [_share_of(row) for row in rows], utc_now()
        return [share for share in shares if not share.ended_at(now)]

    async def unshare(self, share_id: str) -> None:
        """See ``ReviewStore.unshare``."""
        query = "DELETE FROM share WHERE share_id = ?"
        deleted = await self._database.write(lambda connection: connection.execute(query, (share_id,)).rowcount)
        if not deleted:
            raise UnknownShareError(share_id)


def _run_of(connection: sqlite3.Connection, run_id: str) -> StoredRun:
    run = find_run(connection, run_id)
    if run is None:
        raise UnknownRunError(run_id)
    return run


def _add_feedback(connection: sqlite3.Connection, record: FeedbackRecord) -> tuple[FeedbackRecord, bool]:
    run = _run_of(connection, record.run_id)
    key = record.idempotency_key
    if key is not None:
        row = connection.execute(f"{_SELECT_FEEDBACK} WHERE feedback.idempotency_key = ?", (key,)).fetchone()
        if row is not None:
            earlier = _feedback_of(row)
            if not earlier.says_the_same(record):
                raise KeyReusedError
            return earlier, False
    said = (record.thumb, record.comment, record.at_ms, record.created_at, key)
    by = (None, None) if record.by is None else (record.by.id, record.by.name)
    vote = (None, None, None) if record.preference is None else astuple(record.preference)
    connection.execute(_INSERT_FEEDBACK, (record.feedback_id, run.number, *said, *by, record.reply_to, *vote))
    return replace(record, question=run.record.question, agent=run.record.agent), True


def _load_feedback(connection: sqlite3.Connection, run_id: str | None) -> list[FeedbackRecord]:
    if run_id is None:
        rows = connection.execute(f"{_SELECT_FEEDBACK} ORDER BY feedback.number")
    else:
        number = _run_of(connection, run_id).number
        rows = connection.execute(f"{_SELECT_FEEDBACK} WHERE feedback.run = ? ORDER BY feedback.number", (number,))
    return [_feedback_of(row) for row in rows]


def _feedback_of(row: tuple[Any, ...]) -> FeedbackRecord:
    *fields, by_id, by_name, reply_to, other_run, other_agent, verdict = row
    by = None if by_id is None and by_name is None else Person(id=by_id, name=by_name or "")
    preference = None if verdict is None else RunPreference(other_run, other_agent, verdict)
    return replace(FeedbackRecord(*fields), by=by, reply_to=reply_to, preference=preference)


def _share(connection: sqlite3.Connection, record: ShareRecord) -> tuple[ShareRecord, bool]:
    number: int | None = None
    if record.run_id:
        number = _run_of(connection, record.run_id).number
    elif connection.execute("SELECT 1 FROM session WHERE session_id = ?", (record.session_id,)).fetchone() is None:
        raise UnknownSessionError(record.session_id)
    session_id = record.session_id or None
    query = f"{_SELECT_SHARE} WHERE share.run IS ? AND share.session_id IS ? ORDER BY share.number"
    for row in connection.execute(query, (number, session_id)):
        earlier = _share_of(row)
        if earlier.is_as(record):
            return earlier, False
    by = (None, None, None) if record.by is None else (record.by.id, record.by.name, record.by.verified)
    connection.execute(
        "INSERT INTO share (share_id, run, session_id, role, created_at, expires_at, by_id, by_name, by_verified) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (record.share_id, number, session_id, record.role, record.created_at, record.expires_at, *by),
    )
    return record, True


def _share_of(row: tuple[Any, ...]) -> ShareRecord:
    *fields, by_id, by_name, verified = row
    by = None if by_name is None else Person(id=by_id, name=by_name, verified=bool(verified))
    return replace(ShareRecord(*fields), by=by)
