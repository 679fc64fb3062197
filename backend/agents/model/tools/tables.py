"""SQL over the user's tables, in a locked-down DuckDB: one SELECT at a time, in a process of its own."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import JsonValue
from pydantic_ai import RunContext
from pydantic_ai.exceptions import ToolFailed

from backend.agents.documents.blocking import in_thread
from backend.agents.documents.figures.tables import MAX_TABLES, LoadedTable, QueryError, Result, TableError, identifier
from backend.agents.documents.indexing.folder import FolderError
from backend.agents.documents.indexing.schema import IndexUnusableError
from backend.agents.documents.indexing.stored_documents import Document
from backend.agents.documents.library import Library
from backend.agents.model.tools.cells import plain_rows
from backend.agents.model.tools.select_apart import GivenTable, select_apart
from backend.agents.model.work import Work

MOST_ROWS = 200
"""Rows of a query that the model gets."""

_SAMPLE_ROWS = 3

Loaded = list[tuple[LoadedTable, Document, str]]
"""Tables, each with its document and its text."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class TableListed:
    """A table as the model sees it before it writes a query."""

    name: str
    document: str
    number: int
    columns: list[str]
    first_rows: list[list[JsonValue]]


@dataclass(frozen=True, slots=True)
class Listing:
    """Every table there is."""

    tables: list[TableListed]
    note: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that a query found. ``cite_as`` are the numbers of the tables it read."""

    columns: list[str]
    rows: list[list[JsonValue]]
    cite_as: list[int]
    note: str


async def list_tables(ctx: RunContext[Work]) -> Listing:
    """List the user's tables, each with its columns, its first rows, and the number to cite it by.

    Args:
        ctx: The run.
    """
    work = ctx.deps

    def read() -> tuple[list[tuple[LoadedTable, Document, Result]], str]:
        loaded, problems = _load(work.library)
        rows = [
            (table, document, work.library.tables.select(f"FROM {identifier(table.name)}", _SAMPLE_ROWS))
            for table, document, _ in loaded
        ]
        return rows, " ".join(problems)

    tables, note = await _off_the_loop(work, read)
    listed = [
        TableListed(
            name=table.name,
            document=table.document,
            number=work.sources.number_of_table(document),
            columns=list(first.columns),
            first_rows=plain_rows(first),
        )
        for table, document, first in tables
    ]
    return Listing(tables=listed, note=note if listed or note else "There is no table among the documents.")


async def query_table(ctx: RunContext[Work], sql: str) -> Rows:
    """Run one SELECT over the user's tables, in DuckDB's SQL, and give its rows (at most 200).

    Args:
        ctx: The run.
        sql: One SELECT over the names that list_tables gives.
    """
    result, cite_as = await run_select(ctx.deps, sql)
    note = f"Only the first {MOST_ROWS} rows are here." if len(result.rows) >= MOST_ROWS else ""
    return Rows(columns=list(result.columns), rows=plain_rows(result), cite_as=cite_as, note=note)


async def run_select(work: Work, sql: str, most_rows: int = MOST_ROWS) -> tuple[Result, list[int]]:
    """The rows of the query, and the numbers of the tables it reads. Raises ``ToolFailed`` with the reason."""
    named = {word.lower() for word in re.findall(r"\w+", sql)}

    def read() -> tuple[Loaded, Loaded]:
        loaded, _ = _load(work.library)
        return loaded, [each for each in loaded if each[0].name.lower() in named]

    loaded, read_from = await _off_the_loop(work, read)
    # A query that names no table may ask which tables there are.
    given = [
        GivenTable(table.name, document.name, document.digest, text) for table, document, text in read_from or loaded
    ]
    try:
        result = await select_apart(given, sql, most_rows)
    except QueryError as error:
        raise ToolFailed(str(error)) from error
    return result, [work.sources.number_of_table(document) for _, document, _ in read_from]


async def _off_the_loop(work: Work, read: Callable[[], Found]) -> Found:
    try:
        return await in_thread(read, work.library.interrupt)
    except (QueryError, FolderError, IndexUnusableError) as error:
        raise ToolFailed(str(error)) from error


def _load(library: Library) -> tuple[Loaded, list[str]]:
    """Every table, up to the limit, and a sentence for each that could not be loaded."""
    library.refresh_if_changed()
    loaded: Loaded = []
    problems: list[str] = []
    for document in library.corpus.tables(MAX_TABLES):
        try:
            text = library.corpus.text(document.name)
            loaded.append((library.tables.load(document.name, document.digest, text), document, text))
        except TableError as error:
            problems.append(f"{document.name} {error}.")
        except KeyError:
            continue
    return loaded, problems
