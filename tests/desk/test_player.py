"""What is played: a playhead on a clock that the test moves, and the moments that are drawn while it moves."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.desk.opened_run import OpenedRun
from backend.desk.player import Moment, Player, StripMove
from backend.protocol.events import Event
from backend.protocol.playback import Playback
from tests.metrics.traces import done, status, token


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def player() -> tuple[OpenedRun, Clock]:
    timed: list[tuple[int, Event]] = [
        (0, status("s")),
        (400, token("a")),
        (800, status("s", "finished")),
        (1000, done()),
    ]
    events: list[Event] = [
        event.model_copy(update={"seq": seq, "at_ms": float(at)}) for seq, (at, event) in enumerate(timed, start=1)
    ]
    clock = Clock()
    return OpenedRun(Playback(events), "run_1", is_open=True, now=clock), clock


def test_it_plays_by_the_clock_and_stops_at_the_end() -> None:
    playing, clock = player()
    playing.play()
    clock.now_s += 0.25
    assert playing.position_ms() == 250
    playing.set_speed(2)
    clock.now_s += 0.125
    assert playing.position_ms() == 500
    clock.now_s += 10
    assert playing.at_the_end()
    playing.pause()
    playing.play()
    assert playing.position_ms() == 0, "from the beginning again"


def test_asked_twice_to_play_it_plays_all_the_same() -> None:
    playing, clock = player()
    playing.play()
    clock.now_s += 0.25
    moves = playing.moves
    playing.play()
    assert (playing.position_ms(), playing.moves, playing.playhead.playing) == (250, moves, True)
    playing.pause()
    playing.pause()
    assert (playing.moves, playing.playhead.playing) == (moves + 1, False)


def test_it_jumps_to_events_and_no_further_than_the_ends() -> None:
    jumping, _ = player()
    stops = []
    for _ in range(5):
        jumping.jump(forward=True)
        stops.append(jumping.position_ms())
    assert stops == [400, 800, 1000, 1000, 1000]
    for _ in range(5):
        jumping.jump(forward=False)
    assert jumping.position_ms() == 0
    jumping.seek(99_999)
    assert jumping.position_ms() == 1000


def test_the_strip_learns_of_every_move() -> None:
    moved, _ = player()
    known = [moved.playhead_data()["moves"]]
    for speed in (2, 4):
        moved.set_speed(speed)
        known.append(moved.playhead_data()["moves"])
    moved.seek(10)
    known.append(moved.playhead_data()["moves"])
    assert known == [0, 1, 2, 3]
    assert moved.playhead_data()["at_ms"] == 10


def test_the_same_button_plays_and_pauses() -> None:
    pressed, clock = player()
    assert pressed.press_play()
    clock.now_s += 0.3
    assert not pressed.press_play()
    assert pressed.position_ms() == pytest.approx(300)
    assert not pressed.playhead.playing


def test_what_has_no_duration_does_not_play() -> None:
    empty = OpenedRun()
    assert not empty.press_play()
    assert empty.moves == 0


@pytest.mark.parametrize(
    ("fields", "at_ms", "playing", "speed"),
    [
        ({"ms": 300}, 300, True, 1.0),
        ({"ms": 300, "playing": True, "speed": 2}, 300, True, 2.0),
        ({"ms": 300, "playing": False, "speed": 4}, 300, False, 4.0),
        ({"ms": 5000, "playing": True}, 1000, True, 1.0),
        ({"ms": -5, "speed": 1e9}, 0, True, 1.0),
    ],
)
def test_a_move_takes_over_what_a_presenter_does(
    fields: dict[str, Any], at_ms: float, playing: bool, speed: float
) -> None:
    moved, _ = player()
    moved.play()
    move = StripMove.read(fields)
    assert move is not None
    assert not moved.move(move), "it was drawn already"
    assert (moved.position_ms(), moved.playhead.playing, moved.playhead.speed) == (at_ms, playing, speed)


def test_a_move_that_starts_to_play_has_to_be_drawn() -> None:
    moved, _ = player()
    assert moved.move(StripMove(100, playing=True, speed=1.0))
    assert not moved.move(StripMove(1000, playing=True)), "it plays already, to its end"
    assert StripMove.read({"ms": "0"}) is StripMove.read({}) is StripMove.read({"ms": float("nan")}) is None


async def moments(playing: Player, clock: Clock, every_s: float) -> AsyncIterator[Moment]:
    """The moments, with the clock moved on after each."""
    async for moment in playing.moments(every_s=0):
        yield moment
        clock.now_s += every_s


async def test_moments_come_until_the_end_and_the_last_one_stands_there() -> None:
    playing, clock = player()
    playing.press_play()
    seen = [moment async for moment in moments(playing, clock, 0.3)]
    assert [(moment.runs[0].elapsed_ms, moment.playing) for moment in seen] == [
        (0, True), (pytest.approx(300), True), (pytest.approx(600), True), (pytest.approx(900), True), (1000, False)
    ]  # fmt: skip
    assert [run.view.message.answer for moment in seen for run in moment.runs] == ["", "", "a", "a", "a"]
    assert "0:00.3 of 0:01.0" in seen[1].text
    assert all(run.still for moment in seen for run in moment.runs)


async def test_the_strip_is_sent_when_the_playhead_was_moved_and_at_the_end() -> None:
    playing, clock = player()
    playing.press_play()
    seen = []
    async for moment in moments(playing, clock, 0.2):
        seen.append(moment.strip is not None)
        if len(seen) == 2:
            playing.seek(500)
    assert seen == [True, False, True, False, True]


async def test_paused_it_shows_where_it_stopped() -> None:
    playing, clock = player()
    playing.press_play()
    seen = []
    async for moment in moments(playing, clock, 0.3):
        seen.append((moment.runs[0].elapsed_ms, moment.playing))
        if len(seen) == 1:
            clock.now_s += 0.2
            playing.press_play()
    assert seen == [(0, True), (pytest.approx(200), False)]


async def test_of_two_that_draw_the_newest_one_does() -> None:
    playing, clock = player()
    playing.press_play()
    first, second = playing.moments(every_s=0), playing.moments(every_s=0)
    assert (await anext(first)).playing
    assert (await anext(second)).playing
    assert [moment async for moment in first] == [], "the older one says nothing more"
    clock.now_s += 9
    assert [moment.playing async for moment in second] == [False]


async def test_what_does_not_play_is_shown_once() -> None:
    standing, _ = player()
    assert [moment.playing async for moment in standing.moments()] == [False]
