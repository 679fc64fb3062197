"""Which figures a question asks for."""

import pytest
from hypothesis import given, strategies as st

from backend.agents.documents.figures.wanted_measures import requested


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How have Globex's total net sales changed over time?", [("revenue", ())]),
        ("How has Globex's revenue from Gadget sales fluctuated across quarters?", [("revenue", ("gadget",))]),
        ("Any trends in Globex's Night Market segment revenue over the periods?", [("revenue", ("night",))]),
        ("How much did Globex spend on R&D in Q1 2023?", [("research development", ())]),
        ("What was cash flow from operating activities in Q3 2022?", [("operating cash flow", ())]),
        ("Which effective tax rate did Globex report?", [("effective tax rate", ())]),
        ("Has Globex engaged in any share repurchase activities?", [("share repurchase", ())]),
        ("Changes in debt structure or interest costs?", [("debt", ()), ("interest expense", ())]),
        ("What were sales of gadgets and gizmos?", [("revenue", ("gadget",)), ("revenue", ("gizmo",))]),
        ("How do inventory levels reflect on the supply chain?", [("inventory", ())]),
        ("What does the report say on revenue recognition?", []),
        ("How many days of leave do employee benefits include?", []),
        ("What legal proceedings are disclosed?", []),
    ],
)
def test_a_question_names_measures_and_their_members(question: str, wanted: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(one.measure, one.member) for one in requested(question, ["Globex Inc."]).wanted] == wanted


def test_a_share_of_the_whole_wants_both() -> None:
    asked = requested("What percentage of total revenue did the Gadgets segment contribute in Q3 2023?")
    assert asked.is_share
    assert [(one.measure, one.member) for one in asked.wanted] == [("revenue", ("gadget",)), ("revenue", ())]


def test_two_measures_may_be_compared() -> None:
    asked = requested("How did operating expenses for Q1 2023 compare to revenue for the same quarter?")
    assert asked.is_compared
    assert [one.measure for one in asked.wanted] == ["operating expense", "revenue"]


@given(st.text(max_size=200))
def test_any_text_is_a_request(text: str) -> None:
    assert len(requested(text).wanted) <= 4
