"""A run in one line, where people choose one from a list."""

import pytest

from backend.present.pages.run_titles import run_title
from backend.present.words import history as words_history, run as words


@pytest.mark.parametrize(
    ("outcome", "said"), [("completed", words.OUTCOME_WORDS["completed"]), (None, words_history.RUNNING)]
)
def test_it_says_what_was_asked_of_whom_when_and_how_it_ended(outcome: str | None, said: str) -> None:
    title = run_title("Is it\nrising?", "documents", "2026-11-23T10:05:59.120+00:00", outcome)  # type: ignore[arg-type]
    assert title == f"Is it rising? · documents · 2026-11-23 10:05 · {said}"


def test_what_is_not_known_is_left_out_and_what_is_long_is_cut() -> None:
    title = run_title("x" * 500, "", "", "failed")
    assert title.endswith(f"… · {words.OUTCOME_WORDS['failed']}")
    assert len(title) < 120
