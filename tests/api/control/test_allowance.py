"""How many commands a connection may send, on a clock of the test."""

from backend.api.control.allowance import Allowance


def test_so_many_at_once_and_then_as_fast_as_the_bucket_fills() -> None:
    now = [100.0]
    allowance = Allowance(lambda: now[0], per_second=4)
    assert [allowance.take() for _ in range(5)] == [True] * 4 + [False]
    now[0] += 0.5
    assert [allowance.take() for _ in range(3)] == [True, True, False]
    now[0] += 1000
    assert [allowance.take() for _ in range(5)] == [True] * 4 + [False]
