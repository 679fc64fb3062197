"""Past runs found, listed page by page and looked at, with a backend that is there, away, slow or unwilling."""

import asyncio

import pytest

from backend.desk.run_history import OUTCOME_CHOICES, SearchTerms
from backend.desk.run_search import CONVERSATIONS_OFFERED, LONGEST_TITLE, RUNS_A_PAGE
from backend.present.pages.problem import Problem
from backend.present.words import history as words_history
from tests.desk.fake_history import REFUSED, HeldCall
from tests.desk.history_tab import HistoryTab


@pytest.fixture
def tab() -> HistoryTab:
    return HistoryTab()


async def test_an_opened_page_lists_all_runs_the_newest_first_and_what_to_search_by(tab: HistoryTab) -> None:
    tab.backend.add("First?", session="one")
    tab.backend.add("Second?", session="two")
    await tab.open()
    state = tab.state
    assert tab.questions == ["Second?", "First?"]
    assert [choice.title for choice in state.agents] == [words_history.ALL_AGENTS, "Annual reports", "scripted:brief"]
    assert [choice.name for choice in state.conversations] == ["", "two", "one"]
    assert (state.complete, state.notice, state.more, state.chosen) == (True, None, False, None)
    assert ("sessions", CONVERSATIONS_OFFERED) in tab.backend.calls


async def test_the_list_comes_before_what_to_search_by(tab: HistoryTab) -> None:
    tab.backend.add("First?")
    await tab.search_desk.open(tab.history)
    seen = [(len(state.runs), state.offered) async for state in tab.search_desk.proceed(tab.history)]
    assert seen == [(1, False), (1, False), (1, True)]


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ((" FIRST ", "", "", ""), ["The first one?"]),
        (("", "scripted:brief", "", ""), ["Number three?"]),
        (("", "", "running", ""), ["Number three?"]),
        (("", "", "failed", ""), ["The second one?"]),
        (("", "", "", "talk"), ["The second one?", "The first one?"]),
        (("one", "reports", "completed", "talk"), ["The first one?"]),
        ((None, None, None, None), ["Number three?", "The second one?", "The first one?"]),
    ],
)
async def test_runs_are_found_by_text_agent_outcome_and_conversation(
    tab: HistoryTab, terms: tuple[str, str, str, str], found: list[str]
) -> None:
    tab.backend.add("The first one?", session="talk")
    tab.backend.add("The second one?", session="talk", outcome="failed")
    tab.backend.add("Number three?", agent="scripted:brief", outcome=None)
    await tab.open()
    await tab.search(*terms)
    assert tab.questions == found


def test_every_outcome_can_be_searched_by() -> None:
    names = [choice.name for choice in OUTCOME_CHOICES]
    assert names == ["", "running", "completed", "cancelled", "timed_out", "failed", "interrupted"]
    assert all(choice.title for choice in OUTCOME_CHOICES)


async def test_an_empty_list_says_whether_it_was_searched(tab: HistoryTab) -> None:
    assert tab.state.notice is None
    await tab.open()
    assert tab.state.notice == Problem("no_runs")
    await tab.search(" ", "", "", "")
    assert tab.state.notice == Problem("no_runs")
    await tab.search("x", "", "", "")
    assert tab.state.notice == Problem("no_run_fits")


async def test_pages_follow_one_another_and_a_search_begins_with_the_first(tab: HistoryTab) -> None:
    for number in range(2 * RUNS_A_PAGE + 1):
        tab.backend.add(f"Question {number}?")
    await tab.open()
    for pages in (1, 2):
        assert (len(tab.state.runs), tab.state.more) == (pages * RUNS_A_PAGE, True)
        await tab.search_desk.extend(tab.history)
        await tab.settle()
    assert tab.questions == [f"Question {number}?" for number in reversed(range(2 * RUNS_A_PAGE + 1))]
    assert not tab.state.more
    tab.backend.names()
    await tab.search_desk.extend(tab.history)
    await tab.settle()
    assert tab.backend.names() == []
    await tab.search("question", "", "", "")
    assert (len(tab.state.runs), tab.state.more) == (RUNS_A_PAGE, True)


async def test_a_field_that_is_left_searches_only_for_what_was_not_searched_yet(tab: HistoryTab) -> None:
    await tab.open()
    tab.backend.names()
    await tab.search_desk.search(tab.history, " ", "", "", "", again=False)
    await tab.settle()
    assert tab.backend.names() == []
    await tab.search_desk.search(tab.history, "new", "", "", "", again=False)
    await tab.settle()
    assert tab.backend.names() == ["runs"]
    await tab.search("new", "", "", "")
    assert tab.backend.names() == ["runs"]


async def test_a_field_that_is_left_does_not_take_back_the_choice_made_by_that_click(tab: HistoryTab) -> None:
    run_id = tab.backend.add("First?")
    await tab.open()
    await tab.search_desk.choose(tab.history, run_id)
    await tab.search_desk.search(tab.history, "", "", "", "", again=False)
    await tab.settle()
    assert tab.history.run_id == run_id


async def test_a_chosen_run_is_shown_with_its_conversation_and_its_feedback_the_newest_first(tab: HistoryTab) -> None:
    run_id = tab.backend.add("First?", session="talk")
    tab.backend.titles["talk"] = "Revenue"
    tab.backend.say(run_id, "old")
    tab.backend.say(run_id, "new")
    await tab.open()
    await tab.choose(run_id)
    chosen = tab.state.chosen
    assert chosen is not None
    assert (chosen.run.question, chosen.conversation) == ("First?", "Revenue")
    assert [item.comment for item in chosen.feedback] == ["new", "old"]
    assert tab.history.run_id == run_id
    await tab.choose(None)
    assert (tab.state.chosen, tab.history.run_id) == (None, "")


async def test_a_chosen_run_that_has_ended_since_is_listed_as_ended(tab: HistoryTab) -> None:
    run_id = tab.backend.add("First?", outcome=None)
    await tab.open()
    tab.backend.past[0] = tab.backend.past[0].model_copy(update={"outcome": "failed"})
    await tab.choose(run_id)
    assert tab.state.chosen is not None
    assert [tab.state.chosen.run.outcome, tab.state.runs[0].outcome] == ["failed", "failed"]


async def test_a_chosen_run_stays_when_the_search_does_not_show_it(tab: HistoryTab) -> None:
    run_id = tab.backend.add("First?")
    tab.backend.add("Second?")
    await tab.open()
    await tab.choose(run_id)
    await tab.search("second", "", "", "")
    assert (tab.questions, tab.history.run_id) == (["Second?"], run_id)


async def test_what_is_on_the_page_stays_until_the_details_of_the_next_run_have_come(tab: HistoryTab) -> None:
    first, second = tab.backend.add("First?"), tab.backend.add("Second?")
    await tab.open()
    await tab.choose(first)
    await tab.search_desk.choose(tab.history, second)
    assert (tab.state.chosen_id, tab.history.run_id) == (second, first)
    await tab.settle()
    assert tab.history.run_id == second


async def test_a_run_that_was_deleted_elsewhere_is_not_listed_any_more(tab: HistoryTab) -> None:
    first, second = tab.backend.add("First?"), tab.backend.add("Second?")
    await tab.open()
    await tab.backend.delete_run(first)
    await tab.choose(first)
    assert tab.state.notice == Problem("run_not_found", words_history.RUN_GONE)
    assert (tab.questions, tab.history.run_id, tab.state.chosen_id) == (["Second?"], "", "")
    await tab.choose(second)
    assert tab.state.notice is None
    assert tab.history.run_id == second


async def test_a_faster_choice_wins(tab: HistoryTab) -> None:
    slow, fast = tab.backend.add("Slow?"), tab.backend.add("Fast?")
    await tab.open()
    held = tab.backend.held["feedback"] = HeldCall()
    await tab.search_desk.choose(tab.history, slow)
    first = asyncio.create_task(tab.settle())
    await held.reached.wait()
    await tab.search_desk.choose(tab.history, fast)
    tab.backend.held.clear()
    await tab.settle()
    held.answered.set()
    await first
    assert tab.history.run_id == fast


async def test_a_search_that_is_overtaken_does_what_is_left_of_it_with_the_next_one(tab: HistoryTab) -> None:
    run_id = tab.backend.add("First?")
    held = tab.backend.held["runs"] = HeldCall()
    await tab.search_desk.open(tab.history)
    first = asyncio.create_task(tab.settle())
    await held.reached.wait()
    held.answered.set()
    await tab.choose(run_id)
    await first
    assert (tab.questions, tab.history.run_id, tab.state.complete) == (["First?"], run_id, True)


async def test_titles_of_conversations_are_cut_and_never_empty(tab: HistoryTab) -> None:
    tab.backend.add("x" * 200, session="long")
    tab.backend.add("", session="untitled")
    await tab.open()
    titles = [choice.title for choice in tab.state.conversations[1:]]
    assert titles == ["untitled", "x" * (LONGEST_TITLE - 1) + "…"]


async def test_what_is_searched_by_is_always_on_offer(tab: HistoryTab) -> None:
    await tab.search("", "recording:gone", "", "old")
    assert "recording:gone" in [choice.name for choice in tab.state.agents]
    assert "old" in [choice.name for choice in tab.state.conversations]


async def test_a_page_that_is_opened_again_keeps_search_and_choice_and_fetches_all_anew(tab: HistoryTab) -> None:
    run_id = tab.backend.add("First?")
    await tab.open()
    await tab.search_desk.search(tab.history, "first", "", "", "")
    await tab.choose(run_id)
    tab.backend.add("The first of all?")
    tab.backend.say(run_id, "new")
    await tab.open()
    assert tab.questions == ["The first of all?", "First?"]
    assert tab.state.terms == SearchTerms("first")
    assert tab.state.chosen is not None
    assert [item.comment for item in tab.state.chosen.feedback] == ["new"]


async def test_while_the_backend_is_away_the_page_says_so_and_continues_by_itself(tab: HistoryTab) -> None:
    tab.backend.add("First?")
    tab.backend.away, tab.backend.back_after = True, 3
    await tab.search_desk.open(tab.history)
    notices = [state.notice and state.notice.notice async for state in tab.search_desk.proceed(tab.history)]
    assert notices == ["backend_down", None, None, None, None]
    assert (tab.questions, tab.state.complete) == (["First?"], True)


async def test_what_is_listed_stays_while_the_backend_is_away(tab: HistoryTab) -> None:
    run_id = tab.backend.add("First?")
    await tab.open()
    tab.backend.away, tab.backend.back_after = True, 1
    await tab.search_desk.choose(tab.history, run_id)
    seen = [(state.notice is None, len(state.runs)) async for state in tab.search_desk.proceed(tab.history)]
    assert seen == [(False, 1), (True, 1), (True, 1)]
    assert tab.history.run_id == run_id


async def test_whoever_waits_for_the_backend_stops_once_something_else_is_wanted(tab: HistoryTab) -> None:
    tab.backend.add("First?")
    tab.backend.away = True
    await tab.search_desk.open(tab.history)
    first = asyncio.create_task(tab.settle())
    await tab.backend.asked.wait()
    await tab.search_desk.search(tab.history, "first", "", "", "")
    second = asyncio.create_task(tab.settle())
    tab.backend.back_after = tab.backend.trials + 5
    await asyncio.gather(first, second)
    assert (tab.state.notice, tab.questions) == (None, ["First?"])
    assert len([call for call in tab.backend.calls if call[0] == "runs"]) == 3, "one each while away, one afterwards"


@pytest.mark.parametrize("call", ["runs", "agents", "session"])
async def test_a_refusal_is_shown_and_what_is_missing_is_tried_again_with_the_next_click(
    tab: HistoryTab, call: str
) -> None:
    tab.backend.refusals[call] = REFUSED
    run_id = tab.backend.add("First?")
    await tab.search_desk.open(tab.history)
    await tab.choose(run_id)
    assert tab.state.notice == Problem("refused", REFUSED.sentence)
    tab.backend.refusals.clear()
    await tab.settle()
    assert tab.state.notice is None
    assert tab.state.complete
