"""A later attempt of a run: what it leaves standing is the run, for every reader of events."""

import pytest
from hypothesis import given, strategies as st

from backend.metrics.delivery import duplicates, lost
from backend.metrics.trace import Trace
from backend.protocol.attempts import beginning, resumed_after, standing, steps_back
from backend.protocol.checks import check
from backend.protocol.cursor import Cursor
from backend.protocol.events import KnownEvent, StatusEvent, TokenEvent, UnknownEvent, WarningEvent, parse_event, stamp
from backend.protocol.playback import Playback
from backend.protocol.run_view import RunView
from backend.protocol.sse import encode_event
from backend.protocol.view import fold, reduce, view_at
from backend.runs.frames import frame_data
from tests.strategies import runs

START = RunView.start("Is it rising?")


def later_attempt(first: list[KnownEvent], kept: int, second: list[KnownEvent], attempt: int = 2) -> list[KnownEvent]:
    """The events of an attempt that continues the first one's log after so many of its events."""
    at_ms = first[kept - 1].at_ms if kept else 0.0
    continued = [stamp(event, kept + event.seq, at_ms + event.at_ms) for event in second]
    lost_worker = stamp(WarningEvent(code="worker_lost"), kept + 1, at_ms)
    moved = [stamp(event, event.seq + 1, event.at_ms) for event in continued]
    return [beginning(lost_worker, attempt, Cursor(attempt - 1, kept)), *moved]


@given(runs(), runs(), st.data())
def test_what_a_later_attempt_left_out_is_in_no_view(
    first: list[KnownEvent], second: list[KnownEvent], data: st.DataObject
) -> None:
    kept = data.draw(st.integers(0, len(first) - 1))
    shown = data.draw(st.integers(kept, len(first) - 1))
    later = later_attempt(first, kept, second)
    whole, captured = [*first[:kept], *later], [*first[:shown], *later]
    assert standing(captured) == whole
    assert fold(START, captured) == fold(START, whole)
    assert check(captured) == check(whole)
    assert Playback(captured).events == tuple(whole)
    trace = Trace.of_server_times("server", captured)
    assert trace.events == tuple(whole)
    assert (duplicates(trace), lost(trace)) == (0, 0)
    before = [event for event in captured if event.at_ms < later[0].at_ms]
    if before and before[-1].at_ms < later[0].at_ms:
        assert view_at(captured, before[-1].at_ms, "Is it rising?") == fold(START, before)


@given(runs(), runs(), st.data())
def test_a_view_that_is_further_says_what_it_misses(
    first: list[KnownEvent], second: list[KnownEvent], data: st.DataObject
) -> None:
    first = [stamp(TokenEvent(text="a"), 1, 0.0), *(stamp(event, event.seq + 1, event.at_ms) for event in first)]
    kept = data.draw(st.integers(0, len(first) - 2))
    shown = data.draw(st.integers(kept + 1, len(first) - 1))
    later = later_attempt(first, kept, second)
    view = reduce(fold(START, first[:shown]), later[0])
    assert (view.stream.last_seq, view.stream.attempt, view.stream.duplicates) == (kept + 1, 2, 0)
    assert [(gap.expected, gap.got) for gap in view.stream.gaps] == [(shown + 1, kept + 1)]
    again = reduce(view, later[0])
    assert (again.stream.duplicates, again.message) == (1, view.message)


def test_an_attempt_that_continues_the_log_is_no_gap_and_no_step_back() -> None:
    first: list[KnownEvent] = [
        stamp(StatusEvent(step_id="a", step="retrieving"), 1, 1.0),
        stamp(TokenEvent(text="a"), 2, 2.0),
    ]
    following = beginning(stamp(TokenEvent(text="b"), 3, 3.0), 2, Cursor(1, 2))
    view = fold(fold(START, first), [following])
    assert (view.message.answer, view.stream.gaps, view.stream.attempt) == ("ab", (), 2)
    assert not steps_back(following, 2)
    assert steps_back(following, 3)


def test_the_first_event_of_an_attempt_is_read_as_it_was_written() -> None:
    written = beginning(stamp(TokenEvent(text="b"), 3, 3.0), 2, Cursor(1, 2))
    assert parse_event(frame_data(encode_event(written, 2))) == written
    assert resumed_after(written) == Cursor(1, 2)


@pytest.mark.parametrize("fields", [{"attempt": 0}, {"attempt": 2, "resumes_after": 7}, {"attempt": "x", "seq": 4}])
def test_a_stamp_that_cannot_be_read_is_kept_and_harms_nothing(fields: dict[str, object]) -> None:
    event = parse_event({"type": "token", "text": "x", **fields})
    assert isinstance(event, UnknownEvent)
    assert event.problem


@pytest.mark.parametrize("resumes_after", ["", "x", "1-", None])
def test_an_attempt_that_does_not_say_where_it_continues_leaves_nothing_out(resumes_after: str | None) -> None:
    events = [
        stamp(TokenEvent(text="a"), 1, 0.0),
        TokenEvent(seq=2, text="b", attempt=2, resumes_after=resumes_after),
    ]
    assert fold(START, events).message.answer == "ab"
