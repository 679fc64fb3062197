"""The fold: whatever happens to the connection, the last picture is the same."""

from typing import Any

from hypothesis import given, strategies as st

from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    KnownEvent,
    StatusEvent,
    TokenEvent,
    parse_event,
    stamp,
)
from backend.protocol.view import RunView, SnapshotEvent, StepView, fold, reduce, view_at
from tests.strategies import Channels, channels, runs, stamped

START = RunView.start("Is it rising?")


def seen(view: RunView) -> dict[str, Any]:
    """What a watcher sees, without the counters of how it came."""
    return view.model_dump(exclude={"stream": {"duplicates", "gaps", "revision"}})


def one_by_one(view: RunView, events: list[KnownEvent]) -> RunView:
    for event in events:
        view = reduce(view, event)
    return view


@given(runs())
def test_folding_at_once_and_one_by_one_agree(events: list[KnownEvent]) -> None:
    assert fold(START, events) == one_by_one(START, events)


@given(runs(), st.data())
def test_cut_and_reconnect_anywhere(events: list[KnownEvent], data: st.DataObject) -> None:
    view = START
    while view.stream.last_seq < len(events):
        resumed = max(0, view.stream.last_seq - data.draw(st.integers(0, 5)))
        until = data.draw(st.integers(view.stream.last_seq + 1, len(events)))
        view = fold(view.with_phase("reconnecting"), events[resumed:until])
    assert seen(view) == seen(fold(START, events))
    assert view.stream.gaps == ()


@given(runs(), st.lists(st.integers(0, 60), max_size=10))
def test_duplicates_anywhere_change_nothing(events: list[KnownEvent], again: list[int]) -> None:
    doubled: list[KnownEvent] = []
    for index, event in enumerate(events):
        doubled.append(event)
        doubled += [events[earlier] for earlier in again if earlier <= index]
    view = one_by_one(START, doubled)
    assert seen(view) == seen(fold(START, events))
    assert view.stream.duplicates == len(doubled) - len(events)


@given(runs(), st.data())
def test_a_gap_is_told_and_a_snapshot_mends_it(events: list[KnownEvent], data: st.DataObject) -> None:
    missing = data.draw(st.integers(0, len(events) - 1))
    until = data.draw(st.integers(missing + 1, len(events)))
    broken = fold(START, [*events[:missing], *events[missing + 1 : until]])
    assert (len(broken.stream.gaps) == 1) == (until > missing + 1)
    snapshot = SnapshotEvent(seq=until, view=fold(START, events[:until]))
    carried = SnapshotEvent.model_validate_json(snapshot.model_dump_json())
    assert fold(reduce(broken, carried), events[until:]) == fold(START, events)


@given(channels(), st.lists(st.integers(0, 4), max_size=30), st.lists(st.integers(0, 4), max_size=30))
def test_kinds_may_be_interleaved_in_any_way(kinds: Channels, one: list[int], other: list[int]) -> None:
    def content(choices: list[int]) -> dict[str, Any]:
        view = fold(START, stamped(kinds.interleaved(choices), "completed", [0.0]))
        dumped = view.model_dump(include={"message": True, "artifacts": True, "stream": {"steps", "outcome"}})
        for events in (dumped["message"]["citations"], dumped["message"]["warnings"], dumped["artifacts"]["items"]):
            for event in events:
                del event["seq"]
        return dumped

    assert content(one) == content(other)


@given(runs(), st.floats(0, 300_000))
def test_a_moment_is_the_fold_of_what_had_come(events: list[KnownEvent], t_ms: float) -> None:
    assert view_at(events, t_ms, "Is it rising?") == fold(START, [one for one in events if one.at_ms <= t_ms])


@given(runs())
def test_the_end_leaves_nothing_open(events: list[KnownEvent]) -> None:
    view = fold(START, events)
    assert view.ended
    assert view.stream.outcome is not None
    assert not any(step.is_open for step in view.stream.steps)
    assert all(step.ended_ms is not None for step in view.stream.steps)


@given(runs(), runs())
def test_nothing_counts_after_the_first_done(events: list[KnownEvent], late: list[KnownEvent]) -> None:
    shifted = [stamp(event, len(events) + event.seq, events[-1].at_ms + event.at_ms) for event in late]
    assert seen(fold(START, [*events, *shifted])) == seen(fold(START, events))


@given(runs())
def test_revisions_grow_only_where_something_is_new(events: list[KnownEvent]) -> None:
    view = START
    for event in events:
        after = reduce(view, event)
        assert (after.artifacts.revision > view.artifacts.revision) == isinstance(event, ArtifactEvent)
        same_message = after.message.model_dump(exclude={"revision"}) == view.message.model_dump(exclude={"revision"})
        if after.message.revision == view.message.revision:
            assert same_message
        if isinstance(event, TokenEvent) and view.stream.first_token_ms is not None:
            assert after.stream.revision == view.stream.revision
        view = after


def test_steps_are_told_apart_by_id_and_keep_what_an_update_leaves_out() -> None:
    events = [
        StatusEvent(seq=1, at_ms=10, step_id="a", step="retrieving", label="Search", detail="2 files"),
        StatusEvent(seq=2, at_ms=20, step_id="b", step="running_tool", parent_id="a"),
        StatusEvent(seq=3, at_ms=30, step_id="a", step="retrieving", state="progress", progress=0.5),
        StatusEvent(seq=4, at_ms=40, step_id="a", step="retrieving", state="finished", detail="8 passages"),
    ]
    first, second = fold(START, events).stream.steps
    assert (first.label, first.detail, first.progress) == ("Search", "8 passages", 0.5)
    assert (first.started_ms, first.ended_ms, first.is_open) == (10, 40, False)
    assert (second.parent_id, second.ended_ms, second.is_open) == ("a", None, True)


def test_a_retried_step_starts_anew() -> None:
    events = [
        StatusEvent(seq=1, at_ms=10, step_id="a", step="running_tool"),
        StatusEvent(seq=2, at_ms=20, step_id="a", step="running_tool", state="failed"),
        StatusEvent(seq=3, at_ms=50, step_id="a", step="running_tool"),
    ]
    (step,) = fold(START, events).stream.steps
    assert (step.started_ms, step.ended_ms, step.is_open) == (50, None, True)


def test_steps_that_are_only_announced_end_each_other() -> None:
    lines = ['{"step":"retrieving"}', '{"step":"retrieving"}', '{"step":"summarizing"}', '{"step":"completed"}']
    view = fold(START, [parse_event(line, "status") for line in lines])
    assert [(step.step, step.state) for step in view.stream.steps] == [
        ("retrieving", "finished"),
        ("summarizing", "finished"),
        ("completed", "finished"),
    ]


def test_open_steps_end_as_the_run_does() -> None:
    opened = StatusEvent(seq=1, step_id="a", step="retrieving")
    states = {
        outcome: fold(START, [opened, DoneEvent(seq=2, at_ms=9, outcome=outcome)]).stream.steps[0]
        for outcome in ("completed", "cancelled", "failed", "timed_out", "interrupted")
    }
    assert {outcome: step.state for outcome, step in states.items()} == {
        "completed": "finished",
        "cancelled": "cancelled",
        "failed": "failed",
        "timed_out": "failed",
        "interrupted": "failed",
    }
    assert all(isinstance(step, StepView) and step.ended_ms == 9 for step in states.values())


def test_a_marker_is_pending_until_its_citation_comes() -> None:
    view = fold(START, [TokenEvent(seq=1, text="Up [1"), TokenEvent(seq=2, text="][2].")])
    assert view.message.pending == (1, 2)
    view = reduce(view, CitationEvent(seq=3, citation_id="c2", number=2))
    assert view.message.pending == (1,)
    view = reduce(view, CitationEvent(seq=4, citation_id="c2", number=1))
    assert view.message.pending == (2,), "an update that changes its number frees the old one"


def test_a_closed_connection_is_no_end_and_an_ended_run_stays_ended() -> None:
    view = reduce(START, TokenEvent(seq=1, text="a")).with_phase("reconnecting")
    assert view.stream.phase == "reconnecting"
    assert not view.ended
    assert reduce(view, TokenEvent(seq=2, text="b")).stream.phase == "open"
    ended = reduce(view, DoneEvent(seq=2))
    assert ended.with_phase("reconnecting") is ended


def test_times_come_from_the_first_real_event_of_a_kind() -> None:
    events: list[KnownEvent] = [
        StatusEvent(seq=1, at_ms=5, step_id="a", step="retrieving"),
        TokenEvent(seq=2, at_ms=30, text=""),
        TokenEvent(seq=3, at_ms=40, text="a"),
        TokenEvent(seq=4, at_ms=900, text="b"),
    ]
    stream = fold(START, events).stream
    assert (stream.first_status_ms, stream.first_token_ms, stream.last_token_ms) == (5, 40, 900)
    assert (stream.token_events, stream.longest_gap_ms) == (2, 860)
