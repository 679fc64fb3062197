"""Storing one file in an index and forgetting it, each in one transaction."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.agents.documents.indexing.description import Description, description_of
from backend.agents.documents.indexing.document_periods import day_in_head
from backend.agents.documents.indexing.folder import FoundFile
from backend.agents.documents.indexing.passages import Places, passages_of
from backend.agents.documents.indexing.profile import stored_periods, subject_key
from backend.agents.documents.indexing.schema import searchable
from backend.agents.documents.indexing.stored_documents import HEAD_DAY
from backend.agents.documents.readers.extraction import Extraction

ARCHIVE = "its files are documents of their own"
"""The problem of an archive that was read: it has no text itself."""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is written within it, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def touched(connection: sqlite3.Connection, file: FoundFile, digest: str) -> bool:
    """Whether this very content is stored already; its size and time are then brought up to date."""
    cursor = connection.execute(
        "UPDATE documents SET size = ?, changed_ns = ? WHERE name = ? AND digest = ?",
        (file.size, file.changed_ns, file.name, digest),
    )
    return cursor.rowcount > 0


def forget(connection: sqlite3.Connection, name: str) -> None:
    """Remove a file and all that was found in it; with an archive, its files."""
    members = connection.execute("SELECT name FROM documents WHERE container = ?", (name,)).fetchall()
    for (member,) in members:
        _forget_one(connection, member)
    _forget_one(connection, name)


def _forget_one(connection: sqlite3.Connection, name: str) -> None:
    found = connection.execute("SELECT id FROM documents WHERE name = ?", (name,)).fetchone()
    if found is None:
        return
    # A contentless full-text table forgets a row only when told what it holds.
    connection.execute(
        "INSERT INTO search (search, rowid, title, heading, body) "
        "SELECT 'delete', p.id, d.search_title, p.heading, searchable(p.text) "
        "FROM passages p JOIN documents d ON d.id = p.document_id WHERE d.id = ?",
        found,
    )
    connection.execute(
        "INSERT INTO titles (titles, rowid, title) SELECT 'delete', id, search_title FROM documents WHERE id = ?", found
    )
    connection.execute(
        "INSERT INTO row_search (row_search, rowid, title, section, label) "
        "SELECT 'delete', id, searchable(title), searchable(section), searchable(label) "
        "FROM table_rows WHERE document_id = ?",
        found,
    )
    connection.execute("DELETE FROM table_rows WHERE document_id = ?", found)
    connection.execute("DELETE FROM passages WHERE document_id = ?", found)
    connection.execute("DELETE FROM texts WHERE document_id = ?", found)
    connection.execute("DELETE FROM subject_names WHERE document_id = ?", found)
    connection.execute("DELETE FROM documents WHERE id = ?", found)


def store(
    connection: sqlite3.Connection,
    file: FoundFile,
    digest: str,
    read: Extraction | str,
    description: Description | None = None,
) -> None:
    """Store what a file held, or the reason why it could not be read. Files of an archive are named by its path and
    theirs, with a slash between."""
    if isinstance(read, str):
        _store_one(connection, file, digest, Extraction("", ()), problem=read)
        return
    if not read.members:
        _store_one(connection, file, digest, read, description)
        return
    _store_one(connection, file, digest, Extraction("", (), notices=read.notices), problem=ARCHIVE)
    for member in read.members:
        name = f"{file.name}/{member.name}"
        # An archive may contain two files of one name: the later one is what unpacking would leave.
        forget(connection, name)
        inner = FoundFile(name, 0, file.changed_ns)
        if isinstance(member.content, str):
            _store_one(
                connection, inner, member.digest, Extraction("", ()), problem=member.content, container=file.name
            )
        else:
            _store_one(connection, inner, member.digest, member.content, container=file.name)


def _head_day(document: Extraction) -> str:
    """The day that a document's head gives it. A day in a row of a table is that of the row."""
    head = document.text[: document.blocks[0].start] if document.kind == "table" and document.blocks else document.text
    return day_in_head(head)


def _store_one(
    connection: sqlite3.Connection,
    file: FoundFile,
    digest: str,
    document: Extraction,
    description: Description | None = None,
    *,
    problem: str = "",
    container: str = "",
) -> None:
    origin = document.origin
    described = description or description_of(document, file.name)
    title, profile = described.title, described.profile
    header = " ".join(
        value for name, value in document.fields.items() if name in ("fiscal_period", "period", "company")
    )
    search_title = searchable(f"{title} {Path(file.name).stem} {header}")
    row = connection.execute(
        "INSERT INTO documents (name, container, size, changed_ns, digest, kind, title, source, date, url, fields, "
        "has_lines, subjects, further, periods, period_end, search_title, problem, notices) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(file.name, container, file.size, file.changed_ns, digest, document.kind, title),
            *(
                described.source,
                origin.date,
                origin.url,
                json.dumps({HEAD_DAY: _head_day(document), **document.fields}),
                document.has_lines,
            ),
            *(json.dumps(profile.subjects), json.dumps(profile.further), stored_periods(profile.periods)),
            *(profile.period_end, search_title, problem, json.dumps(document.notices)),
        ),
    )
    number = row.lastrowid or 0
    connection.execute("INSERT INTO titles (rowid, title) VALUES (?, ?)", (number, search_title))
    connection.executemany(
        "INSERT INTO subject_names (key, document_id, is_main) VALUES (?, ?, ?)",
        (
            (subject_key(name), number, is_main)
            for is_main, names in ((True, profile.subjects), (False, profile.further))
            for name in names
        ),
    )
    connection.execute("INSERT INTO texts (document_id, text) VALUES (?, ?)", (number, document.text))
    _store_passages(connection, number, document, search_title)
    _store_tables(connection, number, document)


def _store_passages(connection: sqlite3.Connection, number: int, document: Extraction, search_title: str) -> None:
    for passage in passages_of(document):
        text = document.text[passage.start : passage.end]
        added = connection.execute(
            "INSERT INTO passages (document_id, start, end, text, heading, page, line, in_table) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(number, passage.start, passage.end, text, passage.heading, passage.page, passage.line),
                passage.in_table,
            ),
        )
        connection.execute(
            "INSERT INTO search (rowid, title, heading, body) VALUES (?, ?, ?, ?)",
            (added.lastrowid, search_title, passage.heading, searchable(text)),
        )


def _store_tables(connection: sqlite3.Connection, number: int, document: Extraction) -> None:
    places = Places(document)
    for table_number, table in enumerate(document.tables, start=1):
        for row in table.rows:
            cells = json.dumps([(cell.text, cell.column, cell.start, cell.end) for cell in row.cells])
            added = connection.execute(
                "INSERT INTO table_rows (document_id, table_number, title, note, page, line, section, label, start, "
                "end, text, cells) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(number, table_number, table.title, table.note, places.page(row.start), places.line(row.start)),
                    *(row.section, row.label, row.start, row.end, document.text[row.start : row.end], cells),
                ),
            )
            connection.execute(
                "INSERT INTO row_search (rowid, title, section, label) VALUES (?, ?, ?, ?)",
                (added.lastrowid, *(searchable(text) for text in (table.title, row.section, row.label))),
            )
