"""What is pressed in a page and when it shows: from the press to its own effect, and the same as calls of the run."""

from backend.protocol.events import Event, StatusEvent
from backend.protocol.inputs import STEERING, InputRequest
from evals.pages.control_frames import Press, ShownState, Steered
from evals.pages.frames import PageClock

STATES = (
    ShownState(10, 0, 0, 0, 0),
    ShownState(140, 0, 1, 0, 0),
    ShownState(300, 0, 0, 0, 0),
    ShownState(360, 0, 1, 0, 0),
    ShownState(500, 0, 0, 1, 1),
    ShownState(900, 0, 0, 2, 1),
    ShownState(980, 1, 0, 2, 1),
)


def test_each_press_is_measured_to_its_own_effect_and_the_longest_counts() -> None:
    presses = [
        Press("pause", 100),
        Press("pause", 310),
        Press("answer", 420),
        Press("answer", 510),
        Press("cancel", 950),
    ]
    assert Steered(presses, STATES).times_ms() == {
        "click_to_stopped_ms": 30.0,
        "click_to_paused_ms": 50.0,
        "click_to_answered_ms": 390.0,
        "click_to_delivered_ms": None,
    }
    assert Steered([Press("message", 600)], STATES).times_ms()["click_to_delivered_ms"] is None, "it never shows"


def test_presses_are_calls_that_concern_what_the_run_asked_and_was_sent() -> None:
    events: list[Event] = [
        StatusEvent(step_id="a", step="a", state="waiting", request=InputRequest(input_id="i1", prompt="?")),
        StatusEvent(step_id="m1", step=STEERING),
    ]
    presses = [Press("message", 5), Press("answer", 7), Press("cancel", 9)]
    calls = Steered(presses).calls(PageClock(1_000, 0.1), events)
    assert [(call.op, call.performed.sent_ns, call.concerns) for call in calls] == [
        ("message", 5_001_000, "m1"),
        ("answer", 7_001_000, "i1"),
        ("cancel", 9_001_000, ""),
    ]
