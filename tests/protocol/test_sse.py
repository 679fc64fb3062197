"""Frames: the standard's rules on bytes, at every chunking, and the way back."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from backend.protocol.events import KnownEvent, parse_event
from backend.protocol.sse import HEARTBEAT, Decoder, Message, MessageTooLargeError, encode, encode_event, retry_prefix
from tests.protocol.sse_cases import CASES, NO_MESSAGES
from tests.strategies import runs


def decode(data: bytes, sizes: list[int]) -> list[Message]:
    decoder, messages, position, turn = Decoder(), [], 0, 0
    while position < len(data):
        size = sizes[turn % len(sizes)]
        messages += decoder.feed(data[position : position + size])
        position, turn = position + size, turn + 1
    return messages + decoder.close()


@pytest.mark.parametrize("name", CASES)
def test_own_cases_at_every_chunking(name: str) -> None:
    data, expected = CASES[name]
    # Every size for the small ones; a long one cut into single bytes would test patience and nothing else.
    for size in range(1, len(data) + 1) if len(data) < 500 else (1021, 65536, len(data)):
        assert decode(data, [size]) == expected, size


@pytest.mark.parametrize("name", [name for name, (data, _) in CASES.items() if len(data) < 500])
def test_own_cases_cut_in_two_anywhere(name: str) -> None:
    data, expected = CASES[name]
    for place in range(1, len(data)):
        assert decode(data, [place, len(data) - place]) == expected, place


@pytest.mark.parametrize("name", NO_MESSAGES)
def test_what_holds_no_message_gives_none(name: str) -> None:
    data = NO_MESSAGES[name]
    for size in range(1, len(data) + 2):
        assert decode(data, [size]) == [], size


def test_conformance_cases_at_every_chunking(shared_data: Path) -> None:
    cases = json.loads((shared_data / "sse_conformance.json").read_text())
    cases = cases["cases"] if isinstance(cases, dict) else cases
    assert len(cases) >= 54
    for case in cases:
        data = base64.b64decode(case["bytes_b64"])
        expected = [(one["type"], one["data"], one["lastEventId"]) for one in case["expected"]]
        # Every size for the small ones; a megabyte cut into single bytes would test patience and nothing else.
        for size in range(1, len(data) + 2) if len(data) < 500 else (1021, 65536, len(data)):
            got = decode(data, [size])
            assert [(one.event, one.data, one.id) for one in got] == expected, (case["name"], size)
            if got and "expected_retry_ms" in case:
                assert got[-1].retry == case["expected_retry_ms"], case["name"]


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")),
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0")),
            st.none() | st.integers(0, 10**6),
        ),
        max_size=6,
    ),
    st.lists(st.integers(1, 30), min_size=1, max_size=8),
)
def test_what_is_encoded_comes_back_at_any_chunking(
    blocks: list[tuple[str, str, int | None]], sizes: list[int]
) -> None:
    stream = b"".join(encode(data, event=name or None, id=name, retry=retry) for data, name, retry in blocks)
    assert [(one.data, one.event, one.id) for one in decode(stream, sizes)] == [
        (data, name or "message", name) for data, name, _ in blocks
    ]


@given(runs(), st.lists(st.integers(1, 200), min_size=1, max_size=5))
def test_events_survive_the_wire(events: list[KnownEvent], sizes: list[int]) -> None:
    stream = b"".join(encode_event(event, 1) + HEARTBEAT for event in events)
    assert stream.isascii()
    assert b"\r" not in stream
    messages = decode(stream, sizes)
    assert [parse_event(one.data, one.event) for one in messages] == events
    assert [one.id for one in messages] == [f"1-{seq}" for seq in range(1, len(events) + 1)]


def test_retry_stands_inside_the_first_block() -> None:
    assert decode(retry_prefix(1500) + b"id: 1-1\ndata: {}\n\n", [3]) == [Message("message", "{}", "1-1", 1500)]


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\0b"])
def test_an_id_that_the_stream_cannot_carry_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="SSE id"):
        encode("x", id=bad)


def test_an_event_name_with_a_line_end_is_refused() -> None:
    with pytest.raises(ValueError, match="event name"):
        encode("x", event="a\nb")


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_message_over_the_limit_is_refused_after_what_came_before(size: int) -> None:
    decoder = Decoder(max_message_bytes=50)
    stream = b"data: small\n\n" + b"data: " + b"x" * 100 + b"\n\n"
    messages: list[Message] = []

    def feed_all() -> None:
        for start in range(0, len(stream) + size, size):
            messages.extend(decoder.feed(stream[start : start + size]))

    with pytest.raises(MessageTooLargeError, match="more than 50 bytes"):
        feed_all()
    assert messages == [Message("message", "small")]


def test_many_small_data_lines_count_towards_the_limit() -> None:
    decoder = Decoder(max_message_bytes=50)
    for _ in range(3):
        assert decoder.feed(b"data: abcdef\n") == []
    with pytest.raises(MessageTooLargeError):
        decoder.feed(b"data: abcdef\n")


def test_comments_cost_no_memory_however_long() -> None:
    decoder = Decoder(max_message_bytes=50)
    for _ in range(100):
        assert decoder.feed(b":" + b"x" * 1000) == []
    assert decoder.feed(b"\ndata: a\n\n") == [Message("message", "a")]
