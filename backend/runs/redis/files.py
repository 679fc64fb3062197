"""What is known of attached files, in Redis."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from backend.runs.attached_files import MOST_UNASKED, FileAskedError, FileRecord, TooManyUnaskedError, UnknownFileError
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys

_FILE = TypeAdapter(FileRecord)


class RedisFiles:
    """Implements ``FileStore``."""

    _redis: RedisConnection
    _keys: Keys

    async def add_file(self, record: FileRecord) -> None:
        """See ``FileStore.add_file``."""
        names = [*self._file_names(), self._keys.name("file", "number")]
        values = (record.file_id, _FILE.dump_json(record), MOST_UNASKED)
        if not await self._redis.script("add_file", names, values):
            raise TooManyUnaskedError

    async def file(self, file_id: str) -> FileRecord:
        """See ``FileStore.file``."""
        found = await self._files([file_id])
        if not found:
            raise UnknownFileError(file_id)
        return found[0]

    async def files(self, session_id: str) -> Sequence[FileRecord]:
        """See ``FileStore.files``."""
        members = await self._redis.command("SMEMBERS", self._keys.session(session_id, "files"))
        wanted = {each.decode() for each in members or ()}
        return [each for each in await self.all_files() if each.file_id in wanted] if wanted else []

    async def all_files(self) -> Sequence[FileRecord]:
        """See ``FileStore.all_files``."""
        found = await self._redis.command("ZRANGE", self._keys.name("file", "order"), 0, -1)
        return await self._files([each.decode() for each in found or ()])

    async def remove_file(self, file_id: str) -> None:
        """See ``FileStore.remove_file``."""
        if (await self.file(file_id)).session_id is not None:
            raise FileAskedError
        if not await self._redis.script("remove_files", self._file_names(), [file_id]):
            raise UnknownFileError(file_id)

    async def remove_unasked(self, before: str) -> Sequence[str]:
        """See ``FileStore.remove_unasked``."""
        members = await self._redis.command("SMEMBERS", self._keys.name("file", "unasked"))
        old = [
            each.file_id
            for each in await self._files([each.decode() for each in members or ()])
            if each.created_at < before
        ]
        if not old:
            return []
        return [each.decode() for each in await self._redis.script("remove_files", self._file_names(), old)]

    def _file_names(self) -> list[str]:
        name = self._keys.name
        return [name("files"), name("file", "session"), name("file", "order"), name("file", "unasked")]

    async def _files(self, file_ids: Sequence[str]) -> list[FileRecord]:
        if not file_ids:
            return []
        found, sessions = await self._redis.commands(
            [
                ("HMGET", self._keys.name("files"), *file_ids),
                ("HMGET", self._keys.name("file", "session"), *file_ids),
            ]
        )
        return [
            replace(_FILE.validate_json(each), session_id=session.decode() or None)
            for each, session in zip(found, sessions, strict=True)
            if each is not None and session is not None
        ]
