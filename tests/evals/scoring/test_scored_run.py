"""Captured bytes to scored runs: the planes, the script, and everything that is not as expected."""

import pytest

from backend.protocol.events import Event
from evals.playing.harness import delivery_jitter_ms
from evals.scoring.scored_run import score
from tests.evals.captures import capture, play, played
from tests.metrics.traces import citation, done, status, token

SCRIPT: list[tuple[float, Event]] = [
    (0, status("s")),
    (50, citation(1)),
    (100, token("Up [1]. ")),
    (150, token("And on.")),
    (200, status("s", "finished")),
    (200, done(latency_ms=200)),
]
AS_SENT = [(at_ms, event.model_copy(update={"at_ms": at_ms + 0.5})) for at_ms, event in SCRIPT]
"""The server stamps each event half a millisecond after its script."""
ARRIVED = [(at_ms + 10, event) for at_ms, event in AS_SENT]
"""Each arrives ten milliseconds after the script's moment, counted from the request."""


def test_a_run_as_scripted() -> None:
    run = score(played(capture(ARRIVED, close_ms=212), play(plan=SCRIPT)))
    assert run.result.as_expected
    assert run.result.error is None
    assert run.result.surprises == ()
    assert run.result.outcome == "completed"
    assert run.result.run_id == "r1"
    assert run.result.metrics["ttft_ms"] == 110
    assert run.result.server_metrics["ttft_ms"] == 100.5
    assert run.result.truth is not None
    assert run.result.truth["ttft_ms"] == 100
    assert run.result.metrics["connect_ms"] == 0.4
    assert run.result.metrics["e2e_ms"] == 210
    assert run.result.metrics["longest_gap_ms"] == 50
    assert run.result.metrics["violations"] == 0


def test_steps_are_timed_on_every_plane() -> None:
    late = [*ARRIVED[:-2], (230.0, AS_SENT[-2][1]), (231.0, AS_SENT[-1][1])]
    run = score(played(capture(late), play(plan=SCRIPT)))
    (step,) = run.result.steps
    assert (step.step_id, step.wire_ms, step.server_ms, step.skew_ms, step.planned_ms) == ("s", 220, 200, 20, 200)
    assert step.self_ms == 220


def test_jitter_is_what_differs_between_events() -> None:
    run = score(played(capture([*ARRIVED[:2], (113.0, AS_SENT[2][1]), *ARRIVED[3:]])))
    assert delivery_jitter_ms(run.wire) == pytest.approx([0, 0, 3, 0, 0, 0])


def test_another_outcome_than_expected_is_a_surprise() -> None:
    failed = [*ARRIVED[:-1], (210.0, done(outcome="failed", at_ms=200.5))]
    run = score(played(capture(failed), play(plan=SCRIPT)))
    assert run.result.error is None
    assert run.result.surprises == ("The run ended failed, expected completed.",)
    assert not run.result.as_expected
    assert score(played(capture(failed), play(expected="failed"))).result.as_expected


def test_a_rule_broken_more_often_than_scripted_is_a_surprise() -> None:
    late: list[tuple[float, Event]] = [(0, token("Up [1].")), (50, citation(1)), (60, done())]
    run = score(played(capture(late)))
    assert run.result.surprises == (
        "Rule citation-first was broken 1 times, scripted 0: Marker [1] stands before its citation.",
    )
    assert [violation.rule for violation in run.result.violations] == ["citation-first"]
    scripted = play(plan=late, violations={"citation-first": 1})
    assert score(played(capture(late), scripted)).result.as_expected


def test_a_stream_that_departs_from_its_script_is_a_surprise() -> None:
    changed = [*AS_SENT[:2], (110.0, token("Down [1]. ")), *AS_SENT[3:]]
    run = score(played(capture(changed), play(plan=SCRIPT)))
    assert run.result.surprises == ("Event 3 is not as scripted: a token came where the script has a token.",)
    short = [*AS_SENT[:3], *AS_SENT[4:]]
    run = score(played(capture(short), play(plan=SCRIPT)))
    assert "Event 4 is not as scripted: a status came where the script has a token." in run.result.surprises


def test_what_done_says_of_times_is_not_compared() -> None:
    slower = [*AS_SENT[:-1], (210.0, done(latency_ms=999, ttft_ms=5, at_ms=200.5))]
    assert score(played(capture(slower), play(plan=SCRIPT))).result.as_expected


def test_a_run_without_done_is_an_error_with_what_came() -> None:
    run = score(played(capture(ARRIVED[:3], close_ms=400), play(plan=SCRIPT)))
    assert run.result.error == "The stream ended without done, after event 3."
    assert run.result.outcome is None
    assert run.result.surprises == ()
    assert run.result.metrics["ttft_ms"] == 110
    assert run.result.metrics["e2e_ms"] is None
    assert run.result.metrics["longest_gap_ms"] == 290
    assert run.result.longest_silence is not None
    assert run.result.longest_silence.steps == ("s",)
    assert run.result.longest_silence.text_shown


def test_an_empty_stream_is_an_error() -> None:
    run = score(played(capture([])))
    assert run.result.error == "The stream ended without a single event."
    assert run.result.metrics["ttfe_ms"] is None
    assert run.result.citations == ()
