"""Bytes to messages: an event stream, one JSON document, an array, or values one behind another."""

import json
from typing import Any

import pytest

from backend.dialects.framing import Framing
from backend.protocol.sse import MessageTooLargeError


def messages(data: bytes, size: int | None = None) -> list[tuple[str, str]]:
    framing = Framing()
    found = []
    for start in range(0, len(data), size or max(1, len(data))):
        found += framing.feed(data[start : start + (size or len(data))])
    found += framing.close()
    return [(message.event, message.data) for message in found]


def values(data: bytes) -> list[Any]:
    return [json.loads(text) for _, text in messages(data)]


@pytest.mark.parametrize("size", [1, 2, 7, None])
def test_an_event_stream(size: int | None) -> None:
    data = 'event: a\ndata: {"x": "ü"}\n\n: comment\n\ndata: [DONE]\n\n'.encode()
    assert messages(data, size) == [("a", '{"x": "ü"}'), ("message", "[DONE]")]


@pytest.mark.parametrize("size", [1, 2, None])
@pytest.mark.parametrize("document", [b'[{"x": 1}]', b'\n{"x": 1}\n', b'data: {"x": 1}\n\n'])
def test_a_byte_order_mark_is_left_out(document: bytes, size: int | None) -> None:
    assert messages(b"\xef\xbb\xbf" + document, size) == [("message", '{"x": 1}')]
    assert messages(b"\xef\xbb\xbf"[: size or 3], size) == []


@pytest.mark.parametrize("size", [1, None])
def test_messages_that_one_line_end_parts(size: int | None) -> None:
    data = b'event: a\ndata: {"x": 1}\nevent: b\ndata: {"x": 2}\ndata: [DONE]\n'
    assert messages(data, size) == [("message", '{"x": 1}'), ("message", '{"x": 2}'), ("message", "[DONE]")]
    assert messages(b'data: {"x": 1}\ndata: {"x": ', size) == [("message", '{"x": 1}'), ("message", '{"x": ')]


@pytest.mark.parametrize("size", [1, 5, None])
@pytest.mark.parametrize(
    "stray",
    ['{\n  "error": {\n    "code": 499\n  }\n}', '{"error": {"code": 499}}', 'error: {"error": {"code": 499}}'],
)
@pytest.mark.parametrize("behind", ["", "\n", "\n\n"])
def test_an_error_that_stands_bare_in_the_stream_is_a_message(stray: str, behind: str, size: int | None) -> None:
    (first, second) = messages(f'data: {{"x": 1}}\n\n{stray}{behind}'.encode(), size)
    assert first == ("message", '{"x": 1}')
    assert (second[0], json.loads(second[1])) == ("message", {"error": {"code": 499}})


@pytest.mark.parametrize(
    "stray",
    ['{"x": 1}', '{\n"x": 1\n', "{\n}", "}", "error: no", 'error: {"error"}', "{" + '\n "error": 1' * 9_000 + "\n}"],
)
def test_other_lines_that_are_no_field_are_left_out(stray: str) -> None:
    assert messages(f'data: {{"y": 1}}\n\n{stray}\n\ndata: {{"z": 1}}\n\n'.encode()) == [
        ("message", '{"y": 1}'),
        ("message", '{"z": 1}'),
    ]


@pytest.mark.parametrize("lines", [["{", '"x": 1}'], ['{"x": 1,', '"y": 2'], ["one", "two"]])
def test_a_message_of_several_lines_stays_one(lines: list[str]) -> None:
    data = "".join(f"data: {line}\n" for line in lines) + "\n"
    assert messages(data.encode()) == [("message", "\n".join(lines))]


def test_the_last_message_needs_no_blank_line() -> None:
    assert messages(b'data: {"x": 1}') == [("message", '{"x": 1}')]


@pytest.mark.parametrize("size", [1, 3, None])
def test_one_document_is_one_message_at_the_end(size: int | None) -> None:
    data = b' \r\n {"x": [1,\n 2]}\n'
    assert [json.loads(text) for _, text in messages(data, size)] == [{"x": [1, 2]}]
    framing = Framing()
    assert framing.feed(data) == []


def test_the_items_of_an_array_are_messages() -> None:
    assert values(b'[{"x": 1},\r\n{"x": 2}]') == [{"x": 1}, {"x": 2}]


@pytest.mark.parametrize("end", [b"", b",", b"\n,\n", b"]"])
def test_an_array_that_was_cut_gives_what_is_whole(end: bytes) -> None:
    assert values(b'[{\n  "x": 1\n}\n,\n{\n  "x": 2\n}' + end) == [{"x": 1}, {"x": 2}]


def test_a_cut_value_is_left_for_its_reader_to_report() -> None:
    assert [text for _, text in messages(b'[{"x": 1},\n{"x": ')] == ['{"x": 1}', '{"x":']


def test_one_value_a_line() -> None:
    assert values(b'{"x": 1}\n{"x": 2}\n\n{"x": 3}') == [{"x": 1}, {"x": 2}, {"x": 3}]


def test_nothing_but_space_is_no_message() -> None:
    assert messages(b" \n\r\n\t") == []
    assert messages(b"") == []


def test_values_inside_one_another_without_end_are_given_up() -> None:
    found = messages(b'{"x" 1}\n' + b'{"x":\n' * 20_000)
    assert len(found) == 1_001


def test_deep_nesting_is_one_message_that_nobody_can_read() -> None:
    assert len(messages(b"[" * 100_000)) <= 1


def test_a_document_has_a_limit() -> None:
    framing = Framing(max_message_bytes=100)
    assert framing.feed(b'{"x": "') == []
    with pytest.raises(MessageTooLargeError):
        framing.feed(b"a" * 100)
