"""Frames: the standard's rules on bytes, at every chunking, and the way back."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from backend.protocol.events import KnownEvent, parse_event
from backend.protocol.sse import HEARTBEAT, Decoder, Message, MessageTooLargeError, encode, encode_event, retry_prefix
from tests.strategies import runs

CASES: dict[str, tuple[bytes, list[Message]]] = {
    "two messages": (b"data: a\n\ndata: b\n\n", [Message("message", "a"), Message("message", "b")]),
    "byte order mark": (b"\xef\xbb\xbfdata: a\n\n", [Message("message", "a")]),
    "a second byte order mark is data": (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [Message("message", "b")]),
    "every line end": (
        b"data: a\r\n\r\ndata: b\r\rdata: c\n\n",
        [Message("message", "a"), Message("message", "b"), Message("message", "c")],
    ),
    "one space is stripped": (b"data:  a \n\n", [Message("message", " a ")]),
    "several data lines": (b"data: a\ndata\ndata: b\n\n", [Message("message", "a\n\nb")]),
    "id stays in force": (
        b"id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
        [Message("message", "a", "7"), Message("message", "b", "7"), Message("message", "c", "")],
    ),
    "id with NUL is ignored": (b"id: 1\nid: 2\0\ndata: a\n\n", [Message("message", "a", "1")]),
    "event name, last one wins": (b"event: x\nevent: token\ndata: a\n\n", [Message("token", "a")]),
    "event without data is dropped": (b"event: token\n\ndata: a\n\n", [Message("message", "a")]),
    "retry takes ASCII digits only": (
        b"retry: 15\nretry: +9\nretry: \xd9\xa1\ndata: a\n\n",
        [Message("message", "a", "", 15)],
    ),
    "an absurd retry is ignored": (b"retry: " + b"9" * 5000 + b"\ndata: a\n\n", [Message("message", "a")]),
    "separators inside text are no line ends": (
        "data: a\u2028b\u2029c\x85d\x0be\x0cf\n\n".encode(),
        [Message("message", "a\u2028b\u2029c\x85d\x0be\x0cf")],
    ),
    "broken UTF-8 is replaced": (b"data: a\xff\xc3\n\n", [Message("message", "a\ufffd\ufffd")]),
    "an unfinished message is dropped": (b"data: a\n\ndata: b\n", [Message("message", "a")]),
    "heartbeats are silent": (
        HEARTBEAT + b"id: 1\ndata: a\n\n" + HEARTBEAT + HEARTBEAT + b"data: b\n\n",
        [Message("message", "a", "1"), Message("message", "b", "1")],
    ),
    "unknown fields are ignored": (b"datax: 1\nDATA: 2\n data: 3\ndata: a\n\n", [Message("message", "a")]),
}


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
    for size in range(1, min(len(data), 40) + 1):
        assert decode(data, [size]) == expected
    assert decode(data, [len(data)]) == expected


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
