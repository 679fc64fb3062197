"""The timeline figure."""

import json
from typing import Any

import plotly.graph_objects as go
import pytest
from hypothesis import HealthCheck, given, settings

from backend.present.theme.palette import Theme
from backend.present.timeline.facts import planned_times, run_times, token_density
from backend.present.timeline.figure import timeline_figure, timeline_table
from backend.protocol.events import (
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    KnownEvent,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
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


def trace(figure: dict[str, Any], name: str) -> dict[str, Any]:
    """The figure's trace of that name."""
    [found] = [trace for trace in figure["data"] if trace.get("name") == name]
    return dict(found)


def test_steps_are_bars_from_their_start_for_their_duration() -> None:
    bars = trace(timeline_figure(run()), "Steps")
    assert bars["base"] == [0.05, 0.41]
    assert bars["x"] == pytest.approx([0.35, 2.9])
    assert bars["marker"]["pattern"]["shape"] == ["/", "/"]


def test_markers_stand_where_their_bracket_closed_and_know_their_citation() -> None:
    figure = timeline_figure(run())
    markers = trace(figure, "Markers")
    assert markers["x"] == [0.7, 2.7, 3.2]
    assert markers["customdata"] == [[6, 700.0], [7, 2700.0], [10, 3200.0]]
    assert ["before" in text for text in markers["hovertext"]] == [True, False, False]
    assert "300 ms later" in markers["hovertext"][1]
    assert "never" in markers["hovertext"][2]
    assert trace(figure, "Late citation")["x"] == [3.0, 2.7, None]
    assert trace(figure, "Citation")["x"] == [0.5, 0.7, None]


def test_silence_is_shaded_and_named() -> None:
    figure = timeline_figure(run(), silence_ms=1000)
    [shade] = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert (shade["x0"], shade["x1"]) == (0.7, 2.7)
    assert "2.0 s silent" in [note["text"] for note in figure["layout"]["annotations"]]


def test_the_first_token_and_the_end_are_marked() -> None:
    figure = timeline_figure(run(), playhead_ms=1000)
    assert trace(figure, "First token")["x"] == [0.6]
    lines = [shape["x0"] for shape in figure["layout"]["shapes"] if shape["type"] == "line"]
    assert lines == [3.31, 1.0]


def test_arrival_times_may_stand_in_for_the_server_s() -> None:
    figure = timeline_figure(run(), times_ms={1: 80.0, 2: 500.0})
    assert trace(figure, "Steps")["base"][0] == 0.08
    assert trace(figure, "Steps")["x"][0] == pytest.approx(0.42)
    assert trace(figure, "First token")["x"] == [0.6]


def test_a_script_is_drawn_behind_as_outlines() -> None:
    plan = [event.model_copy(update={"at_ms": event.at_ms * 2}) for event in run()]
    figure = timeline_figure(run(), plan=planned_times(plan))
    assert figure["data"][0]["name"] == "Script"
    assert figure["data"][0]["base"] == [0.1, 0.82]
    assert figure["layout"]["xaxis"]["range"][1] >= 6.62


def test_density_counts_every_token_once() -> None:
    tokens = [TokenEvent(text="x", at_ms=index * 7.0) for index in range(1000)]
    middles, rates = token_density(tokens, 7000.0)
    width_s = (middles[1] - middles[0]) / 1000
    assert sum(rate * width_s for rate in rates) == pytest.approx(1000)


def test_facts_of_a_cut_run() -> None:
    facts = run_times(run()[:3], None, 1000.0)
    assert facts.done is None
    assert [step.is_open for step in facts.steps] == [False, True]
    assert run_times([], None, 1000.0).end_ms == 0.0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("events", [[], run()[:1], run()])
def test_plotly_takes_the_figure_as_it_is(events: list[Event], theme: Theme) -> None:
    figure = timeline_figure(events, plan=planned_times(events), theme=theme, playhead_ms=5.0)
    go.Figure(figure)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(runs())
def test_any_run_has_a_timeline(events: list[KnownEvent]) -> None:
    figure = timeline_figure(events, plan=planned_times(events))
    json.dumps(figure, allow_nan=False)
    markers = sum(len(trace["x"]) for trace in figure["data"] if trace.get("name") == "Markers")
    assert markers == len(run_times(events, None, 1000.0).markers)
    citations = [event for event in events if isinstance(event, CitationEvent)]
    assert sum(len(trace["x"]) for trace in figure["data"] if trace.get("name") == "Citations") == len(citations)


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
        ("Citation", "10-Q"),
        ("Warning", "Thin."),
        ("Answer", "last token event, 4 token events in all"),
        ("Error", "Broke."),
        ("End", "Failed"),
    ]
