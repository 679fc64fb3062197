"""Feedback given on the page of a run, and listed for all runs."""

import pytest

from backend.desk.feedback import GivenOnPage, RunFeedback
from backend.present.pages.problem import Problem
from backend.present.words import ask as words_ask
from tests.desk.fake_history import REFUSED, FakeHistory


@pytest.fixture
def backend() -> FakeHistory:
    return FakeHistory()


@pytest.fixture
def feedback(backend: FakeHistory) -> RunFeedback:
    return RunFeedback(backend, between_trials_s=0)


async def test_a_thumb_and_a_comment_are_saved_with_who_said_them_and_what_they_are_about(
    backend: FakeHistory, feedback: RunFeedback
) -> None:
    run_id = backend.add("What is it?")
    ana = {"name": "Ana", "id": "ticket"}
    assert (await feedback.give({"run": run_id, "thumb": "up", "at_ms": 1234.5, "by": ana})).given is not None
    said = await feedback.give({"run": run_id, "comment": "  Well said.\n", "by": ana, "reply_to": "fb_1"})
    assert said.sentence == words_ask.FEEDBACK_KEPT
    assert [(item.thumb, item.comment, item.at_ms, item.reply_to) for item in backend.given] == [
        ("up", "", 1234.5, None),
        (None, "Well said.", None, "fb_1"),
    ]
    assert {item.by and item.by.name for item in backend.given} == {"Ana"}
    # A ticket of an earlier server is no reason to lose what was said.
    backend.forged = True
    assert (await feedback.give({"run": run_id, "thumb": "up", "by": ana})).sentence == words_ask.FEEDBACK_KEPT


async def test_what_cannot_be_saved_is_answered_in_a_sentence(backend: FakeHistory, feedback: RunFeedback) -> None:
    run_id = backend.add("What is it?")
    assert await feedback.give({"run": run_id, "comment": " \n "}) == GivenOnPage(words_ask.COMMENT_EMPTY)
    for said in ({}, {"run": run_id, "thumb": "sideways"}, {"run": run_id, "comment": "x", "more": 1}):
        assert await feedback.give(said) == GivenOnPage(words_ask.FEEDBACK_NOT_SENT)
    assert backend.calls == []
    backend.refusals["give_feedback"] = REFUSED
    assert await feedback.give({"run": run_id, "comment": "x"}) == GivenOnPage(REFUSED.sentence)
    backend.away = True
    assert await feedback.give({"run": run_id, "thumb": "down"}) == GivenOnPage("Nobody answers.")


async def test_all_feedback_is_listed_the_newest_first(backend: FakeHistory, feedback: RunFeedback) -> None:
    run_id = backend.add("What is it?")
    for comment in ("old", "newer", "newest"):
        backend.say(run_id, comment)
    (listed,) = [item async for item in feedback.of_all_runs()]
    assert not isinstance(listed, Problem)
    assert [item.comment for item in listed] == ["newest", "newer", "old"]


async def test_while_the_backend_is_away_the_list_says_so_and_comes_by_itself(
    backend: FakeHistory, feedback: RunFeedback
) -> None:
    backend.away, backend.back_after = True, 2
    seen = [item async for item in feedback.of_all_runs()]
    assert seen == [Problem("backend_down", "Nobody answers."), ()]


async def test_a_list_that_is_refused_says_why(backend: FakeHistory, feedback: RunFeedback) -> None:
    backend.refusals["feedback"] = REFUSED
    assert [item async for item in feedback.of_all_runs()] == [Problem("refused", REFUSED.sentence)]
