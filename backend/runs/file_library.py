"""The contents of attached files: one file for each in the data folder, and a folder for each conversation that has
some, in which agents find them under their names."""

import asyncio
import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from backend.agents.agent import AttachedFile, ConversationFiles
from backend.protocol.file_kinds import KINDS, ending_of
from backend.protocol.file_names import distinct_names
from backend.runs.attached_files import FileRecord
from backend.runs.incoming_file import IncomingFile
from backend.runs.records import RunRecord
from backend.runs.store import RunStore, StoreError

UNASKED_KEPT: Final = timedelta(hours=24)
"""How long a file waits for a question before it is deleted."""

SWEEP_EVERY_S: Final = 3600.0
"""How often files that nobody asked with are looked for."""

_CONVERSATIONS = "conversations"
_NAMED = "files"

_log = logging.getLogger(__name__)


class FileLibrary:
    """The files of one data folder; ``store`` keeps what is known of them."""

    def __init__(self, folder: Path, store: RunStore) -> None:
        self._folder = folder
        self._store = store

    def receiving(self) -> IncomingFile:
        """A file that is about to arrive: a context to write it in."""
        return IncomingFile(self._folder)

    async def add(self, incoming: IncomingFile, name: str) -> FileRecord:
        """Keep a file that has arrived whole. Raises what ``IncomingFile.keep`` and ``FileStore.add_file`` raise."""
        record = await incoming.keep(name)
        try:
            await self._store.add_file(record)
        except BaseException:
            await self._delete([record.file_id])
            raise
        return record

    async def remove(self, file_id: str) -> None:
        """Delete a file that no question was asked with. Raises ``UnknownFileError`` and ``FileAskedError``."""
        await self._store.remove_file(file_id)
        await self._delete([file_id])

    async def of_run(self, record: RunRecord) -> ConversationFiles:
        """The files of the run's conversation, for its agent: those of earlier questions, then its own.

        Raises ``StoreError`` where they cannot be read.
        """
        files = await self._store.files(record.session_id)
        if not files:
            return ConversationFiles()
        own = {each.file_id for each in record.attachments}
        asked = set(own)
        for run in (await self._store.session(record.session_id)).runs:
            if run.run_id == record.run_id:
                break
            asked |= {each.file_id for each in run.attachments}
        # Of the files of later questions it must know nothing.
        known = [each for each in files if each.file_id in asked]
        if not known:
            return ConversationFiles()
        folder = self._folder_of(record.session_id)
        try:
            paths = await asyncio.to_thread(self._lay_out, folder / _NAMED, files)
        except OSError as error:
            raise StoreError(f"The attached files could not be read ({error.strerror or error}).") from error
        return ConversationFiles(
            tuple(
                AttachedFile(
                    name=paths[each.file_id].name,
                    kind=each.kind,
                    media_type=KINDS[each.kind].media_type,
                    size=each.size,
                    path=paths[each.file_id],
                    is_new=each.file_id in own,
                )
                for each in sorted(known, key=lambda each: each.file_id in own)
            ),
            folder,
        )

    async def tidy(self, session_id: str, before: Sequence[str]) -> None:
        """Delete the contents of those of a session's files, by their ids, that the store no longer knows, and what
        agents made of them."""
        if not before:
            return
        left = {each.file_id for each in await self._store.files(session_id)}
        gone = [file_id for file_id in before if file_id not in left]
        if gone:
            await self._delete(gone)
            # What was made of the others is made again.
            await asyncio.to_thread(shutil.rmtree, self._folder_of(session_id), ignore_errors=True)

    async def sweep(self) -> None:
        """Delete the files that waited too long for a question."""
        oldest = (datetime.now(UTC) - UNASKED_KEPT).isoformat(timespec="milliseconds")
        await self._delete(await self._store.remove_unasked(oldest))

    async def sweep_all(self) -> None:
        """``sweep``, and delete everything on the disk that the store does not know: files that arrived in part, and
        those whose deletion a crash cut short. Only while nothing arrives."""
        await self.sweep()
        known = await self._store.all_files()
        kept = {each.file_id for each in known}
        conversations = {self._folder_of(each.session_id) for each in known if each.session_id is not None}
        await asyncio.to_thread(self._clear, kept, conversations)

    async def sweep_forever(self) -> None:
        """``sweep`` from time to time."""
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            try:
                await self.sweep()
            except StoreError as error:
                _log.warning("Attached files that nobody asked with could not be deleted: %s", error)

    def _folder_of(self, session_id: str) -> Path:
        # Clients may name conversations as they like: no name of theirs becomes a path.
        return self._folder / _CONVERSATIONS / hashlib.sha256(session_id.encode()).hexdigest()[:32]

    def _lay_out(self, folder: Path, files: Sequence[FileRecord]) -> dict[str, Path]:
        """Have the files in the folder under their names, which stay the same while others are added. Gives their
        paths by their ids."""
        folder.mkdir(parents=True, exist_ok=True)
        paths: dict[str, Path] = {}
        for each, name in zip(files, distinct_names(map(_named_by_kind, files)), strict=True):
            paths[each.file_id] = path = folder / name
            if not path.exists():
                _link(self._folder / each.file_id, path)
        return paths

    async def _delete(self, file_ids: Sequence[str]) -> None:
        def delete() -> None:
            for file_id in file_ids:
                with suppress(OSError):
                    (self._folder / file_id).unlink(missing_ok=True)

        if file_ids:
            await asyncio.to_thread(delete)

    def _clear(self, kept: set[str], conversations: set[Path]) -> None:
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            if path.is_file() and path.name not in kept:
                path.unlink(missing_ok=True)
        folder = self._folder / _CONVERSATIONS
        for path in folder.iterdir() if folder.is_dir() else ():
            if path not in conversations:
                shutil.rmtree(path, ignore_errors=True)


def _named_by_kind(record: FileRecord) -> str:
    """The file's name with an ending of its kind, which readers go by."""
    endings = KINDS[record.kind].endings
    return record.name if ending_of(record.name) in endings else f"{record.name}{endings[0]}"


def _link(content: Path, path: Path) -> None:
    """Give the content a second name. Another run of the conversation may do the same at the same time."""
    try:
        os.link(content, path)
    except FileExistsError:
        return
    except FileNotFoundError:
        raise
    except OSError:
        # Some file systems have no links.
        copy = path.with_name(f".{secrets.token_hex(8)}")
        shutil.copyfile(content, copy)
        copy.replace(path)
