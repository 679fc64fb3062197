"""The times of a run, whenever its signs of work are counted."""

from hypothesis import given, strategies as st

from backend.runs.steering.stopwatch import Stopwatch

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["heard", "heard", "heard", "waiting", "paused", "both", "neither", "watched", "left"]),
        st.integers(0, 50),
    ),
    max_size=30,
)


@given(STEPS)
def test_a_sign_of_work_is_counted_as_if_at_once(steps: list[tuple[str, int]]) -> None:
    at_once, later, now = Stopwatch(0.0), Stopwatch(0.0), 0.0
    for what, passed in steps:
        now += passed
        for stopwatch in (at_once, later):
            if what == "heard":
                stopwatch.sign = now
            elif what in ("watched", "left"):
                stopwatch.watched(now, watched=what == "watched")
            else:
                stopwatch.stand(now, waiting=what in ("waiting", "both"), paused=what in ("paused", "both"))
        at_once.times(now)
    assert later.times(now) == at_once.times(now)


def test_work_ends_a_silence_and_moves_the_end_of_a_wait() -> None:
    stopwatch = Stopwatch(0.0)
    stopwatch.sign = 4.0
    assert stopwatch.times(10.0) == (10.0, 6.0, 10.0)
    stopwatch.stand(10.0, waiting=True, paused=False)
    stopwatch.sign = 12.0
    assert stopwatch.times(50.0) == (12.0, 0.0, 12.0), "what it does while its request is open is its own time"
    stopwatch.stand(50.0, waiting=False, paused=True)
    stopwatch.sign = 60.0
    assert stopwatch.times(70.0) == (12.0, 0.0, 12.0), "nothing is counted in a pause"
