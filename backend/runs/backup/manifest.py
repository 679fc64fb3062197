"""What a backup says of itself, as the last file in it: a file that was cut has none."""

from datetime import UTC, datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from backend import __version__

NAME: Final = "manifest.json"
DATABASE: Final = "runs.sqlite3"
FOLDERS: Final = ("files", "recordings")
"""The folders of attached files and of imported recordings."""


class BackupError(Exception):
    """A backup cannot be made or brought back; the message is one sentence for people."""


class KeptFile(BaseModel):
    """One file in the backup."""

    size: int
    sha256: str


class Manifest(BaseModel):
    """Every file of a backup, by its path in the data folder."""

    model_config = ConfigDict(extra="ignore")

    format: Literal["playhead-backup"] = "playhead-backup"
    version: Literal[1] = 1
    playhead: str = __version__
    schema_version: int
    created_at: str
    files: dict[str, KeptFile]

    @classmethod
    def of(cls, schema_version: int, files: dict[str, KeptFile]) -> "Manifest":
        """The manifest of a backup that is made now."""
        return cls(
            schema_version=schema_version, created_at=datetime.now(UTC).isoformat(timespec="seconds"), files=files
        )
