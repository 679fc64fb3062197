"""Answers from the reports of two invented companies: the right one, its figure, its row, a refusal, a comparison."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.agents.documents.library import Library
from tests.agents.documents.asking import Told, ask, assert_sound
from tests.agents.documents.two_companies import write_two_companies

FIRST_SOURCES = [
    ("What was the total revenue of Brightwater in Q2 2024?", "2024 Q2 Brightwater.pdf"),
    ("How did Brightwater's total revenue develop over the quarters?", "2024 Q3 Brightwater.pdf"),
    ("Why did Brightwater's research and development expense grow in Q3 2024?", "2024 Q3 Brightwater.pdf"),
    ("What legal matters does Brightwater report in the latest quarter?", "2024 Q3 Brightwater.pdf"),
    ("What were Calder's total sales in Q1 2024?", "2024 Q1 Calder.md"),
    ("Why did Calder's sales of biscuits change in Q2 2024?", "2024 Q2 Calder.md"),
    ("Does Calder hedge the price of wheat?", "2024 Q3 Calder.md"),
    ("What was Brightwater's capital expenditure in Q2 2024?", "Brightwater cash 2024.xlsx"),
    ("How did Calder's inventories change over the quarters?", "Calder balance 2024.docx"),
]
STATED = [
    ("What was the total revenue of Brightwater in Q2 2024?", "491"),
    ("What was Brightwater's service revenue in Q1 2024?", "88"),
    ("What were Calder's total sales in Q1 2024?", "1,845"),
    ("Why did Brightwater's research and development expense grow in Q2 2024?", "higher headcount"),
    ("Why did Calder's sales of biscuits change in Q2 2024?", "new bakeries in the north"),
    ("What legal matters does Brightwater report?", "Harrow patent"),
    ("Does Calder hedge the price of wheat?", "does not hedge the price of wheat"),
    ("What was Brightwater's capital expenditure in Q2 2024?", "34"),
    ("How did Brightwater's operating cash flow develop over the quarters?", "90"),
    ("What was Calder's total debt on June 30, 2024?", "870"),
    ("Why did Calder's inventories change in Q2 2024?", "flour was bought before its price went up"),
]
OF_OTHERS = [
    "What was the total revenue of Lumen Optics in Q2 2024?",
    "Who owns Zephyr Bakeries?",
    "How did Granite Motors' sales develop?",
    "What does Orchard Telecom say about its network?",
    "What did Jane Miller say about Calder?",
    "What is the weather in Paris?",
]
OF_OTHER_PERIODS = [
    "What was Brightwater's total revenue in Q4 2024?",
    "What was Brightwater's total revenue in Q1 2021?",
    "What were Calder's total sales in 2019?",
    "How much pasta did Calder sell in Q2 2030?",
    "Why did Brightwater's research and development expense grow in Q4 2022?",
]
OF_OTHER_MATTERS = [
    "Who is the chief executive of Brightwater?",
    "Who is the chairman of Calder Foods?",
    "How many employees does Brightwater have?",
    "How many bakeries does Calder own?",
    "What is Calder's dividend?",
    "What is Brightwater's share price?",
    "What was Brightwater's marketing expense in Q2 2024?",
    "What was Calder's research and development expense in Q1 2024?",
    "What was the revenue of Brightwater in Japan?",
    "When was Brightwater founded?",
    "When does the Harrow patent expire?",
    "How much did Brightwater pay to settle the Harrow suit?",
    "Does Calder hedge currency risk?",
    "Which bank lends money to Calder?",
    "How much sugar does Calder buy?",
    "What is Brightwater's effective tax rate?",
    "Where is the headquarters of Calder?",
    "What are the terms of Brightwater's credit facility?",
    "How many lenses did Brightwater produce in Q3 2024?",
]


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The six reports."""
    folder: Path = tmp_path_factory.mktemp("companies")
    write_two_companies(folder)
    library = Library(folder, tmp_path_factory.mktemp("companies-data"))
    library.refresh()
    yield library
    library.close()


def sources(told: Told) -> list[str | None]:
    return [citation.document_id for citation in told.citations]


@pytest.mark.parametrize(("question", "source"), FIRST_SOURCES)
async def test_the_right_report_is_cited_first(companies: Library, question: str, source: str) -> None:
    told = await ask(companies, question)
    assert_sound(told, companies)
    assert sources(told)[0] == source


@pytest.mark.parametrize(("question", "stated"), STATED)
async def test_what_is_asked_for_is_stated(companies: Library, question: str, stated: str) -> None:
    told = await ask(companies, question)
    assert_sound(told, companies)
    assert stated in told.answer
    asked = "Brightwater" if "Brightwater" in question else "Calder"
    assert all(asked in (source or "") for source in sources(told))


async def test_a_figure_cites_its_row_at_its_page(companies: Library) -> None:
    told = await ask(companies, "What was the total revenue of Brightwater in Q2 2024?")
    (row,) = told.citations
    assert row.quote is not None
    assert row.quote.startswith("Total revenue")
    assert row.locator is not None
    assert row.locator.page == 2
    assert told.artifact("table") is not None


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("How did Calder's inventories change over the quarters?", ["310", "342", "335"]),
        ("How did Brightwater's capital expenditure develop over the quarters?", ["31", "34", "29"]),
    ],
)
async def test_a_course_over_the_columns_of_an_office_file_is_listed_and_charted(
    companies: Library, question: str, values: list[str]
) -> None:
    told = await ask(companies, question)
    assert_sound(told, companies)
    (trace,) = told.content("chart")["data"]
    assert [f"{value:g}" for value in trace["y"]] == values
    assert all(f": {value} million" in told.answer for value in values)


async def test_a_measure_without_a_row_is_named(companies: Library) -> None:
    told = await ask(companies, "How did Calder's total sales compare to its advertising costs in Q2 2024?")
    assert_sound(told, companies)
    assert "1,965" in told.answer
    assert "No table row was found for “advertising costs of Calder" in told.answer


async def test_both_companies_are_compared(companies: Library) -> None:
    question = "Compare the total sales of Calder Foods with the total revenue of Brightwater in Q3 2024"
    told = await ask(companies, question)
    assert_sound(told, companies)
    assert "1,890" in told.answer
    assert "548" in told.answer
    assert set(sources(told)) == {"2024 Q3 Calder.md", "2024 Q3 Brightwater.pdf"}
    assert "other_subject" not in told.warnings


@pytest.mark.parametrize("question", [*OF_OTHERS, *OF_OTHER_PERIODS, *OF_OTHER_MATTERS])
async def test_what_is_not_there_is_not_answered(companies: Library, question: str) -> None:
    told = await ask(companies, question)
    assert_sound(told, companies)
    assert not told.is_found


async def test_a_period_without_a_report_is_named(companies: Library) -> None:
    told = await ask(companies, "What was Brightwater's total revenue in Q4 2024?")
    assert "No document is of 2024 Q4." in told.answer


async def test_what_every_period_says_word_for_word_is_shown_once(companies: Library) -> None:
    told = await ask(companies, "How have the legal matters of Brightwater changed over the quarters?")
    assert_sound(told, companies)
    assert told.answer.count("Harrow patent") == 1
    assert set(sources(told)) == {f"2024 Q{number} Brightwater.pdf" for number in (1, 2, 3)}


async def test_no_answer_quotes_cover_text_disclaimers_or_signatures(companies: Library) -> None:
    for question in ("Is Brightwater a shell company?", "Who signed the report of Brightwater?"):
        told = await ask(companies, question)
        assert "check mark" not in told.quotes
        assert "duly caused" not in told.quotes
    told = await ask(companies, "What legal matters may differ in Brightwater's report?")
    assert "Forward-looking" not in told.quotes
