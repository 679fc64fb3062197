"""How long somebody who was wrong has to wait."""

from backend.doors.failed_attempts import FORGIVEN_AFTER_S, MOST_ADDRESSES, MOST_FAILURES, FailedAttempts


def test_an_address_waits_after_its_failures_and_no_other_does() -> None:
    now = [0.0]
    attempts = FailedAttempts(lambda: now[0])
    for _ in range(MOST_FAILURES):
        assert attempts.wait_s("a") == 0
        attempts.note("a")
    assert attempts.wait_s("a") == FORGIVEN_AFTER_S
    assert attempts.wait_s("b") == 0
    now[0] += FORGIVEN_AFTER_S
    assert attempts.wait_s("a") == 0
    attempts.note("a")
    assert attempts.wait_s("a") > 0


def test_it_remembers_only_so_many_addresses() -> None:
    attempts = FailedAttempts(lambda: 0.0)
    for number in range(MOST_ADDRESSES + 1):
        for _ in range(MOST_FAILURES if number == 0 else 1):
            attempts.note(str(number))
    assert attempts.wait_s("0") == 0
