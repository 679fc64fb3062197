"""The player that both UIs replay with: a playhead on a clock that the test moves."""

from backend.present.timeline.player import Player
from backend.protocol.events import Event
from backend.protocol.playback import Playback
from tests.metrics.traces import done, status, token


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def player(opened_id: str = "run_1", *, ended: bool = True) -> tuple[Player, Clock]:
    timed: list[tuple[int, Event]] = [(0, status("s")), (400, token("a")), (800, status("s", "finished"))]
    if ended:
        timed.append((1000, done()))
    events: list[Event] = [
        event.model_copy(update={"seq": seq, "at_ms": float(at)}) for seq, (at, event) in enumerate(timed, start=1)
    ]
    clock = Clock()
    return Player(Playback(events), opened_id, now=clock), clock


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


def test_what_it_was_opened_by_says_what_may_be_done() -> None:
    own, shared, file = (player(opened_id)[0] for opened_id in ("run_1", "share_1", ""))
    assert [(each.shared, each.run_id) for each in (own, shared, file)] == [(False, "run_1"), (True, ""), (False, "")]
    running, cut_file = player(ended=False)[0], player("", ended=False)[0]
    assert (own.unfinished, running.unfinished, cut_file.unfinished) == (False, True, False)


def test_the_scrubber_is_told_of_every_move() -> None:
    moved, _ = player()
    told = [moved.scrubber()["moves"]]
    for speed in (2, 4):
        moved.set_speed(speed)
        told.append(moved.scrubber()["moves"])
    moved.seek(10)
    told.append(moved.scrubber()["moves"])
    assert told == [0, 1, 2, 3]
    assert moved.scrubber()["at_ms"] == 10
    assert moved.scrubber()["opened"] == "run_1"
