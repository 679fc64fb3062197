"""The timeline as a table, plans, and events at other times than their own."""

from hypothesis import given

from backend.present.strip.fold import strip_of
from backend.present.timeline.facts import moved, planned_times
from backend.present.timeline.text import timeline_table
from backend.protocol.events import KnownEvent, StatusEvent
from tests.present.samples import numbered
from tests.present.strip.test_fold import run
from tests.strategies import runs


def test_the_timeline_as_text() -> None:
    columns, rows = timeline_table(run())
    assert columns == ("Time", "What", "Which")
    assert rows[:3] == (
        ("50 ms", "Step", "Searching the documents, failed, 350 ms"),
        ("410 ms", "Step", "Writing the answer, failed, 2.9 s"),
        ("500 ms", "Citation", "10-Q"),
    )
    assert [row[1:] for row in rows[3:]] == [
        ("Answer", "first token event"),
        ("Marker", "[1]"),
        ("Silence", "2.0 s"),
        ("Marker", "[2]"),
        ("Citation", "10-Q"),
        ("Warning", "Thin."),
        ("Marker", "marker [9] is written, without a source"),
        ("Answer", "last token event, 4 token events in all"),
        ("Error", "Broke."),
        ("End", "Failed"),
    ]


@given(runs())
def test_the_table_has_the_counts_of_the_strip(events: list[KnownEvent]) -> None:
    kinds = [what for _, what, _ in timeline_table(events)[1]]
    strip = strip_of(events)
    shown = {
        "Step": len(strip.rows),
        "Citation": len(strip.citations),
        "Marker": len(strip.markers),
        "Silence": len(strip.silences) + strip.more_silences,
        "Warning": sum(signal.kind == "warning" for signal in strip.signals),
        "Error": sum(signal.kind == "error" for signal in strip.signals),
        "Artifact": sum(signal.kind == "artifact" for signal in strip.signals),
        "End": int(strip.ended),
        "Answer": 2 * bool(strip.token_events),
    }
    assert {what: kinds.count(what) for what in shown} == shown


def test_arrival_times_may_stand_in_for_the_server_s() -> None:
    thinking = StatusEvent(step_id="t", step="thinking", state="progress", activity_ms=(300.0,), at_ms=400)
    [step, carrier] = moved(
        numbered([StatusEvent(step_id="t", step="thinking", at_ms=50), thinking]), {1: 80.0, 2: 500.0}
    )
    assert (step.at_ms, carrier.at_ms) == (80.0, 500.0)
    assert isinstance(carrier, StatusEvent)
    assert carrier.activity_ms == (400.0,)


def test_a_plan_reaches_to_its_last_event() -> None:
    plan = planned_times(run()[:3])
    assert [(step.started_ms, step.ended_ms) for step in plan.steps] == [(50, 400), (410, 410)]
    assert (plan.done_ms, plan.end_ms) == (None, 410)
    assert planned_times(run()).done_ms == 3310
