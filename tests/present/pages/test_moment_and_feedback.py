"""A moment of a run in words, earlier turns, and what people said."""

from dataclasses import dataclass
from typing import Literal

import pytest

from backend.client.review_replies import Feedback
from backend.present.pages.conversation import EarlierTurn, earlier_turns_html
from backend.present.pages.feedback import feedback_html
from backend.present.timeline.moment_text import moment_clock, moment_html, moment_text
from backend.protocol.events import DoneEvent, StatusEvent, TokenEvent, UnknownEvent
from backend.protocol.inputs import Person
from backend.protocol.playback import Playback
from tests.present.html_reader import Fragment, visible
from tests.present.samples import answered, cited, hostile_run, numbered

HOSTILE = "<script>alert(1)</script>[x](javascript:alert(1))"


@dataclass(frozen=True)
class Said:
    thumb: Literal["up", "down"] | None
    comment: str = ""
    at_ms: float | None = None
    by: Person | None = None
    created_at: str = "2026-11-23T10:00:00Z"
    question: str = "Why?"


PLAYBACK = Playback(
    numbered(
        [
            StatusEvent(step="retrieving", at_ms=100),
            cited(1, "10-Q").model_copy(update={"at_ms": 200.0}),
            TokenEvent(text="Yes.", at_ms=300),
            DoneEvent(at_ms=4000),
        ]
    )
)


@pytest.mark.parametrize(
    ("at_ms", "said"),
    [
        (0, "No event yet; the first one comes in 100 ms."),
        (100, "Event 1 of 4: step Searching the documents, running"),
        (250, "Event 2 of 4, 50 ms before: citation [1] 10-Q"),
        (300, "Event 3 of 4: answer “Yes.”"),
        (9000, "Event 4 of 4, 5.0 s before: the end, completed"),
    ],
)
def test_a_moment_tells_what_came_last(at_ms: float, said: str) -> None:
    assert moment_text(PLAYBACK, at_ms) == said


def test_a_recording_without_events_says_so() -> None:
    assert moment_text(Playback([]), 0) == "This recording contains no events."


def test_the_clock_stands_beside_the_duration() -> None:
    assert moment_clock(PLAYBACK, 1250) == "0:01.2 of 0:04.0"


def test_a_moment_stays_text() -> None:
    playback = Playback([UnknownEvent(type=HOSTILE, seq=1), TokenEvent(text=HOSTILE, seq=2, at_ms=5)])
    for at_ms in (0, 5):
        assert Fragment(moment_html(playback, at_ms)).problems == []


def test_earlier_turns_have_anchors_of_their_own() -> None:
    turn = answered("Rising [1].", citations=(cited(1, "10-Q"),))
    html = earlier_turns_html([EarlierTurn("run_a", turn), EarlierTurn("run_b", turn)])
    read = Fragment(html)
    assert read.problems == []
    assert len(read.ids) == len(set(read.ids)) == 4
    assert {link.removeprefix("#") for link in read.links if link.startswith("#")} < set(read.ids)
    assert [link for link in read.links if not link.startswith("#")] == ["replay?run=run_a", "replay?run=run_b"]
    assert "1 source" in visible(html)
    assert earlier_turns_html([]) == ""


def test_an_earlier_turn_that_did_not_complete_says_so() -> None:
    events = numbered([TokenEvent(text="Half", at_ms=1), DoneEvent(outcome="cancelled", partial=True, at_ms=2)])
    shown = visible(earlier_turns_html([EarlierTurn("run_a", Playback(events, "Why?").view_at(2))]))
    assert "Why?" in shown
    assert "The run was stopped." in shown


def test_hostile_turns_are_inert() -> None:
    assert Fragment(earlier_turns_html([EarlierTurn("run_a", hostile_run(HOSTILE))])).problems == []


def test_feedback_says_what_when_and_of_which_moment() -> None:
    by = Person(name=HOSTILE)
    remarks = [Said("up", "Good source.", 3400), Said(None, HOSTILE, by=by), Said(None, "Why?", by=Person(name="Ana"))]
    html = feedback_html(remarks, with_question=True)
    assert Fragment(html).problems == []
    shown = visible(html)
    assert "Why? Helpful, at 0:03.4, 2026-11-23 10:00 Good source." in shown
    assert "Why? Ana, 2026-11-23 10:00 Why?" in shown
    assert visible(feedback_html([])) == "No feedback yet."
    vote = Feedback(feedback_id="fb", run_id="run_a", thumb=None, comment="", at_ms=None)
    assert visible(feedback_html([vote])) == "No feedback yet.", "a vote says nothing in words"
