"""What is read from and written to the tables. Every function works inside the caller's transaction."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.protocol.events import DoneEvent, Event, parse_event
from backend.protocol.options import RunOptions
from backend.runs.frames import frame_data, split_frames
from backend.runs.log import RunLog
from backend.runs.records import RunRecord, SessionRecord, duration_ms
from backend.runs.sqlite.file_statements import delete_files_left, read_attachments

_SELECT_RUN = (
    "SELECT number, run_id, session_id, question, agent, options, created_at, attempt, outcome, last_seq, "
    "duration_ms, ttft_ms, cancel_requested, idempotency_key, attachments, owner FROM run "
)


GROUP_BYTES = 1024 * 1024
"""The most bytes of one row of events, unless its first event alone is larger."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A row of the table ``run``: its number and the record."""

    number: int
    record: RunRecord


def insert_frames(
    connection: sqlite3.Connection, number: int, attempt: int, first_seq: int, frames: Sequence[bytes]
) -> None:
    """Keep events as they were framed, the first of them with ``first_seq``."""
    for group in _groups(frames):
        last_seq = first_seq + len(group) - 1
        connection.execute(
            "INSERT INTO event_group (run, attempt, first_seq, last_seq, frames) VALUES (?, ?, ?, ?, ?)",
            (number, attempt, first_seq, last_seq, b"".join(group)),
        )
        first_seq = last_seq + 1


def _groups(frames: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    start = size = 0
    for at, frame in enumerate(frames):
        size += len(frame)
        if size > GROUP_BYTES and at > start:
            yield frames[start:at]
            start, size = at, len(frame)
    if frames:
        yield frames[start:]


def last_seq(connection: sqlite3.Connection, number: int) -> int:
    """The ``seq`` of the run's last event in the table; 0 if it has none."""
    query = "SELECT last_seq FROM event_group WHERE run = ? ORDER BY first_seq DESC LIMIT 1"
    found = connection.execute(query, (number,)).fetchone()
    return found[0] if found else 0


def set_end(connection: sqlite3.Connection, number: int, done: DoneEvent, attempt: int, now: str) -> None:
    """Note that the run has ended, and how."""
    connection.execute(
        "UPDATE run SET outcome = ?, last_seq = ?, attempt = ?, duration_ms = ?, ttft_ms = ? WHERE number = ?",
        (done.outcome, done.seq, attempt, duration_ms(done), done.ttft_ms, number),
    )
    connection.execute(
        "UPDATE session SET updated_at = ? WHERE session_id = (SELECT session_id FROM run WHERE number = ?)",
        (now, number),
    )


def set_cancel_requested(connection: sqlite3.Connection, run_id: str) -> bool:
    """Note that an unfinished run shall be cancelled; False if it has ended or is unknown."""
    changed = connection.execute("UPDATE run SET cancel_requested = 1 WHERE run_id = ? AND outcome IS NULL", (run_id,))
    return changed.rowcount > 0


def find_run(connection: sqlite3.Connection, run_id: str) -> StoredRun | None:
    """The run of that id."""
    return next(iter(select_runs(connection, "WHERE run_id = ?", run_id)), None)


def unfinished_runs(connection: sqlite3.Connection) -> list[StoredRun]:
    """Runs without an outcome, in order of submission."""
    return select_runs(connection, "WHERE outcome IS NULL ORDER BY number")


def select_runs(connection: sqlite3.Connection, rest: str, *values: str | int | None) -> list[StoredRun]:
    """The runs that the rest of the query (from WHERE on) finds; ``values`` stand for its question marks."""
    return [_stored(row) for row in connection.execute(_SELECT_RUN + rest, values)]


def load_log(connection: sqlite3.Connection, run: StoredRun) -> RunLog:
    """The run's log, framed as it was sent."""
    log = RunLog(run.record.question)
    for attempt, frames in _stored_groups(connection, run):
        log.extend(split_frames(frames), attempt, ended=False)
    if run.record.ended:
        log.ended = log.closed = True
    return log


def load_events(connection: sqlite3.Connection, run: StoredRun) -> Iterator[Event]:
    """The run's events in order."""
    for _, frames in _stored_groups(connection, run):
        yield from (parse_event(frame_data(frame)) for frame in split_frames(frames))


def load_sessions(connection: sqlite3.Connection, limit: int, owner: str | None) -> list[SessionRecord]:
    """The latest sessions, or those of them in which the owner asked, without their runs."""
    query = (
        "SELECT session_id, title, created_at, updated_at FROM session "
        "WHERE ?1 IS NULL OR session_id IN (SELECT session_id FROM run WHERE owner = ?1) "
        "ORDER BY updated_at DESC, session_id LIMIT ?2"
    )
    return [SessionRecord(*row) for row in connection.execute(query, (owner, limit))]


def load_session(connection: sqlite3.Connection, session_id: str) -> SessionRecord | None:
    """A session with its runs in order of submission."""
    query = "SELECT session_id, title, created_at, updated_at FROM session WHERE session_id = ?"
    row = connection.execute(query, (session_id,)).fetchone()
    if row is None:
        return None
    runs = select_runs(connection, "WHERE session_id = ? ORDER BY number", session_id)
    return replace(SessionRecord(*row), runs=tuple(run.record for run in runs))


def delete_session(connection: sqlite3.Connection, session_id: str) -> dict[int, str] | None:
    """Delete a session with its runs and events. Gives the numbers and ids of its runs, or None if there is
    no such session."""
    rows = connection.execute("SELECT number, run_id FROM run WHERE session_id = ?", (session_id,)).fetchall()
    deleted = connection.execute("DELETE FROM session WHERE session_id = ?", (session_id,))
    return dict(rows) if deleted.rowcount else None


def delete_run(connection: sqlite3.Connection, run: StoredRun) -> None:
    """Delete a run with its events, and its session if that has no other. Its question goes as a title, too."""
    session_id = run.record.session_id
    connection.execute("DELETE FROM run WHERE number = ?", (run.number,))
    first = connection.execute(
        "SELECT question FROM run WHERE session_id = ? ORDER BY number LIMIT 1", (session_id,)
    ).fetchone()
    if first is None:
        connection.execute("DELETE FROM session WHERE session_id = ?", (session_id,))
    else:
        delete_files_left(connection, session_id, run.record.attachments)
        connection.execute(
            "UPDATE session SET title = ? WHERE session_id = ? AND title = ?",
            (first[0], session_id, run.record.question),
        )


def set_title(connection: sqlite3.Connection, session_id: str, title: str) -> SessionRecord | None:
    """Give the session another title; None if there is no such session."""
    query = "UPDATE session SET title = ? WHERE session_id = ? RETURNING session_id, title, created_at, updated_at"
    row = connection.execute(query, (title, session_id)).fetchone()
    return None if row is None else SessionRecord(*row)


def _stored_groups(connection: sqlite3.Connection, run: StoredRun) -> Iterator[tuple[int, bytes]]:
    """Attempt and frames of each of the run's groups, in order."""
    query = "SELECT attempt, frames FROM event_group WHERE run = ? ORDER BY first_seq"
    yield from connection.execute(query, (run.number,))


def _stored(row: tuple[Any, ...]) -> StoredRun:
    (
        number,
        run_id,
        session_id,
        question,
        agent,
        options,
        created_at,
        attempt,
        outcome,
        last_seq,
        duration,
        ttft,
        cancel,
        key,
        attachments,
        owner,
    ) = row
    return StoredRun(
        number,
        RunRecord(
            run_id=run_id,
            session_id=session_id,
            question=question,
            agent=agent,
            options=RunOptions.model_validate_json(options),
            created_at=created_at,
            attempt=attempt,
            outcome=outcome,
            last_seq=last_seq,
            duration_ms=duration,
            ttft_ms=ttft,
            cancel_requested=bool(cancel),
            idempotency_key=key,
            attachments=read_attachments(attachments),
            owner=owner,
        ),
    )
