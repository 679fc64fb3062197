"""Ending the runs that an earlier process left unfinished."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from backend.protocol.ending import Ending, Tally, end_run
from backend.protocol.events import Outcome
from backend.runs.frames import encode_frames
from backend.runs.records import RunRecord
from backend.runs.sqlite.journal import JournalRecord
from backend.runs.sqlite.statements import StoredRun, insert_frames, last_seq, load_events, set_end, unfinished_runs

SERVER_RESTARTED = "server-restarted"
"""Why a request was closed that was open when the server died."""


def insert_journaled(connection: sqlite3.Connection, records: Iterable[JournalRecord]) -> None:
    """Bring the events of unfinished runs that are only in the journal to their table, in one transaction. ``records``
    are in the order of runs and events."""
    attempts = {run.number: run.record.attempt for run in unfinished_runs(connection)}
    connection.execute("BEGIN IMMEDIATE")
    for record in records:
        if attempts.get(record.number) != record.attempt:
            continue
        known = last_seq(connection, record.number)
        missing = record.frames[max(0, known + 1 - record.first_seq) :]
        if record.first_seq <= known + 1 and missing:
            insert_frames(connection, record.number, record.attempt, known + 1, missing)
    connection.execute("COMMIT")


def end_unfinished(connection: sqlite3.Connection, now: str) -> list[RunRecord]:
    """Close the open steps of every unfinished run and append its ``done`` under the next attempt, one
    transaction a run. The time of the end is unknown: it takes that of the last event. Gives the records of
    these runs."""
    ended = []
    for run in unfinished_runs(connection):
        connection.execute("BEGIN IMMEDIATE")
        ended.append(_end(connection, run, now))
        connection.execute("COMMIT")
    return ended


def _end(connection: sqlite3.Connection, run: StoredRun, now: str) -> RunRecord:
    tally = Tally()
    tally.add(load_events(connection, run))
    first_seq = tally.last_seq + 1
    attempt = run.record.attempt + 1
    outcome: Outcome = "cancelled" if run.record.cancel_requested else "interrupted"
    closing, done = end_run(tally, Ending(outcome, reason=SERVER_RESTARTED), tally.last_at_ms)
    insert_frames(connection, run.number, attempt, first_seq, encode_frames([*closing, done], attempt))
    set_end(connection, run.number, done, attempt, now)
    return replace(run.record.ended_by(done), attempt=attempt)
