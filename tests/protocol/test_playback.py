"""Scrubbing: every moment equals the plain fold, jumps stop where something begins, the playhead needs no clock."""

import tracemalloc

import pytest
from hypothesis import given, strategies as st

import backend.protocol.playback
from backend.protocol.events import DoneEvent, KnownEvent, StatusEvent, TokenEvent
from backend.protocol.playback import SPEEDS, Playback, Playhead
from backend.protocol.view import view_at
from tests.strategies import runs

TIMES = st.floats(-10, 300_000)


@pytest.fixture(autouse=True)
def frequent_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of a test are short: with a view kept after every third event, moves go over several of them."""
    monkeypatch.setattr(backend.protocol.playback, "_CHECKPOINT_EVENTS", 3)


@given(runs(), st.lists(TIMES, min_size=1, max_size=6))
def test_any_moment_in_any_order_is_the_view_at_that_time(events: list[KnownEvent], moments: list[float]) -> None:
    playback = Playback(events, "Is it rising?")
    for t_ms in [*moments, *(event.at_ms for event in events)]:
        assert playback.view_at(t_ms) == view_at(events, t_ms, "Is it rising?")


@given(runs(), TIMES)
def test_the_last_event_that_had_come(events: list[KnownEvent], t_ms: float) -> None:
    index = Playback(events).event_index_at(t_ms)
    assert index == sum(event.at_ms <= t_ms for event in events) - 1


def test_a_time_that_goes_back_hides_nothing_before_it() -> None:
    events: list[KnownEvent] = [
        TokenEvent(text="a", seq=1, at_ms=50),
        TokenEvent(text="b", seq=2, at_ms=10),
        DoneEvent(seq=3, at_ms=60),
    ]
    playback = Playback(events)
    for t_ms in (0, 10, 49, 50, 59, 60):
        assert playback.view_at(t_ms) == view_at(events, t_ms)
    assert playback.duration_ms == 60


def test_a_run_without_events_is_empty_at_any_time() -> None:
    playback = Playback([], "Why?")
    assert playback.duration_ms == 0
    assert playback.view_at(1000) == view_at([], 1000, "Why?")
    assert playback.next_event_ms(0) is None
    assert playback.previous_event_ms(0) is None
    assert playback.event_index_at(5) == -1


@given(runs())
def test_jumps_visit_every_beginning_once_and_come_back_the_same_way(events: list[KnownEvent]) -> None:
    playback = Playback(events)
    forward = []
    t_ms: float | None = -1.0
    while (t_ms := playback.next_event_ms(-1.0 if t_ms is None else t_ms)) is not None:
        forward.append(t_ms)
    assert set(forward) >= {event.at_ms for event in events if not isinstance(event, TokenEvent)}
    backward = []
    t_ms = playback.duration_ms + 1
    while (t_ms := playback.previous_event_ms(t_ms)) is not None:
        backward.append(t_ms)
    assert backward == forward[::-1]


def test_tokens_that_follow_each_other_are_one_stop() -> None:
    events: list[KnownEvent] = [
        StatusEvent(step="retrieving", seq=1, at_ms=10),
        *(TokenEvent(text="x", seq=seq, at_ms=seq * 100) for seq in range(2, 6)),
        StatusEvent(step="summarizing", seq=6, at_ms=600),
        TokenEvent(text="y", seq=7, at_ms=700),
        DoneEvent(seq=8, at_ms=800),
    ]
    playback = Playback(events)
    assert playback.next_event_ms(10) == 200
    assert playback.next_event_ms(200) == 600
    assert playback.next_event_ms(0, {"token"}) == 200
    assert playback.next_event_ms(200, {"token"}) == 700
    assert playback.previous_event_ms(800, {"status"}) == 600
    assert playback.next_event_ms(0, {"citation"}) is None


@given(st.sampled_from(SPEEDS), st.floats(0, 1000), st.floats(0, 1000))
def test_the_playhead_moves_by_its_speed_and_stops_at_the_end(speed: float, start_s: float, waits_s: float) -> None:
    playing = Playhead(speed=speed).play(start_s)
    there = start_s + waits_s
    assert playing.position_ms(there, 500_000) == pytest.approx(min((there - start_s) * 1000 * speed, 500_000))
    paused = playing.pause(there, 500_000)
    assert paused.position_ms(there + 99, 500_000) == paused.at_ms
    assert playing.with_speed(8.0, there, 500_000).position_ms(there, 500_000) == paused.at_ms
    assert playing.seek(250.0, there).position_ms(there, 500_000) == 250.0


def test_play_at_the_end_begins_anew() -> None:
    ended = Playhead(at_ms=400.0).play(7.0, 400.0)
    assert ended.position_ms(7.0, 400.0) == 0.0
    assert not ended.has_ended(7.1, 400.0)
    assert ended.has_ended(7.4, 400.0)


def test_a_speed_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Playhead().with_speed(0, 0.0)


def test_memory_grows_with_the_text_and_not_with_its_square() -> None:
    def peak(count: int) -> int:
        events = [TokenEvent(seq=seq, at_ms=float(seq), text="word ") for seq in range(1, count + 1)]
        tracemalloc.start()
        try:
            Playback(events).view_at(float(count))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(40_000) < 2 * 4 * peak(10_000)
