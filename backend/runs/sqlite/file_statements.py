"""What is read from and written to the tables of attached files. Every function works inside the caller's
transaction."""

import sqlite3
from collections.abc import Iterable

from pydantic import TypeAdapter

from backend.protocol.attachments import Attachment
from backend.runs.attached_files import (
    MOST_OF_A_CONVERSATION,
    MOST_UNASKED,
    FileAskedError,
    FileRecord,
    TooManyFilesError,
    TooManyUnaskedError,
    UnknownFileError,
)

_SELECT = "SELECT file_id, name, size, kind, digest, created_at, session_id FROM file "
_ATTACHMENTS = TypeAdapter(tuple[Attachment, ...])


def stored_attachments(attachments: tuple[Attachment, ...]) -> str:
    """A run's files as its row has them: most runs have none, and cost nothing."""
    return _ATTACHMENTS.dump_json(attachments).decode() if attachments else ""


def read_attachments(stored: str) -> tuple[Attachment, ...]:
    """The files of a run's row."""
    return _ATTACHMENTS.validate_json(stored) if stored else ()


def select_files(connection: sqlite3.Connection, rest: str, *values: str) -> list[FileRecord]:
    """The files that the rest of the query (from WHERE on) finds; ``values`` stand for its question marks."""
    return [FileRecord(*row) for row in connection.execute(_SELECT + rest, values)]


def find_file(connection: sqlite3.Connection, file_id: str) -> FileRecord:
    """The file of that id. Raises ``UnknownFileError``."""
    found = select_files(connection, "WHERE file_id = ?", file_id)
    if not found:
        raise UnknownFileError(file_id)
    return found[0]


def insert_file(connection: sqlite3.Connection, record: FileRecord) -> None:
    """Keep a file that no question was asked with. Raises ``TooManyUnaskedError``."""
    waiting = connection.execute("SELECT count(*) FROM file WHERE session_id IS NULL").fetchone()[0]
    if waiting >= MOST_UNASKED:
        raise TooManyUnaskedError
    connection.execute(
        "INSERT INTO file (file_id, name, size, kind, digest, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (record.file_id, record.name, record.size, record.kind, record.digest, record.created_at),
    )


def delete_unasked_file(connection: sqlite3.Connection, file_id: str) -> None:
    """Delete a file that no question was asked with. Raises ``UnknownFileError`` and ``FileAskedError``."""
    if find_file(connection, file_id).session_id is not None:
        raise FileAskedError
    connection.execute("DELETE FROM file WHERE file_id = ?", (file_id,))


def give_files(connection: sqlite3.Connection, session_id: str, attachments: Iterable[Attachment]) -> None:
    """Give the files to the session that asks with them. Raises ``UnknownFileError`` for one that is another's, and
    ``TooManyFilesError``."""
    for attachment in attachments:
        given = connection.execute(
            "UPDATE file SET session_id = ?1 WHERE file_id = ?2 AND (session_id IS NULL OR session_id = ?1)",
            (session_id, attachment.file_id),
        )
        if not given.rowcount:
            raise UnknownFileError(attachment.file_id)
        count = connection.execute("SELECT count(*) FROM file WHERE session_id = ?", (session_id,)).fetchone()[0]
        if count > MOST_OF_A_CONVERSATION:
            raise TooManyFilesError


def delete_files_left(connection: sqlite3.Connection, session_id: str, attachments: Iterable[Attachment]) -> None:
    """Delete those of a deleted run's files that no other run of its session has."""
    rows = connection.execute("SELECT attachments FROM run WHERE session_id = ? AND attachments <> ''", (session_id,))
    used = {each.file_id for (stored,) in rows for each in read_attachments(stored)}
    connection.executemany(
        "DELETE FROM file WHERE file_id = ?", [(each.file_id,) for each in attachments if each.file_id not in used]
    )
