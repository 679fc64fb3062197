"""Recordings by id: the imported ones, each a file of the data folder, and every past run, read from the store."""

import asyncio
import logging
import re
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.protocol.recording_reader import parse_recording
from backend.protocol.recordings import Recording, RecordingError, RecordingHeader, Replayable
from backend.runs.recording_file import IncomingRecording, RecordingFile
from backend.runs.records import RunRecord
from backend.runs.store import RunStore, StoreError, UnknownRunError

_log = logging.getLogger(__name__)

_ID = re.compile(r"rec_[A-Za-z0-9_-]{22}", re.ASCII)
_SUFFIX = ".jsonl"
_BLOCK_BYTES = 1024 * 1024
"""Bytes that are checked in one go, in a thread."""


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """What was imported. ``cut`` says in a sentence how its end is missing, or is None for a whole recording."""

    recording_id: str
    question: str
    agent: str
    events: int
    cut: str | None = None


def header_of(record: RunRecord) -> RecordingHeader:
    """The first line of the recording of that run."""
    return RecordingHeader(
        run_id=record.run_id,
        session_id=record.session_id,
        question=record.question,
        agent=record.agent,
        options=record.options,
        created_at=record.created_at,
        attachments=tuple(each.note for each in record.attachments) or None,
    )


class RecordingLibrary:
    """Implements ``RecordingSource`` over a folder and a store."""

    def __init__(self, folder: Path, store: RunStore) -> None:
        self._folder = folder
        self._store = store
        self._questions: dict[str, str] = {}

    async def find(self, recording_id: str) -> Replayable | None:
        """The imported recording of that id, or the run of that id as a recording, or None.

        Raises ``RecordingError`` for a file that was damaged after its import.
        """
        if _ID.fullmatch(recording_id):
            return await asyncio.to_thread(self._read, recording_id)
        try:
            record = await self._store.record(recording_id)
            events = await self._store.events(recording_id)
        except UnknownRunError:
            return None
        cut = None if record.ended else f"The recording was cut after event {len(events)}: the run is still going."
        return Recording(header_of(record), tuple(events), cut)

    async def listed(self) -> Sequence[tuple[str, str]]:
        """Pairs (id, question) of the imported recordings, in order of their file names."""
        return await asyncio.to_thread(self._list)

    async def add(self, data: AsyncIterable[bytes]) -> StoredRecording:
        """Keep a recording durably, whole or not at all, and read it as it comes.

        Raises ``RecordingError`` for bytes that are not a recording, and ``StoreError`` if the disk refuses.
        """
        recording_id = f"rec_{secrets.token_urlsafe(16)}"
        incoming = IncomingRecording(self._folder / f"{recording_id}{_SUFFIX}")
        try:
            async for block in _blocks(data):
                await asyncio.to_thread(incoming.take, block)
            await asyncio.to_thread(incoming.finish)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError(
                f"The recording could not be kept ({reason}): make room in {self._folder} and send it again."
            ) from error
        finally:
            incoming.discard_unless_finished()
        reader = incoming.reader
        self._questions[recording_id] = reader.header.question
        return StoredRecording(recording_id, reader.header.question, reader.header.agent, reader.events, reader.cut)

    def _read(self, recording_id: str) -> Replayable | None:
        path = self._folder / f"{recording_id}{_SUFFIX}"
        return RecordingFile.checked(path) if path.is_file() else None

    def _list(self) -> list[tuple[str, str]]:
        if not self._folder.is_dir():
            return []
        ids = sorted(path.stem for path in self._folder.glob(f"rec_*{_SUFFIX}") if _ID.fullmatch(path.stem))
        return [(each, question) for each in ids if (question := self._question(each)) is not None]

    def _question(self, recording_id: str) -> str | None:
        """The question in the file's first line, or None for a file that somebody broke. A whole file never changes,
        so it is read once."""
        if recording_id not in self._questions:
            path = self._folder / f"{recording_id}{_SUFFIX}"
            try:
                with path.open("rb") as file:
                    self._questions[recording_id] = parse_recording(file.readline()).header.question
            except (RecordingError, OSError) as error:
                _log.warning("%s is not offered: %s", path, error)
                return None
        return self._questions[recording_id]


async def _blocks(data: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The pieces joined to blocks, so that a thread is worth its while."""
    pieces: list[bytes] = []
    size = 0
    async for piece in data:
        pieces.append(piece)
        size += len(piece)
        if size >= _BLOCK_BYTES:
            yield b"".join(pieces)
            pieces, size = [], 0
    yield b"".join(pieces)
