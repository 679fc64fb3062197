"""What people do to a run, done by a suite over every transport: timed from the call to the event that shows it."""

import pytest

from tests.evals.playing.short_runs import events_of, measured


def over(transport: str, *fields: str, agent: str = "short") -> str:
    """A scenario of a suite over that transport."""
    return f"  - agent: scripted:{agent}\n" + "".join(f"    {part}\n" for part in (f"transport: {transport}", *fields))


@pytest.mark.server
def test_a_cut_behind_any_event_over_the_control_channel_gives_the_view_of_a_stream(backend: str) -> None:
    total = events_of(backend, "short")
    cuts = [[number] for number in range(1, total + 1)] + [list(range(1, total + 1))]
    runs = over("websocket", "speed: 0") + "".join(
        over("websocket", "speed: 0", f"cut: {{after_events: {cut}}}") for cut in cuts
    )
    whole, *cut_runs = measured(backend, runs, concurrency=4).runs
    for run in (whole, *cut_runs):
        assert run.result.as_expected, (run.result.error, run.result.surprises)
        assert run.result.transport == "websocket"
        assert (run.result.metrics["duplicates"], run.result.metrics["lost"]) == (0, 0)
        assert [event.seq for event in run.wire.received] == list(range(1, total + 1))
    assert [run.result.metrics["recovery_ms"] is None for run in cut_runs] == [cut == [total] for cut in cuts]


EDITED = "{after_ms: 10, arguments: {amount: 5, currency: EUR, to: Northwind}}"
ACTS = {
    "cancel_to_done_ms": ("slow", "cancel: {after_events: 3}"),
    "pause_ms": ("short", "pause: {after_events: 3, for_ms: 20}"),
    "message_to_delivery_ms": ("short", "message: {after_events: 3, text: And 2023, mode: queue}"),
    "answer_ms": ("approval", f"answer: {EDITED}"),
}


@pytest.mark.server
@pytest.mark.parametrize("transport", ["post", "events", "websocket"])
def test_what_people_do_is_timed_over_every_transport(backend: str, transport: str) -> None:
    runs = "".join(over(transport, act, agent=agent) for agent, act in ACTS.values())
    found = dict(zip(ACTS, measured(backend, runs, concurrency=2).results.runs, strict=True))
    for key, run in found.items():
        assert run.as_expected, (key, run.error, run.surprises)
        done = {other: run.metrics[other] for other in ACTS if run.metrics[other] is not None}
        assert list(done) == [key]
        assert 0 < (done[key] or 0) < 60_000
    assert (found["pause_ms"].metrics["paused_ms"] or 0) >= 20
    answered = found["answer_ms"]
    assert (answered.metrics["waited_ms"] or 0) >= 10
    assert answered.metrics["inputs_accepted"] == 1
    ways = {"post": "", "events": ", over GET /events", "websocket": ", over WebSocket"}
    assert answered.group == f"approval (answer accept after 10 ms{ways[transport]})"


@pytest.mark.server
def test_what_was_to_be_done_and_was_not_is_reported(backend: str) -> None:
    runs = (
        over("websocket", "pause: {at_ms: 20000}")
        + over("post", "message: {after_events: 2, text: Only 2024}")
        + over("websocket", "message: {after_events: 2, text: Only 2024}")
        + over("post", "answer: {value: one}")
    )
    said = [" ".join(run.result.surprises) for run in measured(backend, runs).runs]
    assert said[0] == "The run ended before it was to be paused."
    assert said[1].startswith("The message was not taken: The server answered 409: ")
    assert said[2].startswith("The message was not taken: ")
    assert said[3] == "The run asked 0 times, and the suite has 1 answers."


@pytest.mark.server
@pytest.mark.parametrize("transport", ["post", "websocket"])
def test_a_run_that_is_stopped_while_it_is_paused_is_not_resumed(backend: str, transport: str) -> None:
    fields = ("pause: {after_events: 3, for_ms: 600000}", "cancel: {at_ms: 400}")
    (run,) = measured(backend, over(transport, *fields, agent="slow")).runs
    assert run.result.as_expected, (run.result.error, run.result.surprises)
    assert (run.result.outcome, run.result.metrics["cancel_to_done_ms"] is None) == ("cancelled", False)
