"""Files of questions, as calls of the backend."""

from urllib.parse import quote

from pydantic import TypeAdapter

from backend.client.calls import Calls
from backend.client.replies import KnownFile

_FILE = TypeAdapter(KnownFile)


class FileCalls(Calls):
    """What people attach to a question."""

    async def upload_file(self, name: str, data: bytes) -> KnownFile:
        """Upload a file; its ``file_id`` is for the ``attachments`` of ``start_run``. Nobody asks with it within a day:
        then it is deleted."""
        files = {"file": (name, data, "application/octet-stream")}
        return self._read(await self._send("POST", "/v1/files", files=files), _FILE)

    async def delete_file(self, file_id: str) -> None:
        """Delete a file that no question was asked with."""
        await self._send("DELETE", f"/v1/files/{quote(file_id, safe='')}")
