"""What is known of attached files, over the database."""

from collections.abc import Sequence

from backend.runs.attached_files import FileRecord
from backend.runs.sqlite.database import Database
from backend.runs.sqlite.file_statements import delete_unasked_file, find_file, insert_file, select_files


class SqliteFiles:
    """Implements ``FileStore``. It keeps nothing in memory."""

    _database: Database

    async def add_file(self, record: FileRecord) -> None:
        """See ``FileStore.add_file``."""
        await self._database.write(lambda connection: insert_file(connection, record))

    async def file(self, file_id: str) -> FileRecord:
        """See ``FileStore.file``."""
        return await self._database.read(lambda connection: find_file(connection, file_id))

    async def files(self, session_id: str) -> Sequence[FileRecord]:
        """See ``FileStore.files``."""
        rest = "WHERE session_id = ? ORDER BY number"
        return await self._database.read(lambda connection: select_files(connection, rest, session_id))

    async def all_files(self) -> Sequence[FileRecord]:
        """See ``FileStore.all_files``."""
        return await self._database.read(lambda connection: select_files(connection, "ORDER BY number"))

    async def remove_file(self, file_id: str) -> None:
        """See ``FileStore.remove_file``."""
        await self._database.write(lambda connection: delete_unasked_file(connection, file_id))

    async def remove_unasked(self, before: str) -> Sequence[str]:
        """See ``FileStore.remove_unasked``."""
        query = "DELETE FROM file WHERE session_id IS NULL AND created_at < ? RETURNING file_id"
        rows = await self._database.write(lambda connection: connection.execute(query, (before,)).fetchall())
        return [file_id for (file_id,) in rows]
