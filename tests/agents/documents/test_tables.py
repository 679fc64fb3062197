"""Tables in DuckDB: locked down, stoppable, loaded once, and recognised by their columns."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.agents.documents.figures.tables import MAX_TABLES, QueryError, TableError, Tables
from backend.agents.documents.readers.delimited import read_table
from tests.agents.documents.asking import ask
from tests.agents.documents.conftest import LibraryOf


@pytest.fixture
def tables() -> Iterator[Tables]:
    tables = Tables()
    yield tables
    tables.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "COPY t TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}'",
        "ATTACH '{folder}/other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '10GB'",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "RESET enable_external_access",
        "SELECT * FROM folder",
    ],
)
def test_duckdb_is_locked_down(tables: Tables, tmp_path: Path, sql: str) -> None:
    folder = str(tmp_path)
    tables.load("t.csv", "1", "date,v\n2024-01,1\n2024-02,2\n")
    with pytest.raises(QueryError):
        tables.query(sql.format(folder=folder))
    assert list(tmp_path.iterdir()) == []
    assert tables.query("SELECT count(*) FROM t").rows == ((2,),)


RUNAWAY = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 3"


def test_a_runaway_query_is_stopped(tables: Tables) -> None:
    with pytest.raises(QueryError, match="stopped"):
        tables.query(RUNAWAY, seconds=0.2)
    assert tables.query("SELECT 1").rows == ((1,),)


def test_an_interrupt_stops_only_the_query_of_its_thread(tables: Tables) -> None:
    failed: dict[int, str] = {}

    def run() -> None:
        try:
            tables.query(RUNAWAY, seconds=60)
        except QueryError as error:
            failed[threading.get_ident()] = str(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        others = [other for other in threads if other.is_alive() and other is not thread]
        while thread.is_alive():
            tables.interrupt(thread.ident or 0)
            thread.join(0.05)
        assert all(other.is_alive() for other in others)
    assert failed.keys() == {thread.ident for thread in threads}


def test_names_in_a_table_are_never_syntax(tables: Tables) -> None:
    table = tables.load('x"; DROP TABLE y.csv', "1", 'date,"a""b; --",\'c\'\n2024-01,1,x\n2024-02,2,y\n')
    assert table.columns == ("date", 'a"b; --', "'c'")
    sql = f'SELECT sum("a""b; --") FROM "{table.name}"'  # noqa: S608 - the name is what is tested
    assert tables.query(sql).rows == ((3.0,),)


def test_tables_make_room_and_are_loaded_once(tables: Tables) -> None:
    first = tables.load("a.csv", "1", "date,v\n2024-01,1\n2024-02,3\n")
    assert tables.load("a.csv", "1", "not read again") is first
    names = [tables.load(f"{number}/a.csv", "1", "date,v\n2024-01,1\n2024-02,3\n").name for number in range(MAX_TABLES)]
    assert len(set(names)) == MAX_TABLES
    assert tables.load("a.csv", "2", "date,v\n2024-01,5\n2024-02,6\n") is not first


def test_tables_that_cannot_be_computed_over(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.agents.documents.figures.tables.MAX_CELLS", 3)
    with pytest.raises(TableError, match="more than 3 cells"):
        tables.load("a.csv", "1", "date,v\n2024-01,1\n2024-02,3\n")
    with pytest.raises(TableError, match="file_line"):
        tables.load("b.csv", "1", "file_line\n1\n")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("fiscal_period,metric,value\nFY2024Q1,a,1\nFY2024Q2,a,2\n", "long"),
        ("Quarter;Budget\n2024 Q1;1\n2024 Q2;2\n", "wide"),
        ("when,amount_eur\n2024-01-31,1\n2024-02-29,2\n", "wide"),
        ("Room,Seats\nA,1200\nB,2024\n", "plain"),
        ("a,b\nx,y\n", "plain"),
        ("year,count\n2023,5\n2024,7\n", "wide"),
    ],
)
def test_shapes(tables: Tables, text: str, kind: str) -> None:
    assert tables.load("t.csv", "1", text).shape.kind == kind


def test_a_table_that_is_too_large_is_known_without_reading_it_again(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.agents.documents.figures.tables.MAX_CELLS", 3)
    tables.check("large.csv", "1")
    with pytest.raises(TableError, match="more than 3 cells"):
        tables.load("large.csv", "1", "date,v\n2024-01,1\n2024-02,2\n")
    with pytest.raises(TableError, match="more than 3 cells"):
        tables.check("large.csv", "1")
    tables.check("large.csv", "2")


def test_how_large_a_table_is_does_not_depend_on_quotes() -> None:
    plain, quoted = "a,b\n1,2\n3,4\n", 'a,b\n"1",2\n3,4\n'
    assert read_table(plain, 3) is None
    assert read_table(quoted, 3) is None
    assert read_table(plain, 6) is not None
    assert read_table(quoted, 6) is not None
    assert read_table('a,b\n"1,1,1,1,1,1",2\n', 4) is not None


async def test_of_a_table_that_is_too_large_no_single_row_is_quoted_as_the_answer(
    tmp_path: Path, library_of: LibraryOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sales"
    folder.mkdir()
    rows = "".join(f"2024-{month:02},North,R-{100 + month},{month * 7}\n" for month in range(1, 13))
    (folder / "Revenue.csv").write_text(f"Month,Region,Receipt,Revenue\n{rows}")
    library = library_of(folder)
    monkeypatch.setattr("backend.agents.documents.figures.tables.MAX_CELLS", 20)
    monkeypatch.setattr("backend.agents.documents.figures.listed_tables._MOST_CELLS", 20)
    for question in ("How did revenue change?", "What was the revenue in the North in 2024?"):
        told = await ask(library, question)
        assert "Revenue.csv has more than 20 cells" in told.warnings["table_left_out"].message
        assert not told.is_found
    assert "R-104" in (await ask(library, "How much is receipt R-104 of the North?")).quotes
