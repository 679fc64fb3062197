"""Follow-up questions: read together with the question before where they lean on it, and the run says so."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from backend.agents.documents.library import Library
from backend.agents.documents.periods import Period
from backend.agents.documents.search.follow_up import RequestInContext, understand_in_turn
from backend.agents.documents.search.question import Concept, understand
from tests.agents.documents.asking import Told, ask, assert_sound
from tests.api.backend_server import BackendServer
from tests.api.readers import finish
from tests.api.test_agents import until_ready

REVENUE = "What was data center revenue in FY2026 Q3?"
RISING = "Is data center revenue rising?"


def knows_all(concepts: Sequence[Concept]) -> list[bool]:
    return [True] * len(concepts)


def knows_none(concepts: Sequence[Concept]) -> list[bool]:
    return [False] * len(concepts)


def asked(text: str, *earlier: str) -> RequestInContext:
    return understand_in_turn(text, earlier, knows_all)


def words(found: RequestInContext) -> list[str]:
    return [one.word for one in found.question.concepts if one.kind != "period"]


def detail_of(told: Told) -> str:
    """What the retrieving step says at its end."""
    return next(one.detail or "" for one in reversed(told.statuses) if one.step_id == "retrieve")


LEANING = [
    "And the quarter before?",
    "What about gaming?",
    "how about Gaming in FY2026 Q2?",
    "And automotive revenue?",
    "Is it rising?",
    "Was its growth slower?",
    "Which quarter was the highest?",
    "And in FY2026 Q1?",
    "Und der Umsatz mit Gaming?",
]
ALONE = [
    "What are supply commitments?",
    "Who are the customers?",
    "What are the main risks?",
    "And how large are the supply commitments and the purchase obligations?",
    "Why?",
    "",
    "???",
]


@pytest.mark.parametrize("text", LEANING)
def test_a_question_that_says_too_little_is_read_with_the_one_before(text: str) -> None:
    found = asked(text, REVENUE)
    assert found.joined == (REVENUE,)
    assert {"data", "center", "revenue"} <= set(words(found))


@pytest.mark.parametrize("text", ALONE)
def test_a_question_that_says_enough_stands_alone(text: str) -> None:
    assert asked(text, REVENUE) == RequestInContext(understand(text))


@pytest.mark.parametrize("text", ["What about football?", "And its weather?"])
def test_a_word_the_documents_lack_makes_a_question_stand_alone(text: str) -> None:
    assert understand_in_turn(text, [REVENUE], knows_none) == RequestInContext(understand(text))
    assert understand_in_turn(text, [REVENUE], knows_all).joined == (REVENUE,)


@pytest.mark.parametrize("text", LEANING)
def test_the_first_question_of_a_session_stands_alone(text: str) -> None:
    assert asked(text) == RequestInContext(understand(text))


def test_its_own_words_count_more_and_the_more_recent_ones_more_than_the_rest() -> None:
    found = asked("And automotive?", RISING, "What about gaming?")
    importance = {one.word: one.importance for one in found.question.concepts}
    assert importance["automotive"] > importance["gaming"] > importance["revenue"] > 0
    assert found.joined == (RISING, "What about gaming?")


def test_a_chain_ends_at_a_question_that_stands_alone_and_after_three() -> None:
    assert asked("And gaming?", "Who are the customers?", REVENUE).joined == (REVENUE,)
    follow_ups = [f"And in FY2026 Q{quarter}?" for quarter in (1, 2, 3)]
    found = asked("And gaming?", REVENUE, *follow_ups)
    assert found.joined == tuple(follow_ups)
    assert "revenue" not in words(found)


PERIODS = [
    ("And the quarter before?", REVENUE, "FY2026 Q2"),
    ("And a year earlier?", REVENUE, "FY2025 Q3"),
    ("What about the previous quarter?", REVENUE, "FY2026 Q2"),
    ("And the one before that?", REVENUE, "FY2026 Q2"),
    ("What about the next quarter?", "What was revenue in FY2025 Q4?", "FY2026 Q1"),
    ("And the following year?", "What was revenue in FY2025?", "FY2026"),
    ("And in FY2025 Q1?", REVENUE, "FY2025 Q1"),
    ("What about gaming?", REVENUE, "FY2026 Q3"),
    ("And the month before?", "What was revenue in January 2025?", "2024-12"),
]


@pytest.mark.parametrize(("text", "before", "label"), PERIODS, ids=[row[0] for row in PERIODS])
def test_a_period_is_its_own_or_counted_from_the_earlier_one_or_kept(text: str, before: str, label: str) -> None:
    found = asked(text, before)
    assert ([period.label for period in found.question.periods], found.unresolved) == ([label], "")
    assert [one.word for one in found.question.concepts if one.kind == "period"] == [label]


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("And the quarter before?", RISING),
        ("And the quarter before?", "What was revenue in FY2025?"),
        ("And the month before?", REVENUE),
        ("And the previous quarter?", "How did revenue go from FY2025 Q1 to FY2026 Q1?"),
    ],
)
def test_a_distance_from_no_one_period_is_said_to_be_unclear(text: str, before: str) -> None:
    assert asked(text, before).unresolved in text
    assert asked(text, before).unresolved


def test_what_is_asked_about_carries_over_unless_it_is_asked_anew() -> None:
    gaming = asked("And gaming?", RISING).question
    assert (gaming.is_yes_or_no, gaming.direction) == (True, "rising")
    falling = asked("Is it falling?", RISING).question
    assert (falling.is_yes_or_no, falling.direction) == (True, "falling")
    highest = asked("Which quarter was the highest?", RISING).question
    assert (highest.is_yes_or_no, highest.direction, highest.extreme) == (False, "", "highest")


@given(st.lists(st.text(max_size=60), max_size=5), st.text(max_size=60))
def test_no_text_is_too_strange(earlier: list[str], text: str) -> None:
    found = understand_in_turn(text, earlier, knows_all)
    assert list(found.joined) == earlier[len(earlier) - len(found.joined) :]
    assert all(one.importance > 0 for one in found.question.concepts)
    alone = [one.word for one in understand(text).concepts if one.kind != "period"]
    if not found.joined:
        assert words(found) == alone


@given(
    st.builds(Period, st.integers(1950, 2050), st.integers(1, 4), fiscal=st.booleans())
    | st.builds(Period, st.integers(1950, 2050), month=st.integers(1, 12)),
    st.sampled_from(["quarter", "month", "year", "one"]),
    st.integers(-20, 20),
)
def test_counting_forth_and_back_leads_to_where_it_began(period: Period, unit: str, by: int) -> None:
    there = period.shifted(unit, by)
    if there is None:
        assert unit == ("month" if period.quarter else "quarter")
    else:
        assert there.shifted(unit, -by) == period
        assert (there.sort_key > period.sort_key) == (by > 0)
        assert there.fiscal == period.fiscal


def test_a_day_and_a_year_are_not_counted_in_what_they_do_not_have() -> None:
    assert Period(2025, month=3, day=1).shifted("one", -1) is None
    assert Period(2025).shifted("quarter", -1) is None
    assert Period(2025).shifted("one", -1) == Period(2024)


async def test_the_quarter_before_is_told(sample: Library) -> None:
    told = await ask(sample, "And the quarter before?", REVENUE)
    assert_sound(told, sample)
    assert "Data center was USD 41,096 million in FY2026 Q2" in told.answer
    assert detail_of(told).startswith(f"Read together with the question before: “{REVENUE}” · ")
    log = next(one.tool for one in reversed(told.statuses) if one.step_id == "retrieve")
    assert log is not None
    assert isinstance(log.arguments, dict)
    assert log.arguments["read_together_with"] == [REVENUE]


async def test_another_word_stands_in_for_the_earlier_one(sample: Library) -> None:
    told = await ask(sample, "What about gaming?", REVENUE)
    assert_sound(told, sample)
    assert "Gaming was USD 4,265 million in FY2026 Q3" in told.answer
    verdict = await ask(sample, "And gaming?", RISING)
    assert verdict.answer.startswith("By this measure, yes. Platform revenue: Gaming rose")
    chained = await ask(sample, "Which quarter was the highest?", RISING, "And gaming?")
    assert chained.answer.startswith("The highest figure of Platform revenue: Gaming is USD 4,287 million in FY2026 Q2")
    assert detail_of(chained).startswith(f"Read together with the questions before: “{RISING}”, “And gaming?” · ")


async def test_a_question_that_stands_alone_is_answered_as_it_always_was(sample: Library) -> None:
    question = "How large are supply commitments?"
    told, alone = await ask(sample, question, REVENUE), await ask(sample, question)
    assert told.drafts == alone.drafts
    assert "Read together" not in detail_of(told)


async def test_what_the_documents_lack_is_not_answered_with_the_question_before(sample: Library) -> None:
    told = await ask(sample, "What about football?", REVENUE)
    assert not told.is_found
    assert "Read together" not in detail_of(told)
    why = await ask(sample, "Why?", REVENUE)
    assert not why.is_found


async def test_a_period_that_is_not_clear_is_warned_of(sample: Library) -> None:
    told = await ask(sample, "And the quarter before?", RISING)
    assert_sound(told, sample)
    assert "“the quarter before”" in told.warnings["period_unclear"].message
    assert told.warnings["period_unclear"].step_id == "retrieve"


async def test_a_long_question_before_is_shortened_where_it_is_shown(sample: Library) -> None:
    before = f"What was data center revenue in FY2026 Q3, {'as far as anybody can tell, ' * 50}by then?"
    told = await ask(sample, "And gaming?", before)
    assert len(detail_of(told)) < 250
    assert "…”" in detail_of(told)


async def test_earlier_answers_are_never_searched(sample: Library) -> None:
    told = await ask(sample, "And the quarter before?", "What was automotive revenue in FY2026 Q3?")
    assert "Automotive was USD 586 million in FY2026 Q2" in told.answer
    assert "Gaming" not in told.answer


@pytest.mark.server
def test_a_session_carries_the_question_over(tmp_path: Path) -> None:
    with BackendServer(tmp_path) as backend, backend.client() as client:
        until_ready(client)
        first, _ = finish(client, "documents", question=REVENUE)
        session_id = client.get(f"/v1/runs/{first}").json()["session_id"]
        second, _ = finish(client, "documents", question="And the quarter before?", session_id=session_id)
        view = client.get(f"/v1/runs/{second}").json()["view"]
        assert "Data center was USD 41,096 million in FY2026 Q2" in view["message"]["answer"]
        assert view["stream"]["steps"][0]["detail"].startswith(f"Read together with the question before: “{REVENUE}”")
        elsewhere, _ = finish(client, "documents", question="And the quarter before?")
        view = client.get(f"/v1/runs/{elsewhere}").json()["view"]
        assert "Read together" not in view["stream"]["steps"][0]["detail"]
