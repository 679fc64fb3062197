"""Feedback given on the page of a run, and listed for all runs."""

import pytest

from backend.desk.feedback import RunFeedback, SentComment
from backend.present.pages.problem import Problem
from backend.present.words import ask as words_ask
from tests.desk.fake_history import REFUSED, FakeHistory
from tests.desk.test_sharing import ShownRun


@pytest.fixture
def backend() -> FakeHistory:
    return FakeHistory()


@pytest.fixture
def feedback(backend: FakeHistory) -> RunFeedback:
    return RunFeedback(backend, between_trials_s=0)


@pytest.mark.parametrize("moment_ms", [None, 1234.5])
async def test_a_thumb_is_about_the_moment_that_is_looked_at(
    backend: FakeHistory, feedback: RunFeedback, moment_ms: float | None
) -> None:
    run = ShownRun(backend.add("What is it?"), moment_ms=moment_ms)
    assert await feedback.rate(run, "up") == words_ask.FEEDBACK_KEPT
    assert await feedback.rate(run, "down") == words_ask.FEEDBACK_KEPT
    assert [(item.thumb, item.comment, item.at_ms) for item in backend.given] == [
        ("up", "", moment_ms),
        ("down", "", moment_ms),
    ]


async def test_a_comment_is_kept_without_the_spaces_around_it_and_its_field_folded_away(
    backend: FakeHistory, feedback: RunFeedback
) -> None:
    run = ShownRun(backend.add("What is it?"), commenting=True, moment_ms=20.0)
    assert await feedback.comment(run, "  Well said.\n") == SentComment(kept=True, sentence=words_ask.FEEDBACK_KEPT)
    assert [(item.thumb, item.comment, item.at_ms) for item in backend.given] == [(None, "Well said.", 20.0)]
    assert not run.commenting


async def test_an_empty_comment_is_answered_in_a_sentence_and_not_sent(
    backend: FakeHistory, feedback: RunFeedback
) -> None:
    run = ShownRun(backend.add("What is it?"), commenting=True)
    assert await feedback.comment(run, " \n ") == SentComment(kept=False, sentence=words_ask.COMMENT_EMPTY)
    assert (run.commenting, backend.calls) == (True, [])


async def test_feedback_that_could_not_be_sent_is_not_kept(backend: FakeHistory, feedback: RunFeedback) -> None:
    run = ShownRun(backend.add("What is it?"), commenting=True)
    backend.refusals["give_feedback"] = REFUSED
    assert await feedback.comment(run, "Well said.") == SentComment(kept=False, sentence=REFUSED.sentence)
    assert run.commenting
    backend.away = True
    assert await feedback.rate(run, "up") == "Nobody answers."


async def test_the_field_for_a_comment_unfolds_and_folds_and_takes_the_link_away(
    backend: FakeHistory, feedback: RunFeedback
) -> None:
    run = ShownRun(backend.add("What is it?"), share_id="share_1")
    assert (await feedback.toggle_comment(run), run.commenting, run.share_id) == ("", True, "")
    assert (await feedback.toggle_comment(run), run.commenting) == ("", False)


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
