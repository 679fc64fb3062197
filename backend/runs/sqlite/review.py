"""Feedback and shares in the database's tables."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from backend.runs.review import FeedbackRecord, ShareRecord, UnknownShareError
from backend.runs.sqlite.database import Database
from backend.runs.sqlite.statements import StoredRun, find_run
from backend.runs.store import KeyReusedError, UnknownRunError

_SELECT_FEEDBACK = (
    "SELECT feedback_id, run_id, thumb, comment, at_ms, feedback.created_at, question, agent, "
    "feedback.idempotency_key FROM feedback JOIN run ON run.number = feedback.run "
)

_INSERT_FEEDBACK = (
    "INSERT INTO feedback (feedback_id, run, thumb, comment, at_ms, created_at, idempotency_key) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)

_SELECT_SHARE = "SELECT share_id, run_id, share.created_at FROM share JOIN run ON run.number = share.run "


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
        if row is None:
            raise UnknownShareError(share_id)
        return ShareRecord(*row)

    async def shares(self) -> Sequence[ShareRecord]:
        """See ``ReviewStore.shares``."""
        query = f"{_SELECT_SHARE} ORDER BY share.created_at DESC, share.run DESC"
        rows = await self._database.read(lambda connection: connection.execute(query).fetchall())
        return [ShareRecord(*row) for row in rows]

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
            earlier = FeedbackRecord(*row)
            if not earlier.says_the_same(record):
                raise KeyReusedError
            return earlier, False
    values = (record.feedback_id, run.number, record.thumb, record.comment, record.at_ms, record.created_at, key)
    connection.execute(_INSERT_FEEDBACK, values)
    return replace(record, question=run.record.question, agent=run.record.agent), True


def _load_feedback(connection: sqlite3.Connection, run_id: str | None) -> list[FeedbackRecord]:
    if run_id is None:
        rows = connection.execute(f"{_SELECT_FEEDBACK} ORDER BY feedback.number")
    else:
        number = _run_of(connection, run_id).number
        rows = connection.execute(f"{_SELECT_FEEDBACK} WHERE feedback.run = ? ORDER BY feedback.number", (number,))
    return [FeedbackRecord(*row) for row in rows]


def _share(connection: sqlite3.Connection, record: ShareRecord) -> tuple[ShareRecord, bool]:
    number = _run_of(connection, record.run_id).number
    row = connection.execute(f"{_SELECT_SHARE} WHERE share.run = ?", (number,)).fetchone()
    if row is not None:
        return ShareRecord(*row), False
    connection.execute(
        "INSERT INTO share (share_id, run, created_at) VALUES (?, ?, ?)", (record.share_id, number, record.created_at)
    )
    return record, True
