"""Tables in DuckDB, in memory and locked down: it may read no file, load no extension and change no setting.

The rows are read from the documents' text by the reader for delimited text and handed over as values; DuckDB's own
file functions are switched off. Every query has a time limit and can be stopped.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backend.agents.documents.figures.shapes import Shape
from backend.agents.documents.figures.typed_columns import LINE, NUMBER, ORDER, Column, typed
from backend.agents.documents.readers.delimited import MAX_CELLS, Record, TableText, read_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

QUERY_SECONDS = 5.0
MAX_TABLES = 16
"""Tables held at once; the one not used for longest makes room."""
_BATCH = 5_000
_MOST_REFUSED = 256
"""Contents of which it is remembered that they cannot be loaded."""

_LOCKED_DOWN: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "memory_limit": "256MB",
    "threads": 1,
    "lock_configuration": True,
}


class QueryError(Exception):
    """A query that was refused, failed, or took too long; the text says which."""


class SlowQueryError(QueryError):
    """A query that was stopped after the seconds it may take."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The query was stopped; it may take at most {seconds:g} s.")


class TableError(Exception):
    """A table that cannot be computed over; the text completes "<name> …"."""


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """A loaded table: its name in SQL, its columns as written, those of numbers and percentages, its shape."""

    name: str
    document: str
    columns: tuple[str, ...]
    numeric: frozenset[str]
    percentages: frozenset[str]
    shape: Shape
    header: Record
    newest: str
    """The last period of any row, as it sorts; empty without periods."""


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a query: column names and rows of plain values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


class Tables:
    """A DuckDB database in memory. Thread-safe; calls block. Close it when done."""

    def __init__(self) -> None:
        import duckdb

        self._connection: DuckDBPyConnection = duckdb.connect(":memory:", config=_LOCKED_DOWN)
        self._lock = threading.Lock()
        self._running: dict[int, DuckDBPyConnection] = {}
        self._loaded: OrderedDict[tuple[str, str], LoadedTable] = OrderedDict()
        self._refused: OrderedDict[tuple[str, str], str] = OrderedDict()

    def close(self) -> None:
        """Free the memory. Idempotent."""
        self._connection.close()

    def check(self, document: str, digest: str) -> None:
        """Raise the ``TableError`` of a content that could not be loaded before, if it is one."""
        with self._lock:
            reason = self._refused.get((document, digest))
        if reason is not None:
            raise TableError(reason)

    def load(self, document: str, digest: str, text: str, name: str = "") -> LoadedTable:
        """The table of a delimited document, loaded once per content. Raises ``TableError`` if it is too large.

        It is called ``name`` in SQL; without one it gets a free name.
        """
        with self._lock:
            if (document, digest) in self._loaded:
                self._loaded.move_to_end((document, digest))
                return self._loaded[document, digest]
            content = read_table(text, MAX_CELLS)
            if content is None:
                reason = f"has more than {MAX_CELLS:,} cells: it is searched, but not computed over"
                self._refused[document, digest] = reason
                if len(self._refused) > _MOST_REFUSED:
                    self._refused.popitem(last=False)
                raise TableError(reason)
            while len(self._loaded) >= MAX_TABLES:
                self._connection.execute(f"DROP TABLE {identifier(self._loaded.popitem(last=False)[1].name)}")
            table = self._create(document, content, name or self._free_name(document))
            self._loaded[document, digest] = table
            return table

    def query(self, sql: str, parameters: Sequence[object] = (), seconds: float = QUERY_SECONDS) -> Result:
        """Run one query. Raises ``QueryError`` if DuckDB refuses it, or after ``seconds``."""

        def work(cursor: "DuckDBPyConnection") -> Result:
            cursor.execute(sql, list(parameters))
            return Result(_columns(cursor), tuple(cursor.fetchall()))

        return self._run(work, seconds)

    def select(self, sql: str, most_rows: int, seconds: float = QUERY_SECONDS) -> Result:
        """Run one SELECT that somebody else wrote, and give at most so many of its rows. It can change nothing.

        Raises ``QueryError`` for anything that is not a single SELECT, and as ``query``.
        """
        import duckdb

        def work(cursor: "DuckDBPyConnection") -> Result:
            statements = cursor.extract_statements(sql)
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                raise QueryError("Only a single SELECT is run here.")
            # A SELECT may hold a DELETE: that it is one is not enough.
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            try:
                cursor.execute(statements[0])
                return Result(_columns(cursor), tuple(cursor.fetchmany(most_rows)))
            finally:
                cursor.execute("ROLLBACK")

        return self._run(work, seconds)

    def _run(self, work: Callable[["DuckDBPyConnection"], Result], seconds: float) -> Result:
        """Do the work on a cursor of its own, for at most so long."""
        import duckdb

        cursor, thread = self._connection.cursor(), threading.get_ident()
        clock = threading.Timer(seconds, cursor.interrupt)
        self._running[thread] = cursor
        clock.start()
        try:
            return work(cursor)
        except duckdb.InterruptException as error:
            raise SlowQueryError(seconds) from error
        except duckdb.Error as error:
            raise QueryError(f"The query cannot be run: {str(error).splitlines()[0]}") from error
        finally:
            clock.cancel()
            clock.join()
            del self._running[thread]
            cursor.close()

    def interrupt(self, thread: int) -> None:
        """Stop the query that the thread with this identifier runs now, if any; it raises ``QueryError`` there."""
        cursor = self._running.get(thread)
        if cursor is not None:
            cursor.interrupt()

    def _create(self, document: str, content: TableText, name: str) -> LoadedTable:
        reserved = {LINE, ORDER, NUMBER} & {column.lower() for column in content.columns}
        if reserved:
            raise TableError(f"has a column named {reserved.pop()}: rename it to compute over the table")
        table = typed(content)
        self._fill(name, table.columns)
        return LoadedTable(
            name=name,
            document=document,
            columns=content.columns,
            numeric=table.numeric,
            percentages=table.percentages,
            shape=table.shape,
            header=content.header,
            newest=table.newest,
        )

    def _fill(self, name: str, columns: Sequence[Column]) -> None:
        declared = ", ".join(f"{identifier(column.name)} {column.kind}" for column in columns)
        self._connection.execute(f"CREATE TABLE {identifier(name)} ({declared})")
        unnested = ", ".join(f"unnest(${place}::{column.kind}[])" for place, column in enumerate(columns, start=1))
        insert = f"INSERT INTO {identifier(name)} SELECT {unnested}"
        for start in range(0, len(columns[0].values), _BATCH):
            self._connection.execute(insert, [column.values[start : start + _BATCH] for column in columns])

    def _free_name(self, document: str) -> str:
        stem = re.sub(r"\W+", "_", document.rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()).strip("_") or "table"
        taken = {table.name for table in self._loaded.values()}
        names = (stem if number == 1 else f"{stem}_{number}" for number in range(1, MAX_TABLES + 2))
        return next(name for name in names if name not in taken)


def identifier(name: str) -> str:
    """A name as an SQL identifier: nothing inside it is read as syntax."""
    return '"' + name.replace('"', '""') + '"'


def _columns(cursor: "DuckDBPyConnection") -> tuple[str, ...]:
    return tuple(column[0] for column in cursor.description or ())
