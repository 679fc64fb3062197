"""The time of people: out of every latency, and beside it."""

import pytest

from backend.metrics.registry import measure
from backend.metrics.trace import Trace
from backend.protocol.events import DoneEvent, Draft, Event, StatusEvent, TokenEvent, stamp
from backend.protocol.inputs import PAUSED, STEERING, InputAnswer, InputRequest


def trace_of(*timed: tuple[float, Draft | DoneEvent]) -> Trace:
    events: list[Event] = [stamp(draft, seq, at_ms) for seq, (at_ms, draft) in enumerate(timed, start=1)]
    return Trace.of_server_times("server", events)


def ask(name: str) -> StatusEvent:
    return StatusEvent(
        step_id=name, step="asking", state="waiting", request=InputRequest(input_id=name, prompt="Which?")
    )


def answer(name: str, action: str = "accept") -> StatusEvent:
    given = InputAnswer.model_validate({"input_id": name, "action": action})
    return StatusEvent(step_id=name, step="asking", state="finished", answer=given)


WORK = StatusEvent(step_id="w", step="retrieving")
ASKING = trace_of(
    (100, WORK),
    (200, ask("a")),
    (300, ask("b")),
    (1300, answer("a")),
    (2300, answer("b", "decline")),
    (2400, TokenEvent(text="Yes")),
    (2500, StatusEvent(step_id="w", step="retrieving", state="finished")),
    (2600, DoneEvent()),
)


def test_a_person_is_waited_for_once_however_many_requests_are_open() -> None:
    values = measure(ASKING)
    assert (values["waited_ms"], values["paused_ms"]) == (2000, None)
    assert (values["inputs_asked"], values["inputs_accepted"]) == (2, 1)


def test_latencies_are_what_they_would_be_if_people_answered_at_once() -> None:
    at_once = trace_of(
        *((100, WORK), (200, ask("a")), (300, ask("b")), (300, answer("a")), (300, answer("b", "decline"))),
        *((400, TokenEvent(text="Yes")), (500, StatusEvent(step_id="w", step="retrieving", state="finished"))),
        (600, DoneEvent()),
    )
    beside = {"waited_ms"}
    slow, quick = measure(ASKING), measure(at_once)
    assert {key: value for key, value in slow.items() if key not in beside} == {
        key: value for key, value in quick.items() if key not in beside
    }
    assert (slow["ttft_ms"], slow["e2e_ms"], slow["longest_gap_ms"]) == (400, 600, 100)


def test_an_agent_that_works_while_its_request_is_open_is_not_waiting() -> None:
    values = measure(
        trace_of(
            (0, WORK),
            (100, ask("a")),
            (1100, TokenEvent(text="x")),
            (1600, answer("a")),
            (1700, DoneEvent()),
        )
    )
    assert (values["waited_ms"], values["ttft_ms"], values["e2e_ms"]) == (500, 1100, 1200)


def test_a_pause_and_a_message_are_timed() -> None:
    values = measure(
        trace_of(
            (0, WORK),
            (100, StatusEvent(step_id="p", step=PAUSED, mode="exact")),
            (150, StatusEvent(step_id="m", step=STEERING, mode="steer", detail="Only 2024.")),
            (160, StatusEvent(step_id="q", step=STEERING, mode="queue", detail="And then?")),
            (1100, StatusEvent(step_id="p", step=PAUSED, state="finished")),
            (1140, StatusEvent(step_id="m", step=STEERING, state="finished", delivered_to="w")),
            (1200, TokenEvent(text="x")),
            (1300, StatusEvent(step_id="q", step=STEERING, state="finished", delivered_to="run_2")),
            (1400, DoneEvent()),
        )
    )
    assert (values["paused_ms"], values["waited_ms"], values["ttft_ms"]) == (1000, None, 200)
    assert (values["deliver_ms"], values["resume_ms"]) == (990, 40)
    assert values["e2e_ms"] == pytest.approx(400)


def test_a_run_without_people_has_no_such_times() -> None:
    values = measure(trace_of((0, WORK), (10, TokenEvent(text="x")), (20, DoneEvent())))
    assert [values[key] for key in ("waited_ms", "paused_ms", "inputs_accepted", "deliver_ms", "resume_ms")] == [
        None
    ] * 5
    assert values["inputs_asked"] == 0
