"""What a document is about: how it begins and its main parts, of one file, of a section, of a folder."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from backend.agents.documents.library import Library
from backend.agents.documents.search.asked_outline import asked_outline
from tests.agents.documents.asking import ask, assert_sound
from tests.agents.documents.conftest import LibraryOf

STUDY = """# Study of the north harbour

## Table of contents

Everything is listed on the pages that follow this one.

## Methods

Divers counted mussels on forty marked stones every second week of the year.

## Summary

The mussels of the north harbour grew by a third within a year. Warmer water explains most of that growth.

## Results

Stones below the old pier carried twice as many mussels as all of the others.

## Risks

Storms may move the marked stones out of their places.

### Weather

Heavy rain makes the water of the harbour sweet for several days.

### Ships

Anchors of visiting ships scratch the marked stones of the harbour.
"""
SHORT = "# Gate\n\nThe gate opens early.\n"
NOTE = "# Ferry plan\n\nThe ferry to the island leaves twice a day from the second pier.\n"
PRICES = "Fish,Price\nCod,4\nTrout,6\n"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Summarize the attached file", ()),
        ("What is this about?", ()),
        ("What's in these files?", ()),
        ("Can you give me a short overview of this contract, please?", ()),
        ("Summarise the document in three sentences.", ()),
        ("What are the key points?", ()),
        ("Worum geht es in dem Dokument?", ()),
        ("What is the leave policy about?", ("leave", "policy")),
        ("Summarize handbook.pdf", ("handbook",)),
        ("What does the lease say about pets?", None),
        ("How many people are there?", None),
        ("What is the main risk?", None),
    ],
)
def test_which_questions_ask_what_a_document_is_about(question: str, words: tuple[str, ...] | None) -> None:
    assert asked_outline(question) == words


@pytest.fixture
def harbour(tmp_path: Path, library_of: LibraryOf) -> Library:
    return library_of(
        written(tmp_path / "harbour", {"study.md": STUDY, "ferry.md": NOTE, "prices.csv": PRICES, "gate.md": SHORT})
    )


def written(folder: Path, texts: Mapping[str, str]) -> Path:
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text)
    return folder


async def test_a_document_is_outlined_from_its_summary_and_its_main_parts(harbour: Library) -> None:
    told = await ask(harbour, "Summarize the study of the north harbour")
    assert_sound(told, harbour)
    assert told.is_found
    first, *rest = told.citations
    assert first.quote == "The mussels of the north harbour grew by a third within a year."
    assert {citation.document_id for citation in told.citations} == {"study.md"}
    assert any((citation.quote or "").startswith("Stones below") for citation in rest)
    assert "Everything is listed" not in told.quotes
    assert all(f"\n- {part}: “" in told.answer for part in ("Methods", "Results", "Risks"))


async def test_a_folder_is_outlined_file_by_file(harbour: Library) -> None:
    told = await ask(harbour, "What is in these files?")
    assert_sound(told, harbour)
    assert {citation.document_id for citation in told.citations} == {"study.md", "ferry.md", "prices.csv", "gate.md"}
    assert "The gate opens early." in told.quotes
    assert "a table of 2 rows with the columns Fish, Price" in told.answer


async def test_a_question_about_a_heading_alone_lists_what_stands_below_it(
    tmp_path: Path, library_of: LibraryOf
) -> None:
    study = library_of(written(tmp_path / "study", {"study.md": STUDY}))
    told = await ask(study, "What are the risks, especially new or unheard-of ones?")
    assert_sound(told, study)
    assert told.is_found
    assert "Heavy rain" in told.quotes
    assert "Anchors" in told.quotes
    assert "mussels" not in told.quotes


async def test_what_it_is_about_does_not_lean_on_the_question_before(harbour: Library) -> None:
    told = await ask(harbour, "What is this about?", "When does the ferry leave?")
    assert {citation.document_id for citation in told.citations} == {"study.md", "ferry.md", "prices.csv", "gate.md"}


async def test_a_figure_is_not_answered_with_a_section(tmp_path: Path, library_of: LibraryOf) -> None:
    study = library_of(written(tmp_path / "study", {"study.md": STUDY}))
    assert not (await ask(study, "How many risks were there in 2019?")).is_found
