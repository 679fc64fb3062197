"""When a reader counts as stalled, on times of the test."""

from backend.api.control.stall import StallWatch


def test_a_reader_is_stalled_once_nothing_was_taken_for_the_whole_time() -> None:
    watch = StallWatch(stalled_s=8)
    assert watch.look_s == 1
    assert not watch.stalled(0, 500)
    assert not watch.stalled(7, 500)
    assert watch.stalled(8, 500)


def test_a_reader_who_takes_something_is_slow_and_one_who_has_everything_is_idle() -> None:
    watch = StallWatch(stalled_s=8)
    assert not watch.stalled(0, 500)
    assert not watch.stalled(8, 400)
    watch.sent()
    assert not watch.stalled(15, 400)
    assert not watch.stalled(100, 0)
    assert not watch.stalled(108, 0)


def test_a_ping_behind_what_waits_does_not_show_a_reader() -> None:
    watch = StallWatch(stalled_s=8)
    assert not watch.stalled(100, 500)
    assert not watch.stalled(104, 506)
    assert watch.stalled(108, 506)
