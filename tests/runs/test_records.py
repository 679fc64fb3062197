"""Records that are made now: runs, feedback and shares."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend.protocol.options import RunOptions
from backend.runs.records import RunRecord, utc_now
from backend.runs.review import FeedbackRecord, ShareRecord


def made_now(created_at: str) -> bool:
    """Whether the time is this moment, in UTC and to the millisecond."""
    moment = datetime.fromisoformat(created_at)
    return (
        moment.utcoffset() == timedelta(0)
        and len(created_at) == len("2026-11-22T20:00:00.000+00:00")
        and abs(datetime.now(UTC) - moment) < timedelta(minutes=1)
    )


def test_a_run_that_is_asked_for_has_what_was_asked_and_nothing_of_its_end() -> None:
    options = RunOptions(speed=4, seed=7)
    run = RunRecord.asked("Why?", "documents", options, session_id="ses_1", key="k")
    assert made_now(run.created_at)
    expected = RunRecord(
        "run_1", "ses_1", "Why?", "documents", "now", options, attempt=1, outcome=None, last_seq=0, idempotency_key="k"
    )
    assert replace(run, run_id="run_1", created_at="now") == expected
    assert not run.ended


def test_a_run_without_options_or_key_has_the_usual_ones() -> None:
    run = RunRecord.asked("Why?", "documents")
    assert (run.options, run.idempotency_key) == (RunOptions(), None)


@pytest.mark.parametrize("session_id", [None, ""])
def test_a_run_that_continues_nothing_begins_a_conversation(session_id: str | None) -> None:
    runs = [RunRecord.asked("Why?", "documents", session_id=session_id) for _ in range(2)]
    assert all(run.session_id.startswith("ses_") for run in runs)
    assert runs[0].session_id != runs[1].session_id


def test_every_record_has_an_id_of_its_own_and_its_time() -> None:
    runs = [RunRecord.asked("Why?", "documents", session_id="ses_1") for _ in range(2)]
    feedback = [FeedbackRecord.given("run_1", "up", "Clear.", 20.0, key="k") for _ in range(2)]
    shares = [ShareRecord.of_run("run_1") for _ in range(2)]
    assert len({run.run_id for run in runs}) == 2
    assert len({each.feedback_id for each in feedback}) == 2
    assert len({each.share_id for each in shares}) == 2
    times = [run.created_at for run in runs] + [each.created_at for each in feedback]
    assert all(map(made_now, [*times, *(share.created_at for share in shares)]))
    assert feedback[0].says_the_same(feedback[1])
    assert feedback[0].idempotency_key == "k"
    assert {each.run_id for each in feedback} | {share.run_id for share in shares} == {"run_1"}


def test_the_time_of_day_can_be_finer() -> None:
    assert len(utc_now("microseconds")) == len(utc_now()) + 3
