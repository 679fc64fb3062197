"""Codes: once, and soon."""

from backend.access.one_time_codes import CODE_VALID_S, OneTimeCodes, new_code


def test_a_code_is_worth_something_once_and_for_five_minutes() -> None:
    now = [0.0]
    codes = OneTimeCodes(lambda: now[0])
    used, late = new_code(), new_code()
    codes.add(used, "host")
    codes.add(late, "host")
    assert codes.use(f"{used}x") is None
    assert [codes.use(used), codes.use(used)] == ["host", None]
    now[0] = CODE_VALID_S + 1
    assert codes.use(late) is None
