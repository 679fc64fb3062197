"""The status line, its metrics, and the states a run can be in."""

from typing import get_args

import pytest

from backend.present.pages.notices import error_html, header_html, notice_html
from backend.present.pages.status import elapsed_of, metric_values, metrics_html, status_html
from backend.present.words import run as words
from backend.protocol.events import DoneEvent, ErrorEvent, Outcome, StatusEvent, TokenEvent
from backend.protocol.inputs import PAUSED, STEERING, InputRequest
from backend.protocol.run_view import RunView
from tests.present.html_reader import Fragment, visible
from tests.present.samples import answered, view_of

WORK = StatusEvent(step_id="w", step="w", label="Searching")
ASKS = StatusEvent(
    step_id="a", step="a", label="Which company", state="waiting", request=InputRequest(input_id="i", prompt="Which?")
)


def running() -> RunView:
    return view_of(
        StatusEvent(step_id="r", step="retrieving", at_ms=40),
        StatusEvent(step_id="r", step="retrieving", state="finished", at_ms=900),
        StatusEvent(step_id="s", step="summarizing", at_ms=910),
        *(TokenEvent(text="word ", at_ms=1000 + 50 * index) for index in range(5)),
    )


def test_the_metrics_are_those_of_the_definitions() -> None:
    assert metric_values(running(), 2000.0) == {
        "ttfs_ms": 40.0,
        "ttft_ms": 1000.0,
        "elapsed_ms": 2000.0,
        "token_events_per_s": 20.0,
        "longest_gap_ms": 860.0,
    }


def test_the_silence_that_is_going_on_counts() -> None:
    assert metric_values(running(), 4200.0)["longest_gap_ms"] == 3000.0


def test_missing_is_a_dash_and_never_zero() -> None:
    values = metric_values(RunView.start(), 300.0)
    assert (values["ttfs_ms"], values["ttft_ms"], values["token_events_per_s"]) == (None, None, None)
    assert visible(metrics_html(RunView.start(), 300.0)).count("–") == 3
    assert visible(status_html(RunView.start(), 300.0)) == "Connecting"


def test_the_end_stops_the_clock() -> None:
    view = view_of(StatusEvent(step="retrieving", at_ms=10), DoneEvent(at_ms=4000, latency_ms=3990))
    assert elapsed_of(view, 99_000.0) == 3990.0
    assert "ph-ticking" not in status_html(view, 99_000.0)
    assert "4.0 s" in visible(status_html(view, 99_000.0))


def test_a_running_clock_counts_in_the_browser() -> None:
    assert "animation-delay:-2000ms" in status_html(running(), 2000.0)


@pytest.mark.parametrize(
    ("view", "activity"),
    [
        (RunView.start(), "Connecting"),
        (running(), "Writing the answer"),
        (running().with_phase("reconnecting"), "Reconnecting"),
        (
            view_of(StatusEvent(step_id="a", step="fetch_notes"), StatusEvent(step_id="b", step="x", label="Page 3")),
            "Page 3",
        ),
        (view_of(TokenEvent(text="x")), "Writing the answer"),
        (view_of(StatusEvent(step_id="a", step="a", state="finished")), "Working"),
        (view_of(DoneEvent(outcome="cancelled", partial=True)), "Stopped"),
        (view_of(WORK, StatusEvent(step_id="m", step=STEERING, mode="queue")), "Searching"),
        (view_of(WORK, ASKS), "Waiting for you: Which company"),
        (view_of(WORK, ASKS, StatusEvent(step_id="p", step=PAUSED, mode="exact")), "Paused"),
        (view_of(WORK, StatusEvent(step_id="p", step=PAUSED, mode="hold")), "On hold"),
    ],
)
def test_the_line_says_what_happens_now(view: RunView, activity: str) -> None:
    assert visible(status_html(view)).startswith(activity)
    assert words.announcement(view).startswith(activity)


@pytest.mark.parametrize("outcome", ["cancelled", "timed_out", "failed", "interrupted"])
def test_every_end_but_a_good_one_is_explained(outcome: Outcome) -> None:
    view = view_of(TokenEvent(text="half an ans"), DoneEvent(outcome=outcome, partial=True))
    text = visible(error_html(view))
    assert text.startswith(words.OUTCOME_WORDS[outcome])
    assert "The answer so far is kept." in text
    assert Fragment(error_html(view)).problems == []


def test_an_error_says_its_own_sentence_and_whether_to_retry() -> None:
    error = ErrorEvent(code="model_down", message="The model did not answer.", retryable=True)
    text = visible(error_html(view_of(error, DoneEvent(outcome="failed"))))
    assert text == "Failed The model did not answer. Try again."


def test_a_good_end_is_silent_and_an_empty_answer_is_not() -> None:
    assert error_html(answered("Yes.")) == ""
    assert "without writing an answer" in visible(error_html(answered("")))


def test_a_lost_connection_is_said_while_it_lasts() -> None:
    assert "reconnects and continues by itself" in visible(error_html(running().with_phase("reconnecting")))
    assert error_html(running()) == ""


@pytest.mark.parametrize("name", sorted(words.NOTICES))
def test_every_notice_has_a_look(name: str) -> None:
    assert Fragment(notice_html(name)).problems == []
    assert "own words" in visible(notice_html(name, "own words"))


def test_the_header_explains_the_page() -> None:
    assert words.EXPLANATION in visible(header_html())


def test_every_outcome_has_its_word() -> None:
    assert set(words.OUTCOME_WORDS) == set(get_args(Outcome))
