"""``--attach``: files of this machine for one question, looked at before anything is started."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from backend.commands.refusals import BadInput

if TYPE_CHECKING:
    from backend.client import RunClient


def read_attached(paths: Sequence[Path]) -> list[tuple[str, bytes]]:
    """Name and content of each file. Raises ``BadInput`` for one that cannot be attached, or for too many."""
    from backend.protocol.attachments import MAX_ATTACHMENTS, MAX_FILE_BYTES

    if len(paths) > MAX_ATTACHMENTS:
        raise BadInput(f"--attach was given {len(paths)} times, at most {MAX_ATTACHMENTS} files can be attached.")
    found: list[tuple[str, bytes]] = []
    for path in paths:
        try:
            with path.open("rb") as file:
                data = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise BadInput(f"{path} cannot be attached ({error.strerror or error}): name a file.") from error
        if len(data) > MAX_FILE_BYTES:
            raise BadInput(f"{path} is larger than {MAX_FILE_BYTES // 1024**2} MB, the most that can be attached.")
        if not data:
            raise BadInput(f"{path} is empty: attach a file with something in it.")
        found.append((path.name, data))
    return found


async def upload_attached(client: "RunClient", files: Sequence[tuple[str, bytes]]) -> list[str]:
    """Upload the files; gives their ids. Raises ``BadInput`` where one is refused."""
    from backend.client import ClientError

    try:
        return [(await client.upload_file(name, data)).file_id for name, data in files]
    except ClientError as error:
        raise BadInput(error.sentence) from error
