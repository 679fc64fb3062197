"""Folders of minutes, letters and German or French papers: the question's verb is another than the text's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.agents.documents.answering.asked_matter import asked_things
from backend.agents.documents.answering.fitness import gives_cause
from backend.agents.documents.answering.wanted import wanted_by
from backend.agents.documents.indexing.document_periods import day_in_head
from backend.agents.documents.indexing.sentences import sentence_spans
from backend.agents.documents.indexing.word_evidence import WordEvidence
from backend.agents.documents.library import Library
from backend.agents.documents.periods import Period, find_periods
from backend.agents.documents.search.vocabulary import related
from tests.agents.documents.asking import ask, assert_sound
from tests.agents.documents.conftest import LibraryOf

FILES = {
    "2024-02-06 School council.md": "# School council, 6 February 2024\n\n## Playground\n\nWork on the playground "
    "begins on 8 April 2024.\n\n## Tender for the kitchen\n\nTwo firms made an offer. The contract for the kitchen was "
    "awarded to Panfield, as Corliss could not keep the date.\n\n## Library\n\nThe request for longer hours was turned "
    "down by five votes to two.\n",
    "Bank letter 2023-12-31.txt": "Balances as at 31 December 2023\n\nClient: Elmfield School\n\n"
    "Current account: 61,204.18 pounds credit\nReserve account: 90,000.00 pounds credit\n",
    "Bank letter 2024-03-31.txt": "Balances as at 31 March 2024\n\nClient: Elmfield School\n\n"
    "Current account: 48,771.90 pounds credit\nReserve account: 95,000.00 pounds credit\n",
    "Fees.txt": "FEES\n\n1. Payment is due on arrival of the invoice.\n2. The bus costs 40 pounds a month.\n",
    "Hallenordnung.txt": "HALLENORDNUNG\n\n1. Öffnung. Die Halle öffnet um 7 Uhr.\n2. Reinigung. Die Duschen werden "
    "jeden Mittwoch gereinigt.\n3. Pfand. Für den Schlüssel ist ein Pfand von 25 Euro zu leisten.\n",
    "Mietvertrag Werkstatt 4.txt": "MIETVERTRAG\n\nVermieter: Stadt Elmfeld\n\nDie Kaution beträgt 900 Euro, die Miete "
    "310 Euro im Monat. Sie ist am ersten Tag des Monats fällig.\n",
    "Umbau der Turnhalle.md": "# Umbau der Turnhalle\n\nDer Umbau der Turnhalle startet am 2. September 2024. Den "
    "Auftrag erhält die Firma Lorenz, weil sie am schnellsten liefern kann.\n",
    "Règlement de la cantine.txt": "RÈGLEMENT DE LA CANTINE\n\nLe repas coûte 4,80 euros. La cantine ouvre le "
    "4 septembre 2024.\n\nLes inscriptions sont closes le 20 août 2024.\n",
}
ANSWERED = [
    ("Who won the tender for the kitchen and why?", "2024-02-06 School council.md", "awarded to Panfield, as Corliss"),
    ("When does the work on the playground start?", "2024-02-06 School council.md", "8 April 2024"),
    ("What was decided about the library?", "2024-02-06 School council.md", "turned down"),
    ("How much cash was in the current account on 31 March 2024?", "Bank letter 2024-03-31.txt", "48,771.90"),
    ("When is payment due?", "Fees.txt", "due on arrival of the invoice"),
    ("Wann beginnt der Umbau der Turnhalle?", "Umbau der Turnhalle.md", "2. September 2024"),
    ("Wer bekommt den Auftrag für die Turnhalle und warum?", "Umbau der Turnhalle.md", "Firma Lorenz, weil"),
    ("Wie hoch ist das Pfand für den Schlüssel?", "Hallenordnung.txt", "25 Euro"),
    ("Wie hoch ist die Kaution für Werkstatt 4?", "Mietvertrag Werkstatt 4.txt", "900 Euro"),
    ("Wann werden die Duschen gereinigt?", "Hallenordnung.txt", "jeden Mittwoch"),
    ("Combien coûte le repas ?", "Règlement de la cantine.txt", "4,80 euros"),
    ("Quand ouvre la cantine ?", "Règlement de la cantine.txt", "4 septembre 2024"),
]
NOT_ANSWERED = [
    "Who won the tender for the playground?",
    "When will the kitchen arrive?",
    "How much does the kitchen cost?",
    "Wie hoch ist die Miete der Turnhalle?",
    "Wie hoch ist die Kaution für Werkstatt 5?",
    "Wer ist der Hausmeister?",
    "Qui dirige la cantine ?",
]


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The files in one folder."""
    folder: Path = tmp_path_factory.mktemp("school")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    library = Library(folder, tmp_path_factory.mktemp("school-data"))
    library.refresh()
    yield library
    library.close()


@pytest.mark.parametrize(("question", "source", "text"), ANSWERED)
async def test_other_words_and_other_languages_are_answered(
    school: Library, question: str, source: str, text: str
) -> None:
    told = await ask(school, question)
    assert_sound(told, school)
    assert told.citations[0].document_id == source
    assert text in told.answer


@pytest.mark.parametrize("question", NOT_ANSWERED)
async def test_what_only_shares_a_word_is_not_found(school: Library, question: str) -> None:
    told = await ask(school, question)
    assert_sound(told, school)
    assert not told.is_found


def test_a_day_of_a_german_month_ends_no_sentence() -> None:
    text = "Der Bau beginnt am 3. März 2025. Er dauert bis zum 12. Mai. Danach ist Ruhe."
    assert [text[start:end] for start, end in sentence_spans(text, 0, len(text))] == [
        "Der Bau beginnt am 3. März 2025.",
        "Er dauert bis zum 12. Mai.",
        "Danach ist Ruhe.",
    ]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("am 3. März 2025", Period(2025, month=3, day=3)),
        ("le 1er février 2024", Period(2024, month=2, day=1)),
        ("im Oktober 2023", Period(2023, month=10)),
        ("el 5 de mayo de 2022", Period(2022, month=5, day=5)),
    ],
)
def test_months_of_other_languages_are_read(text: str, period: Period) -> None:
    assert [found for found, _, _ in find_periods(text)] == [period]


def test_a_planet_with_a_year_is_no_month() -> None:
    assert [found for found, _, _ in find_periods("Mars 2020 landed")] == [Period(2020)]


def test_the_things_a_question_names_leave_out_its_verb() -> None:
    assert asked_things("When will the new crane arrive?") == [frozenset({"crane"})]
    assert asked_things("Who won the tender for the dredging?") == [frozenset({"tender"}), frozenset({"dredging"})]
    assert asked_things("And the notice period? What is the monthly rent?") == [frozenset({"notice"})]


def test_german_and_french_questions_want_what_english_ones_do() -> None:
    assert wanted_by("Wie lange dauert die Prüfung?").is_in("Sie dauert zwei Stunden.")
    assert not wanted_by("Wie lange dauert die Prüfung?").is_in("Sie findet in Raum 2 statt.")
    assert wanted_by("Quand ouvre la piscine ?").day
    assert wanted_by("Qui dirige le service ?").name
    assert "erhält" in related("bekommt")


@pytest.mark.parametrize(
    ("text", "is_cause"),
    [
        ("The order went to Panfield, since Corliss was late.", True),
        ("It has been closed since 2019.", False),
        ("Le port est fermé en raison de la tempête.", True),
        ("He brought a hammer, as well as nails.", False),
    ],
)
def test_a_clause_with_since_or_as_behind_a_comma_gives_a_cause(text: str, is_cause: bool) -> None:
    assert gives_cause(text) is is_cause


async def test_what_stands_below_a_heading_of_causes_is_why(tmp_path: Path, library_of: LibraryOf) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "Pump.md").write_text(
        "# Report on the pump\n\nThe pump stood still for two days.\n\n## Cause\n\nA seal had dried out.\n\n"
        "## Next steps\n\nSeals are changed every year.\n"
    )
    (folder / "Boiler.md").write_text("# Report on the boiler\n\nThe boiler was cold.\n\n## Cause\n\nIt had no oil.\n")
    library = library_of(folder)
    told = await ask(library, "Why did the pump stand still?")
    assert_sound(told, library)
    assert "A seal had dried out" in told.answer
    assert "oil" not in told.answer


async def test_a_later_change_is_told_though_it_has_fewer_of_the_words(tmp_path: Path, library_of: LibraryOf) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "First letter.txt").write_text(
        "Dear neighbours,\n\n12 January 2024\n\nThe demolition of the mill begins on 4 March 2024 at seven.\n"
    )
    (folder / "Second letter.txt").write_text(
        "Dear neighbours,\n\n20 February 2024\n\nThe demolition has been postponed to 8 April 2024.\n"
    )
    library = library_of(folder)
    told = await ask(library, "When does the demolition begin?")
    assert_sound(told, library)
    assert told.answer.index("8 April 2024") < told.answer.index("4 March 2024")
    assert (
        "Second letter (2024-02-20) is later than First letter (2024-01-12)" in told.warnings["later_document"].message
    )


async def test_a_day_that_was_brought_forward_answers_when(tmp_path: Path, library_of: LibraryOf) -> None:
    folder = tmp_path / "farm"
    folder.mkdir()
    (folder / "Note 2025-08-20.txt").write_text(
        "Note, 20 August 2025\n\nMowing of the meadow is brought forward to 2 September.\n"
    )
    (folder / "Barn.txt").write_text("The barn is behind the meadow. The barn doors are closed at ten.\n")
    library = library_of(folder)
    told = await ask(library, "When does the mowing of the meadow start?")
    assert_sound(told, library)
    assert "2 September" in told.answer


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Corliss Bank\n17 April 2024\n\nDear customer, on 3 May 2023 you wrote to us.", "2024-04-17"),
        ("Protokoll\nvom 14. Mai 2024\n", "2024-05-14"),
        ("The lease of 1 July 2020 between the town and the club has ended without a notice of either.", ""),
        ("Valid from 1 May 2024 to 30 April 2025\n", ""),
        ("LEASE\nThe lease runs until 11 November 2031.\n", ""),
    ],
)
def test_the_first_lines_of_a_letter_give_its_day(text: str, day: str) -> None:
    assert day_in_head(text) == day


def test_nouns_of_a_short_german_text_are_no_names() -> None:
    assert WordEvidence("Die Umstellung der Software wird auf den Montag verschoben.").nouns_have_capitals
    assert not WordEvidence("The Meridian group met in Oslo and the board of Halden was there.").nouns_have_capitals
