"""Files that people attach to questions: what the store keeps of them, beside their contents.

A file belongs to no conversation until a question is asked with it; from then on it belongs to that one alone, and is
deleted with the last of its runs that has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from backend.protocol.attachments import Attachment
from backend.runs.ids import new_file_id
from backend.runs.records import utc_now

MOST_OF_A_CONVERSATION: Final = 20
"""How many files one conversation may have."""

MOST_UNASKED: Final = 100
"""How many files may wait for a question, in all."""


class UnknownFileError(LookupError):
    """No file of that id that this conversation may use."""

    def __init__(self, file_id: str) -> None:
        super().__init__(
            f"There is no file {file_id} in this conversation: it was deleted, or it belongs to another. Attach it "
            "again."
        )


class FileAskedError(ValueError):
    """The file belongs to a conversation: it is deleted with it."""

    def __init__(self) -> None:
        super().__init__("The file belongs to a question that was asked: delete that run or its conversation instead.")


class TooManyFilesError(ValueError):
    """The conversation has as many files as it may have."""

    def __init__(self) -> None:
        super().__init__(
            f"A conversation can have {MOST_OF_A_CONVERSATION} files: remove one, or begin a new conversation."
        )


class TooManyUnaskedError(Exception):
    """As many files wait for a question as the server keeps."""

    def __init__(self) -> None:
        super().__init__(
            f"{MOST_UNASKED} files wait for a question, the most this server keeps: ask with one of them, or try again "
            "later."
        )


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as the store keeps it. ``size`` is in bytes, ``digest`` the SHA-256 of its content, ``created_at`` ISO
    8601 in UTC; ``session_id`` is None until a question was asked with it."""

    file_id: str
    name: str
    size: int
    kind: str
    digest: str
    created_at: str
    session_id: str | None = None

    @classmethod
    def received(cls, name: str, size: int, kind: str, digest: str) -> "FileRecord":
        """A file that arrives now, under a new id."""
        return cls(new_file_id(), name, size, kind, digest, utc_now())

    @property
    def attachment(self) -> Attachment:
        """The file as runs name it."""
        return Attachment(file_id=self.file_id, name=self.name, size=self.size, kind=self.kind)


class FileStore(Protocol):
    """Keeps what is known of attached files, durably. It is part of ``RunStore``: ``submit`` gives a run's files to its
    conversation, and deleting a run or its session deletes the files that no other run has."""

    async def add_file(self, record: FileRecord) -> None:
        """Keep a file, durably, before returning. Raises ``TooManyUnaskedError`` and ``StoreError``."""
        ...

    async def file(self, file_id: str) -> FileRecord:
        """What is known of the file. Raises ``UnknownFileError``."""
        ...

    async def files(self, session_id: str) -> Sequence[FileRecord]:
        """The files of a session in the order in which they arrived; none where there is no such session."""
        ...

    async def all_files(self) -> Sequence[FileRecord]:
        """Every file in the order in which they arrived, also those that no question was asked with."""
        ...

    async def remove_file(self, file_id: str) -> None:
        """Delete a file that no question was asked with, durably. Raises ``UnknownFileError`` and
        ``FileAskedError``."""
        ...

    async def remove_unasked(self, before: str) -> Sequence[str]:
        """Delete the files that arrived before that time (ISO 8601 in UTC) and were never asked with, durably. Gives
        their ids."""
        ...
