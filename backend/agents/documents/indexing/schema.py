"""The tables of an index file, and opening it. A file that is damaged or of another version is made anew."""

import re
import sqlite3
import time
import unicodedata
from pathlib import Path

SCHEMA_VERSION = 7
_BUSY_TIMEOUT_S = 30.0
_BUSY_PAUSE_S = 0.01

_LINE_BREAK_HYPHEN = re.compile(r"(?<=\w)-\n(?=[^\W\d_])")

# Porter's stems are English; words of other languages are matched as they are, without regard to accents.
_TABLES = """
DROP TABLE IF EXISTS search;
DROP TABLE IF EXISTS titles;
DROP TABLE IF EXISTS row_search;
DROP VIEW IF EXISTS described;
DROP VIEW IF EXISTS located;
DROP VIEW IF EXISTS located_rows;
DROP TABLE IF EXISTS table_rows;
DROP TABLE IF EXISTS passages;
DROP TABLE IF EXISTS texts;
DROP TABLE IF EXISTS unread;
DROP TABLE IF EXISTS subject_names;
DROP TABLE IF EXISTS documents;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    container TEXT NOT NULL,
    size INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    date TEXT NOT NULL,
    url TEXT NOT NULL,
    fields TEXT NOT NULL,
    has_lines INTEGER NOT NULL,
    subjects TEXT NOT NULL,
    further TEXT NOT NULL,
    periods TEXT NOT NULL,
    period_end TEXT NOT NULL,
    search_title TEXT NOT NULL,
    problem TEXT NOT NULL,
    notices TEXT NOT NULL
);
CREATE TABLE unread (
    name TEXT NOT NULL
);
CREATE TABLE texts (
    document_id INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);
CREATE TABLE subject_names (
    key TEXT NOT NULL,
    document_id INTEGER NOT NULL,
    is_main INTEGER NOT NULL
);
CREATE INDEX subject_names_by_key ON subject_names (key);
CREATE INDEX subject_names_by_document ON subject_names (document_id);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL,
    heading TEXT NOT NULL,
    page INTEGER,
    line INTEGER,
    in_table INTEGER NOT NULL
);
CREATE INDEX documents_by_container ON documents (container);
CREATE INDEX passages_by_document ON passages (document_id);
CREATE TABLE table_rows (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL,
    table_number INTEGER NOT NULL,
    title TEXT NOT NULL,
    note TEXT NOT NULL,
    page INTEGER,
    line INTEGER,
    section TEXT NOT NULL,
    label TEXT NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL,
    cells TEXT NOT NULL
);
CREATE INDEX rows_by_document ON table_rows (document_id, table_number);
CREATE VIEW described AS
SELECT id, name, digest, kind, title, source, date, url, fields, subjects, further, periods, period_end
FROM documents WHERE problem = '';
CREATE VIEW located AS
SELECT p.id AS number, p.start, p.end, p.text, p.heading, p.page, p.line, p.in_table,
    d.id AS document, d.name, d.digest, d.kind, d.title, d.source, d.date, d.url, d.fields,
    d.subjects, d.further, d.periods, d.period_end
FROM passages p JOIN documents d ON d.id = p.document_id;
CREATE VIEW located_rows AS
SELECT r.id AS number, r.table_number, r.title, r.note, r.page, r.line, r.section, r.label, r.start, r.end, r.text,
    r.cells, d.id AS document, d.name, d.digest, d.kind, d.title AS document_title, d.source, d.date, d.url, d.fields,
    d.subjects, d.further, d.periods, d.period_end
FROM table_rows r JOIN documents d ON d.id = r.document_id;
CREATE VIRTUAL TABLE titles USING fts5 (title, content = '', tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE search USING fts5 (
    title, heading, body, content = '', tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE row_search USING fts5 (
    title, section, label, content = '', tokenize = 'porter unicode61 remove_diacritics 2'
);
"""


class IndexUnusableError(Exception):
    """The index file cannot be read or written; the text says what to do, in one sentence."""


def searchable(text: str) -> str:
    """The text as it is searched: composed characters, and words joined that the end of a line has cut."""
    return unicodedata.normalize("NFC", _LINE_BREAK_HYPHEN.sub("", text).replace("\u00ad", ""))


def connect(database: Path, reader_version: int) -> sqlite3.Connection:
    """Open the index file, with its tables in place. Raises ``IndexUnusableError``.

    A damaged file is thrown away: all that is in it can be read again from the folder.
    """
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _opened(database, reader_version)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{database}{suffix}").unlink(missing_ok=True)
            return _opened(database, reader_version)
    except (sqlite3.Error, OSError) as error:
        raise unusable(database, error) from error


def unusable(database: Path, error: Exception) -> IndexUnusableError:
    """The error in words for the one who started the program."""
    return IndexUnusableError(
        f"The index {database} cannot be used ({error}): free some space, or name another data folder."
    )


def _opened(database: Path, reader_version: int) -> sqlite3.Connection:
    connection = sqlite3.connect(database, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        connection.create_function("searchable", 1, searchable, deterministic=True)
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        _ensure_tables(connection, SCHEMA_VERSION * 1000 + reader_version)
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to write-ahead logging.

    SQLite does not wait for its timeout here while another process switches the same file, so that is done by hand.
    """
    give_up_at = time.monotonic() + _BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
            time.sleep(_BUSY_PAUSE_S)
        else:
            return


def _ensure_tables(connection: sqlite3.Connection, version: int) -> None:
    if _version(connection) == version:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _version(connection) != version:
            for statement in _TABLES.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
