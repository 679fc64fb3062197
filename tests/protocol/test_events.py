"""Events: the requirement's examples parse as they are, strangers are kept, and stamps survive."""

import json

import pytest
from hypothesis import given

from backend.protocol.events import (
    CitationEvent,
    DoneEvent,
    EventError,
    KnownEvent,
    StatusEvent,
    TokenEvent,
    UnknownEvent,
    event_json,
    parse_event,
    stamp,
)
from tests.strategies import runs


def test_examples_of_the_requirement_parse_as_they_are() -> None:
    assert parse_event('{"step":"retrieving"}', "status") == StatusEvent(step="retrieving")
    assert parse_event('{"title":"10-Q Filing","source":"sec"}', "citation") == CitationEvent(
        title="10-Q Filing", source="sec"
    )
    assert parse_event('{"text":"NVIDIA "}', "token") == TokenEvent(text="NVIDIA ")
    assert parse_event('{"latency_ms":8420}', "done") == DoneEvent(latency_ms=8420)


def test_an_unknown_type_is_kept() -> None:
    event = parse_event({"type": "hologram", "seq": 4, "at_ms": 2.5, "depth": 3})
    assert isinstance(event, UnknownEvent)
    assert (event.seq, event.at_ms, event.problem) == (4, 2.5, None)
    assert json.loads(event_json(event))["depth"] == 3


def test_an_unknown_field_is_kept() -> None:
    event = parse_event({"type": "token", "text": "a", "shade": "blue"})
    assert isinstance(event, TokenEvent)
    assert json.loads(event_json(event))["shade"] == "blue"


def test_a_field_that_cannot_be_read_makes_a_stranger_that_says_why() -> None:
    event = parse_event({"type": "status", "step": "x", "state": "dreaming", "seq": 2})
    assert isinstance(event, UnknownEvent)
    assert event.problem is not None
    assert event.problem.startswith("state: ")


@pytest.mark.parametrize("fields", [{"outcome": "ascended"}, {"latency_ms": "soon"}, {"seq": -1}])
def test_a_done_that_cannot_be_read_is_the_end_and_no_success(fields: dict[str, object]) -> None:
    event = parse_event({"type": "done", **fields})
    assert isinstance(event, DoneEvent)
    assert (event.outcome, event.partial) == ("interrupted", True)


@pytest.mark.parametrize("stamps", [{"seq": "x"}, {"at_ms": -1}, {"seq": None}, {"at_ms": float("nan")}])
def test_strange_stamps_are_no_accident(stamps: dict[str, object]) -> None:
    assert isinstance(parse_event({"type": "token", "text": "a", **stamps}), UnknownEvent)


@pytest.mark.parametrize("text", ["", "[1]", "nonsense", '"token"', "{", b"\xff"])
def test_what_is_no_object_is_refused_in_a_sentence(text: str | bytes) -> None:
    with pytest.raises(EventError, match="expected a JSON object"):
        parse_event(text)


def test_an_object_without_type_is_refused() -> None:
    with pytest.raises(EventError, match="needs a type"):
        parse_event('{"text":"a"}')


@given(runs())
def test_json_is_one_ascii_line_and_comes_back(events: list[KnownEvent]) -> None:
    for event in events:
        text = event_json(event)
        assert text.isascii()
        assert "\n" not in text
        assert parse_event(text) == event


def test_a_stamp_keeps_the_draft() -> None:
    draft = TokenEvent(text="a")
    event = stamp(draft, 3, 1.23456)
    assert (event.seq, event.at_ms, event.text) == (3, 1.235, "a")
    assert draft.seq == 0
