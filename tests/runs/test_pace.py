"""How far apart rounds are, by what they bring."""

import asyncio

from hypothesis import given, strategies as st

from backend.runs.pace import RATE_WINDOW_S, Distance, RoundPace, Rounds
from tests.runs.timed_loop import TimedLoop, due_until

DISTANCE = Distance(shortest_s=0.001, longest_s=0.025, few_a_second=100, for_rate_s=0.000_05)


def rest_at(rate: float, seconds: float = 3.0) -> float:
    """The distance once so many things a second have been served for a while, in rounds as far apart as it says."""
    pace, now, rest_s, left = RoundPace(DISTANCE), 0.0, DISTANCE.shortest_s, 0.0
    while now < seconds:
        now += rest_s
        left += rate * rest_s
        rest_s = pace.rest_s(now, int(left))
        left -= int(left)
    return rest_s


def test_few_things_are_served_at_the_shortest_distance() -> None:
    assert rest_at(60) == DISTANCE.shortest_s


def test_many_things_are_served_at_the_longest_distance() -> None:
    assert 0.95 * DISTANCE.longest_s <= rest_at(5000) <= DISTANCE.longest_s


def test_the_distance_grows_with_the_rate() -> None:
    assert rest_at(60) < rest_at(200) < rest_at(400) < rest_at(2000)


def test_a_rush_is_forgotten_after_quiet_windows() -> None:
    pace = RoundPace(DISTANCE)
    for window in range(1, 8):
        rushed = pace.rest_s(window * RATE_WINDOW_S, 1000)
    for window in range(8, 20):
        quiet = pace.rest_s(window * RATE_WINDOW_S, 1)
    assert quiet < 1.1 * DISTANCE.shortest_s < rushed


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 100_000)), max_size=50))
def test_whatever_comes_the_distance_stays_within_its_bounds(rounds: list[tuple[float, int]]) -> None:
    pace, now = RoundPace(DISTANCE), 0.0
    for passed, served in rounds:
        now += passed
        assert DISTANCE.shortest_s <= pace.rest_s(now, served) <= DISTANCE.longest_s


def moments_of_rounds(things_a_second: float, seconds: float = 2.0) -> list[float]:
    """When the rounds began of a task that has so many things to do."""
    loop, found = TimedLoop(), []

    async def work() -> None:
        rounds, done = Rounds(DISTANCE), 0
        while True:
            await rounds.rest()
            found.append(loop.time())
            due = int(loop.time() * things_a_second)
            rounds.served(due - done)
            done = due

    async def play() -> None:
        working = asyncio.ensure_future(work())
        while loop.passed_s < seconds:
            await due_until(loop, loop.passed_s + 0.001)
        working.cancel()
        await asyncio.wait([working])

    try:
        loop.run_until_complete(play())
    finally:
        loop.close()
    return found


def test_rounds_of_a_busy_task_are_far_apart_and_those_of_an_idle_one_are_close() -> None:
    busy, idle = (len([at for at in moments_of_rounds(rate) if at > 1.0]) for rate in (1000, 20))
    assert busy < 50
    assert idle > 450


def test_a_round_that_somebody_wants_comes_at_once_and_so_does_one_with_more_to_do() -> None:
    async def play() -> None:
        loop = asyncio.get_running_loop()
        rounds, wanted = Rounds(Distance(3600, 3600, 0, 0)), asyncio.Event()
        await rounds.rest()
        rounds.served(1, more=True)
        await rounds.rest()
        rounds.served(1)
        waiting = loop.create_task(rounds.rest(wanted))
        await asyncio.sleep(0)
        assert not waiting.done()
        wanted.set()
        await waiting

    asyncio.run(play())
