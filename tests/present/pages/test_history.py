"""A past run in a list."""

from backend.client.replies import RunSummary
from backend.present.pages.history import listed_question, listed_run
from backend.present.pages.run_titles import LONGEST_QUESTION


def test_a_question_is_cut_at_one_length_in_every_list_of_the_history() -> None:
    run = RunSummary(run_id="run_1", question="x" * 500, agent="documents", created_at="2026-11-23T10:05:30Z")
    assert listed_question(run) == "x" * (LONGEST_QUESTION - 1) + "…"
    assert listed_run(run) == f"{listed_question(run)} · documents · 2026-11-23 10:05 · Running"


def test_a_run_without_a_question_is_listed_by_its_id() -> None:
    run = RunSummary(run_id="run_1", agent="documents", outcome="failed")
    assert (listed_question(run), listed_run(run)) == ("run_1", "run_1 · documents · Failed")
