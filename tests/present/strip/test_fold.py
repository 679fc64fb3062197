"""The strip's model: what it says of a run, that it is small, and that it does not depend on how events are divided."""

import json
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given, strategies as st

from backend.metrics.silence import longest_gap_ms
from backend.metrics.trace import Trace
from backend.present.pages.status import metric_values
from backend.present.strip.axis import axis_reach, ticks
from backend.present.strip.fold import StripFold, strip_of
from backend.present.strip.model import MOST_ROWS, StripModel, StripPoint
from backend.present.words.durations import format_ms
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    KnownEvent,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
from backend.protocol.inputs import PAUSED, STEERING
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from tests.present.samples import cited, numbered
from tests.strategies import runs


def run() -> list[KnownEvent]:
    return numbered(
        [
            StatusEvent(step_id="r", step="retrieving", at_ms=50),
            StatusEvent(step_id="r", step="retrieving", state="failed", at_ms=400),
            StatusEvent(step_id="s", step="summarizing", at_ms=410),
            cited(1).model_copy(update={"at_ms": 500.0}),
            TokenEvent(text="A [1", at_ms=600),
            TokenEvent(text="] and [2", at_ms=700),
            TokenEvent(text="].", at_ms=2700),
            cited(2).model_copy(update={"at_ms": 3000.0}),
            WarningEvent(message="Thin.", at_ms=3100),
            TokenEvent(text=" [9]", at_ms=3200),
            ErrorEvent(message="Broke.", at_ms=3300),
            DoneEvent(outcome="failed", at_ms=3310),
        ]
    )


def test_a_run_as_a_strip() -> None:
    model = strip_of(run())
    assert [(row.started_ms, row.ended_ms, row.state) for row in model.rows] == [
        (50, 400, "failed"),
        (410, 3310, "failed"),
    ]
    assert model.citations == (StripPoint(500, 1), StripPoint(3000, 2))
    assert model.markers == (StripPoint(700, 1), StripPoint(2700, 2), StripPoint(3200, 9, resolved=False))
    assert [(signal.at_ms, signal.kind) for signal in model.signals] == [(3100, "warning"), (3300, "error")]
    assert model.silences == ((700, 2700),)
    assert (model.first_token_ms, model.last_token_ms, model.token_events) == (600, 3200, 4)
    assert (model.outcome, model.end_ms, model.axis_ms) == ("failed", 3310, 3310.0)


@given(runs())
def test_durations_are_those_of_the_answers_line_and_of_the_list_of_steps(events: list[KnownEvent]) -> None:
    view, model = fold(RunView.start(), events), strip_of(events)
    figures = metric_values(view)
    assert model.first_token == ("" if figures["ttft_ms"] is None else format_ms(figures["ttft_ms"]))
    assert model.latency == (format_ms(figures["elapsed_ms"]) if view.ended else "")
    for row, step in zip(model.rows, view.stream.steps, strict=True):
        assert row.lasted == ("" if step.ended_ms is None else format_ms(step.ended_ms - step.started_ms))


def test_a_time_just_above_a_millisecond_is_said_as_in_the_answers_line() -> None:
    events: list[KnownEvent] = [
        StatusEvent(step_id="r", step="retrieving", at_ms=0.9),
        StatusEvent(step_id="r", step="retrieving", state="finished", at_ms=10.2),
        TokenEvent(text="A", at_ms=303.2),
        DoneEvent(at_ms=316.4, latency_ms=315.4),
    ]
    model = strip_of(numbered(events))
    assert (model.first_token_ms, model.first_token, model.end_ms, model.latency) == (304, "303 ms", 317, "315 ms")
    assert [row.lasted for row in model.rows] == ["9 ms"]


def test_hidden_activity_is_not_silence() -> None:
    carrier = StatusEvent(step_id="t", step="thinking", state="progress", activity_ms=(900.0, 1800.0), at_ms=2500)
    model = strip_of(numbered([StatusEvent(step_id="t", step="thinking", at_ms=0), carrier]))
    assert model.silences == ()
    assert [round(index * model.bin_ms) for index in model.hidden] == [885, 1771]


def test_a_wait_for_a_person_is_not_silence_and_what_is_silent_around_it_is() -> None:
    states = [("started", 0), ("waiting", 1500), ("finished", 9000)]
    events: list[KnownEvent] = [StatusEvent(step_id="t", step="asking", state=state, at_ms=at) for state, at in states]
    assert strip_of(numbered([*events, TokenEvent(text="A", at_ms=10_500)])).silences == ((0, 1500), (9000, 10_500))
    # While it waits, a warning divides the stretch and makes no part of it silent.
    warned = WarningEvent(message="Thin.", at_ms=4000)
    assert strip_of(numbered([*events[:2], warned, events[2]])).silences == ((0, 1500),)


def test_a_wait_for_a_person_is_a_stretch_of_its_step() -> None:
    states = [("started", 0), ("waiting", 300), ("started", 800), ("waiting", 900)]
    model = strip_of(
        numbered([StatusEvent(step_id="t", step="running_tool", state=state, at_ms=at) for state, at in states])
    )
    assert model.waits == ((0, 300, 800), (0, 900, None))
    assert model.rows[0].state == "waiting"


def test_a_pause_is_a_stretch_that_is_not_silent_and_a_message_is_not_work() -> None:
    pause = [
        StatusEvent(step_id="p", step=PAUSED, state=state, at_ms=at)
        for state, at in (("started", 500), ("finished", 6000))
    ]
    message = StatusEvent(step_id="m", step=STEERING, mode="queue", at_ms=400)
    model = strip_of(numbered([message, pause[0]]))
    assert ([row.state for row in model.rows], model.waits) == (["queued", "paused"], ((1, 500, None),))
    model = strip_of(numbered([message, *pause, TokenEvent(text="A", at_ms=6500)]))
    assert (model.waits, model.silences) == (((1, 500, 6000),), ())


@pytest.mark.parametrize(
    ("end_s", "reach_s"),
    [
        (0, 5),
        (5, 5),
        (5.001, 10),
        (19, 20),
        (40, 40),
        (41, 60),
        (61, 120),
        (121, 300),
        (3_500, 3_600),
        (1e6, 1_080_000),
    ],
)
def test_the_axis_of_a_running_run_jumps(end_s: float, reach_s: float) -> None:
    assert axis_reach(end_s * 1000) == reach_s * 1000


@given(st.floats(1, 1e9))
def test_ticks_are_few_and_on_the_axis(end_ms: float) -> None:
    found = ticks(end_ms)
    assert found[0] == (0, "0")
    assert len(found) <= 7
    assert all(before < after for (before, _), (after, _) in pairwise(found))
    assert found[-1][0] <= end_ms * 1.000001


@given(runs(), st.data())
def test_any_division_into_pieces_gives_the_same_bytes(events: list[KnownEvent], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(events)), max_size=6)))
    strip = StripFold()
    for start, end in pairwise([0, *cuts, len(events)]):
        strip.add(events[start:end])
        strip.model()
        # What came before comes again after a lost connection.
        strip.add(events[:start])
    assert strip.model().text == strip_of(events).text


@given(runs())
def test_the_strip_shows_what_the_view_and_the_metrics_say(events: list[KnownEvent]) -> None:
    view, model = fold(RunView.start(), events), strip_of(events)
    assert len(model.rows) == len(view.stream.steps)
    for row, step in zip(model.rows, view.stream.steps, strict=True):
        assert (row.started_ms, row.ended_ms) == (ceil(step.started_ms), ceil(step.ended_ms or 0.0))
    assert model.token_events == view.stream.token_events
    assert len(model.citations) == len(view.message.citations)
    numbers = {citation.number for citation in view.message.citations}
    assert {point.number for point in model.markers if point.resolved} <= numbers
    assert not {point.number for point in model.markers if not point.resolved} & numbers
    assert model.outcome == view.stream.outcome
    trace = Trace.of_server_times("server", events)
    assert model.end_ms == ceil(trace.end_ms)
    longest = max((end - start for start, end in model.silences), default=0)
    gap = longest_gap_ms(trace) or 0.0
    assert longest == (pytest.approx(gap, abs=1.01) if gap > 1_000 else 0)


def busy_run(steps: int, points: int, tokens: int) -> list[KnownEvent]:
    """A run with as much as a strip can meet, at times with many digits."""
    events: list[KnownEvent] = []
    for index in range(steps):
        label = f"Читаю раздел номер {index} годового отчёта и сноски к нему"
        events.append(StatusEvent(step_id=f"s{index}", step=f"kind {index}", label=label, at_ms=1_000_000.4 + index))
        events.append(StatusEvent(step_id=f"s{index}", step="x", state="waiting", at_ms=2_000_000.4 + index))
    for index in range(points):
        at_ms = 3_000_000.4 + 2_500.0 * index
        events.append(CitationEvent(citation_id=f"c{index}", number=index + 1, at_ms=at_ms))
        events.append(TokenEvent(text=f" [{index + 1}]", at_ms=at_ms + 1))
        events.append(WarningEvent(message="Thin.", at_ms=at_ms + 2))
        events.append(ArtifactEvent(kind="value", content={"value": 1}, at_ms=at_ms + 3))
    events += [TokenEvent(text="word ", at_ms=9_000_000.4 + index * 37) for index in range(tokens)]
    return numbered([*events, DoneEvent(at_ms=99_000_000)])


@pytest.mark.parametrize(("steps", "points", "tokens"), [(40, 100, 2_000), (300, 900, 12_000), (0, 400, 30)])
def test_a_model_is_small_whatever_the_run(steps: int, points: int, tokens: int) -> None:
    events = busy_run(steps, points, tokens)
    running = strip_of(events[:-1])
    for model in (running, strip_of(events)):
        assert len(model.text.encode()) <= 4_000
        assert len(model.rows) <= MOST_ROWS
        assert len(model.density) <= 96
        assert len(model.citations) + model.more_citations == points
        assert len(model.markers) + model.more_markers == points
        assert json.loads(model.text)["more"][0] == (steps - MOST_ROWS + 1 if steps > MOST_ROWS else 0)
    if steps > MOST_ROWS:
        assert running.rows[-1].label == f"+ {steps - MOST_ROWS + 1} more"
        assert running.rows[-1].ended_ms is None


def test_an_empty_run_is_an_empty_strip() -> None:
    assert StripFold().model() == StripModel(bin_ms=5_000 / 96)
