"""Totals over the rows of a list, price lists of several years, and rows of a table that a period or a name chooses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.agents.documents.library import Library
from tests.agents.documents.asking import ask, assert_sound
from tests.agents.documents.conftest import LibraryOf

FILES = {
    "Orders.md": "# Orders in May\n\n| Order | Client | City | Crates | Price per crate |\n|---|---|---|---|---|\n"
    "| A-1 | Ferrand | Ghent | 12 | 40 |\n| A-2 | Moll | Ghent | 30 | 38 |\n| A-3 | Ferrand | Basel | 5 | 45 |\n",
    "Running costs.md": "# Running costs\n\n| Machine | Power | Repairs |\n|---|---|---|\n| Press | 1,200 | 310 |\n"
    "| Lathe | 800 | 95 |\n| Total | 2,000 | 405 |\n",
    "Kosten.csv": "Posten;Betrag\nHeizung;1.420,50\nWasser;310,00\n",
    "Visitors.csv": "Month,House,Visitors,Temperature\n2024-01,North,410,4\n2024-01,South,520,6\n2024-02,North,390,3\n"
    "2024-02,South,505,5\n2024-03,North,450,8\n2024-03,South,610,9\n",
    "South house.md": "# South house\n\nThe South house is closed on Mondays.\n",
    "2024-01-01 Prices.md": "# Prices from 1 January 2024\n\n| Room | Weekday | Weekend |\n|---|---|---|\n"
    "| Single | 80 | 95 |\n| Double | 120 | 140 |\n",
    "2025-01-01 Prices.md": "# Prices from 1 January 2025\n\n| Room | Weekday | Weekend |\n|---|---|---|\n"
    "| Single | 84 | 99 |\n| Double | 126 | 148 |\n",
}
TOTALS = [
    ("What is the total number of crates?", "Crates, sum of 3 rows: 47"),
    ("What is the total number of crates for Ferrand?", "Crates, sum of 2 rows with Ferrand: 17"),
    ("How many orders went to Ghent?", "2 rows with Ghent in Orders in May"),
    ("What are the total repairs?", "Total, Repairs: 405"),
    ("Wie hoch ist der Betrag insgesamt?", "Betrag, sum of 2 rows: 1,730.5"),
    ("What was the number of visitors of the South house in February 2024?", "505 in 2024-02"),
    ("What was the total number of visitors of the North house in Q1 2024?", "1,250"),
]
NOT_ADDED = [
    "What is the total number of crates for Weber?",
    "What is the total price per crate?",
    "How many orders went to Oslo?",
]


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The files in one folder."""
    folder: Path = tmp_path_factory.mktemp("lists")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = Library(folder, tmp_path_factory.mktemp("lists-data"))
    library.refresh()
    yield library
    library.close()


@pytest.mark.parametrize(("question", "line"), TOTALS)
async def test_a_total_is_computed_from_the_rows_that_are_named(lists: Library, question: str, line: str) -> None:
    told = await ask(lists, question)
    assert_sound(told, lists)
    assert line in told.answer
    assert not told.warnings.keys() & {"not_found", "other_subject", "partly_covered"}
    assert "No document is of" not in told.answer
    assert "No passage about this" not in told.answer


@pytest.mark.parametrize("question", NOT_ADDED)
async def test_what_no_row_has_and_prices_are_not_added_up(lists: Library, question: str) -> None:
    told = await ask(lists, question)
    assert_sound(told, lists)
    assert "sum of" not in told.answer
    assert "rows with" not in told.answer


async def test_the_rows_of_a_total_are_its_table_and_its_sources(lists: Library) -> None:
    told = await ask(lists, "What is the total number of crates for Ferrand?")
    assert [row[0] for row in told.content("table")["rows"]] == ["A-1", "A-3"]
    assert [citation.document_id for citation in told.citations] == ["Orders.md", "Orders.md"]


async def test_the_same_cell_of_two_years_is_told_of_both_the_later_first(lists: Library) -> None:
    told = await ask(lists, "What does a double room cost on a weekend?")
    assert_sound(told, lists)
    assert told.answer.index("148") < told.answer.index("140")
    assert "Prices from 1 January 2025" in told.answer
    assert "later" in told.warnings["later_document"].message


async def test_a_later_document_that_changes_an_earlier_one_comes_first_with_a_warning(
    tmp_path: Path, library_of: LibraryOf
) -> None:
    folder = tmp_path / "council"
    folder.mkdir()
    (folder / "2024-01-10 Minutes.md").write_text("# Minutes, 10 January 2024\n\nThe new road opens on 3 May 2024.\n")
    (folder / "2024-03-05 Minutes.md").write_text(
        "# Minutes, 5 March 2024\n\nThe new road opens only on 9 July 2024, as the bridge is late.\n"
    )
    library = library_of(folder)
    told = await ask(library, "When does the new road open?")
    assert_sound(told, library)
    assert told.answer.index("9 July 2024") < told.answer.index("3 May 2024")
    assert told.warnings["later_document"].citation_id == "c1"
    told = await ask(library, "When did the minutes of 10 January 2024 say that the new road opens?")
    assert "later_document" not in told.warnings
