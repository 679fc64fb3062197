"""The store port: the one thing that keeps runs, their events and their sessions.

Every adapter passes the same contract suite. Two rules are worth a sentence: whatever a follower is given survives the
death of the process at any moment, and a frame is encoded once, when it is appended, and shared by all followers.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from backend.protocol.cursor import Cursor
from backend.protocol.events import DoneEvent, Event, KnownEvent
from backend.protocol.run_view import RunView
from backend.runs.attached_files import FileStore
from backend.runs.records import RunRecord, SessionRecord
from backend.runs.review import ReviewStore
from backend.runs.search import RunPage, RunQuery


class StoreError(Exception):
    """The store cannot keep what it was given, such as on a full disk; the message is one sentence for
    people."""


class StoreUnreachableError(StoreError):
    """The store does not answer, or takes nothing for now. Trying again may help."""


class UnknownRunError(LookupError):
    """No run of that id."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There is no run {run_id}.")


class UnknownSessionError(LookupError):
    """No session of that id."""

    def __init__(self, session_id: str) -> None:
        super().__init__(f"There is no session {session_id}.")


class UnknownCursorError(LookupError):
    """The log has no event of that cursor: ask ``knows`` first, and send a snapshot instead."""


class KeyReusedError(ValueError):
    """The idempotency key was used before for another question, agent, session, options or files, or other feedback."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request: send a new key, or that request again.")


@dataclass(frozen=True, slots=True)
class Batch:
    """Frames that follow each other in a log, ready to be sent, and the cursor after the last of them."""

    frames: tuple[bytes, ...]
    cursor: Cursor
    ended: bool
    """Whether the last frame is ``done``."""


class Batches(Protocol):
    """An iterator of batches that is closed when its reader leaves before the end."""

    def __aiter__(self) -> AsyncIterator[Batch]:
        """Itself."""
        ...

    async def __anext__(self) -> Batch:
        """The next batch, as soon as there is one."""
        ...

    async def aclose(self) -> None:
        """Release the log."""
        ...


class RunStore(ReviewStore, FileStore, Protocol):
    """Keeps runs, and what people add to them. All times in milliseconds, all ids opaque."""

    async def open(self) -> Sequence[RunRecord]:
        """Make the store ready. Ends every run that an earlier process left unfinished: open steps are
        closed and ``done interrupted`` (``cancelled`` where that had been asked for) is appended under the
        next attempt, so that cursors of events that never became durable are no longer known. Gives the
        records of the runs it ended. Raises ``StoreError`` where the data cannot be used, such as by two
        servers at once."""
        ...

    async def close(self) -> None:
        """Make everything durable and release what is held. Raises ``StoreError`` if something could not be
        kept."""
        ...

    async def submit(self, record: RunRecord) -> tuple[RunRecord, bool]:
        """Keep a new run, durably, before returning. Gives (record, True), or, where the idempotency key is
        known for an equal request, (the earlier record, False). The run's files belong
        to its session from then on. Raises ``KeyReusedError``, ``UnknownFileError`` where one of the files is not
        there or is another session's, ``TooManyFilesError`` and ``StoreError``; nothing is kept then.

        Equal are requests of the same question, agent, options and files in the same session. A caller who names
        no session gets a fresh session id each time: a session the store does not know therefore also
        equals that of an earlier run which began its session. To submit AND start a run, call
        ``RunSupervisor.accept``."""
        ...

    async def append(self, run_id: str, first_seq: int, frames: Sequence[bytes]) -> None:
        """Add the frames of events after the last one, the first of them with ``first_seq``, encoded under the run's
        attempt. Visible at once, and kept before anybody is shown them. Raises ``StoreError``, adding nothing, if
        earlier events could not be kept; ``ValueError``, adding nothing, where they do not continue the log;
        ``UnknownRunError`` for a run that was deleted.

        For a running run it never waits, so that no cancel comes between the call and its effect."""
        ...

    async def keep(self, run_id: str) -> None:
        """Make what was appended to the run survive the death of the process, before returning: somebody is about to be
        promised it. Never waits, as ``append``. Raises ``UnknownRunError``, and ``StoreError`` where it could not be
        kept."""
        ...

    async def finish(self, run_id: str, closing: Sequence[KnownEvent], done: DoneEvent) -> None:
        """Add the closing events and ``done``, durably, then make them visible. The first ``done`` is
        final: a second call changes nothing. Where the disk refuses, the run still ends for its watchers,
        as ``failed`` with an error ``storage_failed``, and ``StoreError`` is raised; that end is kept once
        the disk takes it."""
        ...

    async def record(self, run_id: str) -> RunRecord:
        """What is known of the run. Raises ``UnknownRunError``."""
        ...

    async def events(self, run_id: str) -> Sequence[Event]:
        """All events so far. Raises ``UnknownRunError``."""
        ...

    async def snapshot(self, run_id: str) -> RunView:
        """The folded view so far. Its cursor is ``Cursor(record.attempt, view.stream.last_seq)``, with the
        record read after the view. Raises ``UnknownRunError``."""
        ...

    async def knows(self, run_id: str, cursor: Cursor) -> bool:
        """Whether the log contains the event of that cursor, so that it can be resumed from. A ``seq`` of 0 is
        the start, which is always known. Raises ``UnknownRunError``."""
        ...

    def follow(self, run_id: str, cursor: Cursor) -> Batches:
        """Batches of frames after the cursor: stored ones first, then live, until ``done``. Costs no
        memory per follower beside its place in the log, and yields to the event loop between batches. Ends
        at once after ``done``, and without ``done`` if the run is deleted. Raises ``UnknownRunError`` and,
        for a cursor that ``knows`` does not know, ``UnknownCursorError``, both when the first batch is
        asked for."""
        ...

    async def request_cancel(self, run_id: str) -> bool:
        """Note durably that the run shall be cancelled. False if it had ended. Raises ``UnknownRunError``."""
        ...

    async def runs(self, query: RunQuery, limit: int = 50, before: str = "") -> RunPage:
        """Runs of all sessions that fit the query, the latest submitted first: at most ``limit`` (from 1) of those
        behind the place ``before``, which is ``RunPage.next`` of the page before. Raises ``PlaceError``."""
        ...

    async def delete(self, run_id: str) -> None:
        """Delete a run with its events, durably, and end the streams of its followers. Its session is deleted
        with its last run; a session that still bears the run's question as its title gets that of the
        run which is then its first. ``RunSupervisor.delete`` stops a running run first. Raises ``UnknownRunError``."""
        ...

    async def rename(self, session_id: str, title: str) -> SessionRecord:
        """Give a session another title, durably; its place among the sessions stays. Gives the session without its
        runs. Raises ``UnknownSessionError``."""
        ...

    async def sessions(self, limit: int = 100, owner: str | None = None) -> Sequence[SessionRecord]:
        """Sessions, the latest first, without their runs; with ``owner`` those in which that owner asked."""
        ...

    async def session(self, session_id: str) -> SessionRecord:
        """One session with its runs in order. Raises ``UnknownSessionError``."""
        ...

    async def purge(self, session_id: str) -> None:
        """Delete a session with its runs and events, durably, and end the streams of their followers.
        ``RunSupervisor.purge`` stops its running runs first. Raises ``UnknownSessionError``."""
        ...
