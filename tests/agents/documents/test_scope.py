"""Passages inherit who and when their document is about: invented companies, people and products."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from backend.agents.documents.library import Library
from backend.agents.documents.periods import Period
from backend.agents.documents.search.question import understand
from backend.agents.documents.search.retrieval import Retrieval, retrieve
from tests.agents.documents.asking import ask, assert_sound
from tests.agents.documents.conftest import LibraryOf

GLOBEX = {
    "note-1.md": "Globex Inc. makes turbines.\n\nIt has 40 people in two halls.\n\nRevenue in 2023 was $12 million.\n",
    "note-2.md": "Initech Corp. sells printers.\n\nIt has 90 people.\n\nRevenue in 2023 was $70 million.\n",
    "note-3.md": "Travel is booked by the office.\n\nTrains are preferred to planes.\n",
}
REPORTS = {
    f"{year} Q{quarter} {symbol}.md": (
        f"# Quarterly report\n\n{name}\n\nFor the quarterly period ended {end}\n\n"
        f"Trading symbol: {symbol}\n\nThe Company sold {sales} tons of copper.\n\nInventory was {sales + 3} tons.\n"
    )
    for symbol, name, sales in (("GBX", "Globex Inc.", 10), ("NTCH", "Initech Corporation", 20))
    for year, quarter, end in ((2023, 1, "March 31, 2023"), (2023, 2, "June 30, 2023"), (2022, 4, "December 31, 2022"))
}


def filled(folder: Path, texts: Mapping[str, str]) -> Path:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def found(library: Library, question: str) -> Retrieval:
    library.refresh_if_changed()
    return retrieve(library.corpus, understand(question))


@pytest.fixture
def reports(tmp_path: Path, library_of: LibraryOf) -> Library:
    return library_of(filled(tmp_path / "reports", REPORTS))


async def test_the_figure_stands_two_paragraphs_below_the_name(tmp_path: Path, library_of: LibraryOf) -> None:
    library = library_of(filled(tmp_path / "notes", GLOBEX))
    told = await ask(library, "What was Globex's revenue in 2023?")
    assert_sound(told, library)
    assert "$12 million" in told.quotes
    assert "$70 million" not in told.quotes


@pytest.mark.parametrize("name", ["Globex", "globex", "Globex Inc.", "GBX", "Globx", "Golbex"])
def test_a_subject_is_known_by_its_names(reports: Library, name: str) -> None:
    retrieval = found(reports, f"How much copper did {name} sell?")
    assert retrieval.names
    assert {document.split()[-1] for document in retrieval.names} == {"GBX.md"}


def test_what_a_misspelt_name_is_taken_as_is_said(reports: Library) -> None:
    assert "“Globx” is taken as" in " ".join(found(reports, "How much copper did Globx sell?").scope.assumed)


def test_an_unknown_name_is_not_answered_with_others(reports: Library) -> None:
    retrieval = found(reports, "How much copper did Hooli sell in 2023?")
    assert retrieval.unknown[0] == "Hooli"
    assert retrieval.hits == ()
    assert not retrieval.is_answered


@pytest.mark.parametrize(
    ("time", "file"),
    [
        ("in Q1 2023", "2023 Q1 GBX.md"),
        ("in the first quarter of 2023", "2023 Q1 GBX.md"),
        ("in June 2023", "2023 Q2 GBX.md"),
        ("in the quarter ended December 31, 2022", "2022 Q4 GBX.md"),
        ("in the latest quarter", "2023 Q2 GBX.md"),
        ("last quarter", "2023 Q2 GBX.md"),
        ("in the previous quarter", "2023 Q1 GBX.md"),
        ("in 2022", "2022 Q4 GBX.md"),
    ],
)
def test_a_period_chooses_the_document(reports: Library, time: str, file: str) -> None:
    assert found(reports, f"How much copper did Globex sell {time}?").names == (file,)


@pytest.mark.parametrize(
    "question",
    [
        "How have Globex's copper sales changed over time?",
        "Are there trends in the copper that Globex sold?",
        "How does the copper sold by Globex in the latest quarter compare to previous quarters?",
    ],
)
def test_a_course_of_time_takes_every_period_the_newest_first(reports: Library, question: str) -> None:
    scope = found(reports, question).scope
    assert scope.wants_course
    assert scope.documents == ("2023 Q2 GBX.md", "2023 Q1 GBX.md", "2022 Q4 GBX.md")


def test_a_development_within_the_latest_report_is_not_a_course_of_time(reports: Library) -> None:
    scope = found(reports, "In the latest report, what effect did fluctuations have on Globex's copper?").scope
    assert not scope.wants_course
    assert scope.documents == ("2023 Q2 GBX.md",)


def test_a_comparison_has_the_documents_of_each(reports: Library) -> None:
    scope = found(reports, "Compare the copper sales of Globex and Initech in Q2 2023.").scope
    assert scope.by_subject == {"Globex": ("2023 Q2 GBX.md",), "Initech": ("2023 Q2 NTCH.md",)}
    assert scope.periods == (Period(2023, quarter=2),)


def test_a_quarter_that_is_named_otherwise_is_explained(tmp_path: Path, library_of: LibraryOf) -> None:
    text = "Globex Inc.\n\nFor the quarterly period ended September 30, 2023\n\nThe Company sold 7 tons of copper.\n"
    library = library_of(filled(tmp_path / "fiscal", {"2024 Q1 GBX.md": text, "2023 Q1 NTCH.md": "Initech Corp.\n"}))
    scope = found(library, "How much copper did Globex sell in Q1 2024?").scope
    assert scope.assumed == (
        "2024 Q1 is read as the documents name it: there it is the quarter that ended 2023-09-30.",
    )


def test_a_year_is_that_of_the_report_named_after_it(tmp_path: Path, library_of: LibraryOf) -> None:
    plans = "Plans for the third quarter of fiscal 2017 were made. " * 6
    texts = {
        "2016-report.md": f"Globex Inc.\n\nFiscal Year 2016\n\n{plans}\n\nCopper was sold.\n",
        "2017-report.md": "Globex Inc.\n\nFiscal Year 2017\n\nCopper was sold.\n",
    }
    library = library_of(filled(tmp_path / "years", texts))
    assert found(library, "How much copper was sold in FY 2017?").scope.documents == ("2017-report.md",)


async def test_a_word_in_small_letters_is_no_name_where_the_texts_write_it_so_too(
    tmp_path: Path, library_of: LibraryOf
) -> None:
    folder = tmp_path / "minutes"
    folder.mkdir()
    (folder / "Minutes 2031-03-03 garden committee.md").write_text(
        "# Garden committee, minutes of 3 March 2031\n\n## Tools\n\nOlga Lind: the deputy garden warden is away.\n"
    )
    (folder / "Minutes 2031-05-05 garden committee.md").write_text(
        "# Garden committee, minutes of 5 May 2031\n\nPresent: Ruth Moor (chair), Piet Haag.\n\n## Fence\n\n"
        "About 14 metres of fence fell in the storm. Cost so far: 730 euros.\n"
    )
    (folder / "leaflet.txt").write_text("NORVAL tablets\n\nThe usual dose is one tablet in the evening.\n")
    (folder / "lease.md").write_text("# Lease of a shop\n\nThe rent is 450 euros a month.\n")
    library = library_of(folder)
    library.refresh()
    told = await ask(library, "Who is the deputy garden warden?")
    assert told.citations[0].document_id == "Minutes 2031-03-03 garden committee.md"
