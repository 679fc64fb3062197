"""Folders of other kinds than reports of companies: forms, contracts, manuals with tables, minutes, mails, recipes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.agents.documents.library import Library
from tests.agents.documents.asking import ask, assert_sound
from tests.agents.documents.conftest import LibraryOf

FILES = {
    "CV Nadia Brandt.txt": "NADIA BRANDT\nSite manager\n\nBorn: 14 May 1984, Lindau\nPhone: +49 170 5550\n\n"
    "EDUCATION\n\n2014  Diploma in construction management, Technical University of Graz\n\n"
    "LANGUAGES\n\nGerman, Croatian, English\n",
    "Service contract Pico Cleaning.txt": "SERVICE CONTRACT\n\n"
    "Parties: Weir Bridges Ltd (client) and Pico Cleaning GmbH (contractor)\n"
    "Contract number: PC-41\nNotice period: 6 weeks to the end of a quarter\n\n"
    "1. Services. The contractor cleans the offices on Monday and Friday.\n\n"
    "2. Price. The client pays 1,150 euros a month plus VAT.\n\n3. Guarantee. Two months' pay.\n",
    "2025-03-04 Meeting notes.md": "# Weekly meeting, 4 March 2025\n\nPresent: Ida Solberg, Ben Otto. Absent: Nadia "
    "Brandt.\n\n## Topics\n\n- **Elm bridge.** Inspection found corrosion at two bearings.\n\n## Decisions\n\n"
    "- The Elm bridge stays closed to lorries until the bearings are replaced.\n",
    "2025-03-11 Meeting notes.md": "# Weekly meeting, 11 March 2025\n\nPresent: Ida Solberg. Absent: Ben Otto.\n\n"
    "## Topics\n\n- **Elm bridge.** The supplier now says nine weeks.\n\n## Decisions\n\n"
    "- Ida decides on the scanner by the end of the month.\n",
    "Travel rules.html": "<h1>Travel rules</h1><p>Trains are booked in second class.</p><table><tr><th>Country</th>"
    "<th>Daily allowance</th><th>Hotel limit</th></tr><tr><td>Norway</td><td>75 euros</td><td>190 euros</td></tr><tr>"
    "<td>Poland</td><td>41 euros</td><td>110 euros</td></tr></table>",
    "Zephyr 300 fan manual.md": "# Zephyr 300 fan: manual\n\n## Battery\n\nThe battery lasts 40 minutes. A red light "
    "means that the battery is too hot.\n\n## Technical data\n\n| Property | Value |\n|---|---|\n| Weight | 2.9 kg |\n"
    "| Noise level | 71 dB |\n",
    "Zephyr 500 fan manual.md": "# Zephyr 500 fan: manual\n\n## Battery\n\nThe battery lasts 60 minutes. A red light "
    "means that the rotor is blocked.\n\n## Technical data\n\n| Property | Value |\n|---|---|\n| Weight | 3.4 kg |\n"
    "| Noise level | 68 dB |\n",
    "Recipes.md": "# Recipes\n\n## Lentil soup\n\n300 g lentils, 2 onions, 3 carrots. Cook for 25 minutes.\n\n"
    "## Almond cake\n\n200 g almonds, 4 eggs, 150 g sugar. Bake at 170 degrees for 40 minutes.\n",
}
ANSWERED = [
    ("Where did Nadia Brandt study?", "CV Nadia Brandt.txt", "University of Graz"),
    ("What is the notice period of the cleaning contract?", "Service contract Pico Cleaning.txt", "6 weeks"),
    ("How much guarantee does Pico Cleaning owe?", "Service contract Pico Cleaning.txt", "Two months' pay"),
    ("What was decided about the Elm bridge?", "2025-03-04 Meeting notes.md", "stays closed to lorries"),
    ("Who was absent from the meeting on 11 March 2025?", "2025-03-11 Meeting notes.md", "Ben Otto"),
    ("What is the daily allowance in Norway?", "Travel rules.html", "Norway, Daily allowance: 75 euros"),
    ("How heavy is the Zephyr 500?", "Zephyr 500 fan manual.md", "Weight: 3.4 kg"),
    ("What does a red light mean on the Zephyr 300?", "Zephyr 300 fan manual.md", "too hot"),
    ("How long must the almond cake bake?", "Recipes.md", "40 minutes"),
]
NOT_ANSWERED = [
    "What is Nadia Brandt's salary?",
    "How much sugar is in the lentil soup?",
    "What is the price of the Zephyr 700?",
    "What is the daily allowance in Portugal?",
    "How heavy is the Zephyr 900?",
    "What was decided about the Oak bridge?",
    "Who signed the cleaning contract for Pico?",
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The files in one folder."""
    folder: Path = tmp_path_factory.mktemp("office")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = Library(folder, tmp_path_factory.mktemp("office-data"))
    library.refresh()
    yield library
    library.close()


@pytest.mark.parametrize(("question", "source", "text"), ANSWERED)
async def test_the_right_file_comes_first_and_has_the_answer(
    office: Library, question: str, source: str, text: str
) -> None:
    told = await ask(office, question)
    assert_sound(told, office)
    assert told.citations[0].document_id == source
    assert text in told.answer


@pytest.mark.parametrize("question", NOT_ANSWERED)
async def test_what_no_file_says_is_not_found(office: Library, question: str) -> None:
    told = await ask(office, question)
    assert_sound(told, office)
    assert not told.is_found


async def test_two_models_of_one_product_do_not_contradict_each_other(office: Library) -> None:
    told = await ask(office, "How long does the battery of the Zephyr 500 last?")
    assert {citation.document_id for citation in told.citations} == {"Zephyr 500 fan manual.md"}
    assert not told.warnings.keys() & {"contradictory_evidence"}


async def test_a_cell_found_by_its_names_comes_with_its_table(office: Library) -> None:
    told = await ask(office, "What is the hotel limit in Poland?")
    assert "Poland, Hotel limit: 110 euros" in told.answer
    assert told.content("table")["rows"] == [["Poland", "41 euros", "110 euros"]]


async def test_files_called_alike_are_told_apart_and_a_place_is_not_taken_at_its_word(
    tmp_path: Path, library_of: LibraryOf
) -> None:
    folder = tmp_path / "accidents"
    folder.mkdir()
    for name, place, text in (
        ("a", "Ridge Lake", "The pilot was fatally injured. The aircraft was painted white."),
        ("b", "Death Valley", "Nobody was hurt. The aircraft burned out at noon."),
    ):
        fields = f"# Accident report\n\nLocation: {place}, CA Accident Number: X-{name}\n\n"
        (folder / f"{name}.md").write_text(f"{fields}{text}\n")
    library = library_of(folder)
    told = await ask(library, "Which accidents were fatal?")
    assert_sound(told, library)
    assert "fatally injured" in told.quotes
    assert "Death Valley" not in told.quotes
    told = await ask(library, "What does each report say about the aircraft?")
    assert "Accident report, a.md" in told.answer
