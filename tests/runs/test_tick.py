"""The distances between ticks."""

import itertools

import pytest

from backend.runs.tick import LONGEST_REST_S, SHORTEST_REST_S, Tick
from tests.runs.timed_loop import TimedLoop, due_until


def ticks_of(streams: int, rate: float, seconds: float) -> list[float]:
    """When the ticks came that served so many streams, each with so many events a second."""
    loop = TimedLoop()
    found: list[float] = []

    async def play() -> None:
        tick = Tick(keep=lambda: found.append(loop.time()))
        served = [lambda stream=stream: stream for stream in range(streams)]
        for number in range(round(seconds * streams * rate)):
            tick.add([served[number % streams]])
            until = loop.passed_s + 1 / (streams * rate)
            await due_until(loop, until)

    try:
        loop.run_until_complete(play())
    finally:
        loop.close()
    return found


def rests(found: list[float], after_s: float = 0.3) -> list[float]:
    """The times between ticks, once the rate is known."""
    late = [at for at in found if at > after_s]
    return [after - before for before, after in itertools.pairwise(late)]


@pytest.mark.parametrize(("streams", "least_s", "most_s"), [(20, 0.001, 0.003), (100, 0.02, 0.035), (200, 0.02, 0.04)])
def test_ticks_keep_their_distance_by_what_they_serve(streams: int, least_s: float, most_s: float) -> None:
    found = rests(ticks_of(streams, 50, 0.5))
    assert min(found) >= max(SHORTEST_REST_S, least_s) - 1e-9
    assert max(found) <= min(LONGEST_REST_S + 0.005, most_s)


def test_events_that_share_a_tick_do_not_make_the_distances_swing() -> None:
    found = rests(ticks_of(50, 50, 1.5), after_s=1.0)
    assert 0.022 <= min(found) <= max(found) <= 0.025


def test_one_quick_stream_is_served_at_the_shortest_distance() -> None:
    assert max(rests(ticks_of(1, 900, 0.5))) <= 2 * SHORTEST_REST_S
