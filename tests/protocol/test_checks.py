"""The six rules: a stream of ours breaks none, and each way of breaking one is told by name."""

import pytest
from hypothesis import given

from backend.protocol.checks import RULES, check
from backend.protocol.events import (
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    KnownEvent,
    StatusEvent,
    TokenEvent,
    parse_event,
)
from tests.strategies import runs

GOOD: list[Event] = [
    StatusEvent(seq=1, at_ms=1, step_id="a", step="retrieving"),
    CitationEvent(seq=2, at_ms=2, citation_id="c1", number=1),
    TokenEvent(seq=3, at_ms=3, text="Up [1"),
    TokenEvent(seq=4, at_ms=4, text="]."),
    StatusEvent(seq=5, at_ms=5, step_id="a", step="retrieving", state="finished"),
    DoneEvent(seq=6, at_ms=6),
]


def changed(index: int, **fields: object) -> list[Event]:
    return [event.model_copy(update=fields) if at == index else event for at, event in enumerate(GOOD)]


def test_a_good_stream_breaks_nothing() -> None:
    assert check(GOOD) == []


@pytest.mark.parametrize(
    ("events", "rule", "seq"),
    [
        (GOOD[:-1], "one-done", 0),
        ([*GOOD, DoneEvent(seq=7, at_ms=7)], "one-done", 7),
        ([*GOOD, TokenEvent(seq=7, at_ms=7, text="x")], "one-done", 7),
        ([*GOOD[:4], *changed(5, seq=5)[5:]], "steps-closed", 5),
        ([GOOD[0], *changed(2, seq=2)[2:3], *changed(1, seq=3, at_ms=3)[1:2], *GOOD[3:]], None, 0),
        (
            [GOOD[0], *changed(2, seq=2, text="[1]")[2:3], *changed(1, seq=3, at_ms=3)[1:2], *GOOD[3:]],
            "citation-first",
            2,
        ),
        (changed(1, number=2), "citation-first", 4),
        (changed(3, seq=9), "in-order", 9),
        (changed(3, at_ms=2.5), "in-order", 4),
        (changed(3, seq=3), "in-order", 3),
    ],
)
def test_each_broken_rule_is_named_where_it_broke(events: list[Event], rule: str | None, seq: int) -> None:
    found = check(events)
    assert (found[0].rule, found[0].seq) == (rule, seq) if rule else found == []
    assert all(violation.rule in RULES and violation.message.endswith(".") for violation in found)


def test_nothing_may_stand_between_error_and_done() -> None:
    events: list[Event] = [
        ErrorEvent(seq=1, code="x", message="No."),
        TokenEvent(seq=2, text="a"),
        DoneEvent(seq=3, outcome="failed"),
    ]
    assert [violation.rule for violation in check(events)] == ["one-done"]


@pytest.mark.parametrize(
    "inner", [{"type": "thinking", "text": "hm"}, {"type": "token", "text": "a", "reasoning": "hm"}, {"type": "token"}]
)
def test_inner_events_and_fields_are_told(inner: dict[str, object]) -> None:
    found = check([parse_event({**inner, "seq": 1}), DoneEvent(seq=2)])
    assert [violation.rule for violation in found] == ["clean-subset"]


@given(runs())
def test_streams_of_ours_break_at_most_what_their_agent_broke(events: list[KnownEvent]) -> None:
    assert {violation.rule for violation in check(events)} <= {"citation-first"}
