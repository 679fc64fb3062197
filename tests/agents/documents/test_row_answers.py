"""Answers from rows of tables: three quarterly reports of an invented company."""

from pathlib import Path

import pytest

from backend.agents.documents.library import Library
from tests.agents.documents.asking import Told, ask, assert_sound

REPORT = """---
title: Tarnwick Holdings plc, {quarter}
company: Tarnwick Holdings plc
period: {quarter}
---
# Quarterly report of Tarnwick Holdings plc, {quarter}

## CONSOLIDATED STATEMENTS OF OPERATIONS (unaudited)

(In millions, except per share amounts)

| | Three Months Ended {end}, 2023 | Three Months Ended {end}, 2022 | Nine Months Ended {end}, 2023 |
|---|---|---|---|
| **Net sales:** | | | |
| Kettles | $ {kettles} | $ 190 | $ 600 |
| Toasters | 50 | 50 | 160 |
| Total net sales | {sales} | {sales_before} | 760 |
| Research and development | {research} | 21 | 66 |
| Net income (loss) | $ (12) | $ 9 | $ 31 |
| Diluted earnings per share | $ 1.20 | $ 0.90 | $ 3.10 |
| Cash dividends declared per common share | $ 0.15 | $ 0.14 | $ 0.45 |
| Kettles returned under warranty (number) | 310 | 280 | 905 |
| Repurchases of common stock | $ (14) | $ — | $ (20) |
| Effective tax rate | 21.5 % | 20.0 % | 21.0 % |

## CONSOLIDATED BALANCE SHEETS

(In millions)

| | {end}, 2023 | December 31, 2022 |
|---|---|---|
| Inventories | $ {stock} | $ 70 |
| Total assets | 1,900 | 1,800 |

Sales of kettles rose as the Company opened new shops.
"""
QUARTERS = (
    ("2023 Q1", "March 31", 200, 250, 240, 20, 80),
    ("2023 Q2", "June 30", 210, 260, 245, 23, 85),
    ("2023 Q3", "September 30", 220, 270, 255, 24, 88),
)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("reports")
    for quarter, end, kettles, sales, before, research, stock in QUARTERS:
        text = REPORT.format(
            quarter=quarter, end=end, kettles=kettles, sales=sales, sales_before=before, research=research, stock=stock
        )
        (folder / f"{quarter} tarnwick.md").write_text(text, "utf-8")
    library = Library(folder, tmp_path_factory.mktemp("data"))
    library.refresh()
    return library


async def told_of(reports: Library, question: str) -> Told:
    told = await ask(reports, question)
    assert_sound(told, reports)
    return told


async def test_a_course_gives_each_period_once_with_table_and_chart(reports: Library) -> None:
    told = await told_of(reports, "How have total net sales of Tarnwick changed over time?")
    assert "were $270 million in the three months ended September 30, 2023 [1]" in told.answer
    assert "went up, from $240 million [2] (+12.5 %, computed)" in told.answer
    assert told.answer.count("- Three months ended") == 6
    table = told.content("table")
    assert table["columns"] == ["Period", "Total net sales of Tarnwick Holdings"]
    assert table["rows"][-1] == ["Three months ended September 30, 2023", "270"]
    assert told.content("chart")["data"][0]["y"] == [240, 245, 255, 250, 260, 270]
    assert "760" not in told.answer, "a value of nine months stands in no line of quarters"


async def test_one_period_is_stated_in_a_sentence_with_the_year_before(reports: Library) -> None:
    told = await told_of(reports, "What was revenue in Q3 2023?")
    assert "were $270 million in the three months ended September 30, 2023 [1]" in told.answer
    assert "after $255 million a year before (+5.9 %, computed)" in told.answer
    first = told.citations[0]
    assert first.quote == "| Total net sales | 270 | 255 | 760 |"
    assert first.title == "Tarnwick Holdings plc, 2023 Q3: CONSOLIDATED STATEMENTS OF OPERATIONS (unaudited)"


@pytest.mark.parametrize(
    ("question", "stated"),
    [
        ("What was net income in Q2 2023?", "-$12 million in the three months ended June 30, 2023"),
        ("What was the effective tax rate in Q2 2023?", "21.5 % in the three months ended June 30, 2023"),
        ("What were earnings per share in Q1 2023?", "$1.20 in the three months ended March 31, 2023"),
        ("What was the R&D spending in Q3 2023?", "$24 million in the three months ended September 30, 2023"),
        ("What dividend per share was declared in Q1 2023?", "$0.15 in the three months ended March 31, 2023"),
        (
            "What was revenue in the quarter ended June 30, 2023?",
            "$260 million in the three months ended June 30, 2023",
        ),
        ("What were inventories on December 31, 2022?", "$70 million on December 31, 2022"),
        ("What were inventory levels in Q3 2023?", "$88 million on September 30, 2023"),
        ("What was the revenue from kettle sales in Q2 2023?", "Net sales (Kettles)"),
        ("What were share buybacks in Q3 2023?", "$14 million in the three months ended September 30, 2023"),
        ("What were share buybacks in Q3 2023?", "after $0 million a year before"),
        ("How many kettles were returned under warranty in Q3 2023?", "310 in the three months ended September 30"),
        ("How did R&D spending compare to revenue in Q3 2023?", "8.9 % of total net sales"),
        ("What share of total revenue came from kettles in Q3 2023?", "81.5 % of total net sales"),
    ],
)
async def test_the_figure_asked_for_leads(reports: Library, question: str, stated: str) -> None:
    told = await told_of(reports, question)
    assert stated in told.answer


@pytest.mark.parametrize(
    "question",
    [
        "What was the gross margin in Q3 2023?",
        "What was revenue from kitchen robots in Q3 2023?",
        "What was revenue in the quarter ended June 15, 2023?",
        "Who audits it?",
        "Why do kettles fail?",
    ],
)
async def test_nothing_is_stated_where_no_row_fits(reports: Library, question: str) -> None:
    told = await told_of(reports, question)
    assert told.artifact("table") is None
    assert "million" not in told.answer


async def test_a_breakdown_lists_the_parts_that_add_up(reports: Library) -> None:
    told = await told_of(reports, "What is the breakdown of revenue in Q3 2023?")
    assert "Of $270 million in the three months ended September 30, 2023:" in told.answer
    assert "- Kettles: $220 million (81.5 %, computed)" in told.answer
    assert "- Toasters: $50 million (18.5 %, computed)" in told.answer
    assert [row[0] for row in told.content("table")["rows"]][1:] == ["Kettles", "Toasters"]


async def test_every_row_shown_is_quoted_as_it_stands(reports: Library) -> None:
    told = await told_of(reports, "How did R&D spending compare to revenue across quarters?")
    assert len(told.citations) == 6
    for citation in told.citations:
        assert citation.quote
        assert citation.quote.startswith("| ")
        assert citation.quote.count("|") == 5


async def test_a_longer_stretch_than_the_quarter_asked_for_is_said_first(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    statement = (
        "# Tarnwick Holdings Inc. {quarter} report\n\nFor the quarterly period ended {end}, 2023\n\n"
        "## CONSOLIDATED STATEMENTS OF CASH FLOWS\n\n(In millions)\n\n"
        "| | {length} Months Ended {end}, 2023 | {length} Months Ended {end}, 2022 |\n|---|---|---|\n"
        "| Cash generated by operating activities | $ {now} | $ {before} |\n"
    )
    reported = (("2023 Q1", "March 31", "Three", 11, 9), ("2023 Q2", "June 30", "Six", 25, 20))
    for quarter, end, length, now, before in (*reported, ("2023 Q3", "September 30", "Nine", 40, 35)):
        text = statement.format(quarter=quarter, end=end, length=length, now=now, before=before)
        (tmp_path / "docs" / f"{quarter} tarnwick.md").write_text(text, "utf-8")
    library = Library(tmp_path / "docs", tmp_path / "data")
    library.refresh()
    longer = await told_of(library, "What was Tarnwick's cash flow from operating activities in Q3 2023?")
    assert longer.answer.startswith("The tables give no figure for the quarter by itself. Cash generated")
    assert "$40 million in the nine months ended September 30, 2023" in longer.answer
    alone = await told_of(library, "What was Tarnwick's cash flow from operating activities in Q1 2023?")
    assert alone.answer.startswith("Cash generated")
    course = await told_of(library, "How has Tarnwick's cash flow from operating activities changed?")
    assert "These periods differ in length, so that their figures do not compare:" in course.answer
