"""Folders where a later paper changes an earlier one, and tables whose rows are things: what was true is not told as
what is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.agents.documents.library import Library
from tests.agents.documents.asking import ask, assert_sound
from tests.agents.documents.conftest import LibraryOf

FILES = {
    "Pump P-30 manual.md": "# Pump P-30, manual\n\nKeep a distance of 40 cm to the fence. Check the valve.\n",
    "Cover schedule.md": "# Cover of the club\n\n| Section | Sum insured | Excess |\n|---|---|---|\n"
    "| Boats | 90,000 | 500 |\n| Trophies | 4,000 | 50 |\n",
    "Addendum.md": "# Addendum to the cover of the club\n\nEffective 3 May 2024.\n\nThe sum insured for boats is "
    "increased to 120,000. The key is kept at the office.\n",
    "Berths.csv": "Berth,Holder,Length m,Yearly fee,Contract end\nA1,Sloop Anna,9,1800,2026-10-31\n"
    "A2,Ketch Bora,12,2600,2025-10-31\nA3,Yawl Cleo,8,1500,2027-10-31\n",
    "Contract of Ketch Bora.txt": "CONTRACT OF BERTH A2\n\nHolder: Ketch Bora\n\n"
    "1. There is no right to end this contract early.\n",
    "2024-02-05 Minutes.md": "# Minutes, 5 February 2024\n\nThe proposal to open the workshop on Saturdays "
    "was rejected.\n",
    "2024-06-10 Minutes.md": "# Minutes, 10 June 2024\n\nThe workshop is open on the last Saturday of each month.\n",
    "Compte rendu 2024-04-02.md": "# Compte rendu, 2 avril 2024\n\nLa régate du club aura lieu le 7 juillet 2024.\n",
    "Compte rendu 2024-06-04.md": "# Compte rendu, 4 juin 2024\n\nLa régate est reportée au 15 septembre 2024.\n",
}


@pytest.fixture(scope="module")
def club(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The files in one folder."""
    folder: Path = tmp_path_factory.mktemp("club")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = Library(folder, tmp_path_factory.mktemp("club-data"))
    library.refresh()
    yield library
    library.close()


MANUAL = """# Pump P-30, manual, version {version}

## Technical data

| Property | P-30 | P-30 Plus |
|---|---|---|
| Output | 20 l | 24 l |

## Installation

Keep a distance of {distance} cm to the fence. The hose must not be longer than {hose} m.

## Faults

F03: no water. Check the valve.
"""


@pytest.fixture
def manuals(tmp_path: Path, library_of: LibraryOf) -> Library:
    """Two versions of a manual and a bulletin that is newer than both."""
    folder = tmp_path / "manuals"
    folder.mkdir()
    older = MANUAL.format(version="1.0 (June 2021)", distance=40, hose=12)
    newer = MANUAL.format(version="1.1 (March 2023)", distance=25, hose=15)
    (folder / "Pump P-30 manual v1.0.md").write_text(older, encoding="utf-8")
    (folder / "Pump P-30 manual v1.1.md").write_text(newer, encoding="utf-8")
    notice = "Service bulletin, January 2024\n\nPumps P-30 with numbers below 900 may leak. The work takes an hour.\n"
    (folder / "Bulletin 2024-01.txt").write_text(notice, encoding="utf-8")
    library = library_of(folder)
    library.refresh()
    return library


@pytest.mark.parametrize(
    ("question", "text"),
    [("How far must the P-30 be from the fence?", "25 cm"), ("How long may the hose of the P-30 be?", "15 m")],
)
async def test_of_two_versions_the_later_one_leads(manuals: Library, question: str, text: str) -> None:
    told = await ask(manuals, question)
    assert_sound(told, manuals)
    assert told.citations[0].document_id == "Pump P-30 manual v1.1.md"
    assert text in (told.citations[0].quote or "")
    assert "later_document" in told.warnings


@pytest.mark.parametrize("question", ["How loud is the P-30?", "How expensive is the P-30?"])
async def test_a_quality_that_no_document_speaks_of_is_not_found(manuals: Library, question: str) -> None:
    told = await ask(manuals, question)
    assert_sound(told, manuals)
    assert not told.is_found


async def test_what_takes_place_on_another_day_is_found_by_what_it_is(club: Library) -> None:
    told = await ask(club, "Quand a lieu la régate ?")
    assert_sound(told, club)
    assert told.citations[0].document_id == "Compte rendu 2024-06-04.md"
    assert "15 septembre 2024" in (told.citations[0].quote or "")
    assert "later_document" in told.warnings


async def test_a_cell_that_a_later_paper_changes_is_told_with_the_change(club: Library) -> None:
    told = await ask(club, "What is the sum insured for boats?")
    assert_sound(told, club)
    assert "90,000" in told.answer
    assert "increased to 120,000" in told.answer
    assert "speaks of a change" in told.warnings["later_document"].message


async def test_a_change_of_another_row_is_not_told(club: Library) -> None:
    told = await ask(club, "What is the sum insured for trophies?")
    assert_sound(told, club)
    assert "4,000" in told.answer
    assert "120,000" not in told.answer
    assert "later_document" not in told.warnings


async def test_days_that_are_said_of_things_make_no_course_in_time(club: Library) -> None:
    told = await ask(club, "What is the yearly fee of berth A2?")
    assert_sound(told, club)
    assert "2600" in told.answer
    assert "rose" not in told.answer
    assert "fell" not in told.answer
    assert told.artifact("chart") is None


async def test_a_day_in_a_row_is_not_that_of_the_table(club: Library) -> None:
    assert club.corpus.document("Berths.csv").time == ""


async def test_a_rule_rather_than_a_cell_says_what_may_be_done(club: Library) -> None:
    told = await ask(club, "Can Ketch Bora end its contract early?")
    assert_sound(told, club)
    assert told.citations[0].document_id == "Contract of Ketch Bora.txt"


async def test_a_day_of_the_week_is_no_name(club: Library) -> None:
    told = await ask(club, "Is the workshop open on Saturdays?")
    assert_sound(told, club)
    assert {one.document_id for one in told.citations} == {"2024-02-05 Minutes.md", "2024-06-10 Minutes.md"}
