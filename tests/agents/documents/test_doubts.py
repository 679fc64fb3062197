"""What an answer says of its own limits: not found, nearest, dated, contradictory, redefined."""

from pathlib import Path

import pytest

from backend.agents.documents.library import Library
from tests.agents.documents.asking import ask, assert_sound
from tests.agents.documents.conftest import LibraryOf
from tests.agents.documents.test_search import (
    NOT_IN_HANDBOOK,
    NOT_IN_SAMPLE,
)


async def test_a_period_without_a_figure_is_said_to_have_none(sample: Library) -> None:
    told = await ask(sample, "What was gaming revenue in FY2027 Q2?")
    assert told.answer.startswith(
        "Not found in your documents. There is no figure of Platform revenue: Gaming for FY2027 Q2: "
    )
    assert_sound(told, sample)


async def test_definitions_that_changed_are_warned_of(sample: Library) -> None:
    told = await ask(sample, "How did revenue from China develop?")
    assert "basis: billing location" in told.warnings["definition_changed"].message
    assert len(told.content("chart")["data"]) == 2


async def test_figures_that_end_early_are_dated(sample: Library) -> None:
    told = await ask(sample, "How did inventories change?")
    assert "FY2026 Q3" in told.warnings["dated_evidence"].message


async def test_what_is_not_there_is_not_found(sample: Library) -> None:
    told = await ask(sample, "Who is the CEO of NVIDIA?")
    assert told.answer == (
        "Not found in your documents. None of the 18 documents mentions “ceo”. "
        "The nearest passages are listed for you to judge."
    )
    assert told.citations == []
    assert told.artifact("chart") is None
    documents = told.artifact("documents")
    assert documents is not None
    assert documents.title == "Nearest passages"
    assert len(told.content("documents")["items"]) == 8


async def test_a_question_without_words_is_told_so(sample: Library) -> None:
    told = await ask(sample, "?")
    assert "no word to search for" in told.answer
    assert told.artifact("documents") is None


@pytest.mark.parametrize("question", NOT_IN_HANDBOOK)
async def test_no_answer_is_invented_from_the_handbook(handbook: Library, question: str) -> None:
    told = await ask(handbook, question)
    assert not told.is_found
    assert_sound(told, handbook)


@pytest.mark.parametrize("question", NOT_IN_SAMPLE)
async def test_no_answer_is_invented_from_the_sample(sample: Library, question: str) -> None:
    told = await ask(sample, question)
    assert not told.is_found
    assert_sound(told, sample)


async def test_dated_evidence_is_warned_of(library_of: LibraryOf, tmp_path: Path) -> None:
    folder = tmp_path / "dated"
    folder.mkdir()
    (folder / "old.md").write_text("---\ndate: 2019-01-01\n---\nThe canteen opens at noon. The canteen has soup.")
    (folder / "new.md").write_text("---\ndate: 2024-06-01\n---\nParking is free.")
    told = await ask(library_of(folder), "When does the canteen open?")
    assert told.warnings["dated_evidence"].message == (
        "The newest document cited is of 2019-01-01; the folder has one of 2024-06-01."
    )


async def test_two_documents_that_say_otherwise_are_both_quoted_and_warned_of(
    library_of: LibraryOf, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for day, days in (("2025-02-01", 20), ("2026-02-01", 28)):
        (folder / f"leave-{day}.md").write_text(
            f"---\ntitle: Leave {day}\ndate: {day}\n---\n"
            f"Employees get {days} days of paid leave a year in every office.\n"
        )
    library = library_of(folder)
    library.refresh()
    told = await ask(library, "How many days of paid leave do employees get?")
    assert_sound(told, library)
    assert "20 days" in told.answer
    assert "28 days" in told.answer
    warning = told.warnings["contradictory_evidence"]
    assert warning.message.startswith("Leave 2025-02-01 and Leave 2026-02-01, the later one, say nearly the same")


@pytest.mark.parametrize(
    ("question", "nearness"),
    [
        ("Where is the kichten?", "words spelt much like those of the question"),
        ("Zxqv wjkrt?", "the beginnings of some documents are listed"),
    ],
)
async def test_even_a_question_without_a_known_word_shows_what_is_nearest(
    library_of: LibraryOf, tmp_path: Path, question: str, nearness: str
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "office.md").write_text("# Office\n\nThe kitchen is on the second floor.\n")
    library = library_of(folder)
    library.refresh()
    told = await ask(library, question)
    assert_sound(told, library)
    assert not told.is_found
    assert nearness in told.answer
    assert told.artifact("documents") is not None
