"""Streams cut anywhere, with damaged bytes or fields, with messages lost, doubled or mixed: no decoder raises.

The streams in ``data`` are hand-written, a few messages of each dialect, with text of several bytes a character.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from backend.dialects.imported_run import ImportedRun
from backend.dialects.registry import DIALECTS, open_decoder
from backend.protocol.events import Draft
from backend.protocol.recording_reader import parse_recording
from tests.dialects.streams import read

DATA = Path(__file__).parent / "data"

FILES = {
    "a2a.sse": "a2a",
    "a2a_v1.sse": "a2a",
    "bedrock.jsonl": "bedrock",
    "cohere.sse": "cohere",
    "dify.sse": "dify",
    "dify_agent.sse": "dify",
    "flowise.sse": "flowise",
    "ai_sdk_4.txt": "ai-sdk-4",
    "mastra.sse": "mastra",
    "langgraph.sse": "langgraph",
    "langgraph_tuple.sse": "langgraph",
    "langgraph_values.sse": "langgraph",
    "langgraph_partial.sse": "langgraph",
    "langgraph_protocol.sse": "langgraph",
    "ollama.ndjson": "ollama",
    "ag_ui": "ag-ui",
    "ai_sdk": "ai-sdk",
    "anthropic": "anthropic",
    "gemini": "gemini",
    "gemini_interactions": "gemini",
    "native": "native",
    "openai_chat_sources": "openai-chat",
    "openai_chat_tools": "openai-chat",
    "openai_responses": "openai-responses",
}
"""Each stream and its dialect."""

STREAMS = {name: (DATA / (name if "." in name else f"{name}.sse")).read_bytes() for name in FILES}


def parted(data: bytes) -> list[bytes]:
    """The messages of a stream of server-sent events, or of lines."""
    between = b"\n" if data[:1] == b"{" or data[1:2] == b":" else b"\n\n"
    return [block + between for block in data.split(between) if block]


MESSAGES = {name: parted(data) for name, data in STREAMS.items()}

HEADER = b'{"playhead": "recording", "version": 1}\n'

names = st.sampled_from(sorted(FILES))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**40) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def check(dialect: str, data: bytes) -> None:
    """The stream becomes a recording that keeps the rules, with all steps closed and all ranges in the answer."""
    stream = read(dialect, data)
    assert stream.end.outcome in ("completed", "failed", "interrupted", "cancelled", "timed_out")
    assert (stream.end.error is None) == (stream.end.outcome == "completed")
    for citation in stream.citations if dialect != "native" else ():
        assert all(0 <= span.start < span.end <= len(stream.text) for span in citation.spans)
    states = {status.step_id: status.state for status in stream.statuses}
    assert not {"started", "progress", "waiting"} & set(states.values())
    run = ImportedRun(open_decoder(dialect))
    recording = parse_recording(b"".join([HEADER, *run.feed(data), *run.close()]))
    assert recording.cut is None


def test_every_dialect_has_a_stream_here() -> None:
    assert set(FILES.values()) == set(DIALECTS)


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_untouched_stream_is_whole(name: str) -> None:
    stream = read(FILES[name], STREAMS[name])
    assert stream.end.outcome == "completed"
    assert {warning.code for warning in stream.warnings} <= {"call_not_run"}
    assert stream.recognised == len([message for message in MESSAGES[name] if b"data: [DONE]" not in message])


@given(names, st.data())
def test_any_cutting_of_the_bytes_gives_the_same_drafts(name: str, data: st.DataObject) -> None:
    stream = STREAMS[name]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    decoder = open_decoder(FILES[name])
    drafts: list[Draft] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        drafts += decoder.feed(stream[start:end])
    drafts += decoder.close()
    whole = read(FILES[name], stream)
    assert (tuple(drafts), decoder.end) == (whole.drafts, whole.end)


@pytest.mark.parametrize("name", sorted(FILES))
def test_byte_by_byte_gives_the_same_drafts(name: str) -> None:
    assert read(FILES[name], STREAMS[name], 1) == read(FILES[name], STREAMS[name])


@given(names, st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes_never_raise(name: str, flips: list[tuple[int, int]]) -> None:
    damaged = bytearray(STREAMS[name])
    for place, value in flips:
        damaged[place % len(damaged)] = value
    check(FILES[name], bytes(damaged))


@given(names, st.data())
def test_lost_doubled_and_mixed_messages_never_raise(name: str, data: st.DataObject) -> None:
    messages = data.draw(st.lists(st.sampled_from(MESSAGES[name]), max_size=2 * len(MESSAGES[name])))
    check(FILES[name], b"".join(messages))


@given(names, st.data())
def test_fields_of_any_other_value_never_raise(name: str, data: st.DataObject) -> None:
    blocks = [opened(block) for block in MESSAGES[name] if b"data: [DONE]" not in block]
    messages = [json.loads(block[2]) for block in blocks]
    for _ in range(data.draw(st.integers(1, 3))):
        replace(data.draw(st.sampled_from([each for each in messages if isinstance(each, dict | list)])), data)
    damaged = b"".join(
        head + mark + json.dumps(message).encode() + (b"\n\n" if mark else b"\n")
        for (head, mark, _), message in zip(blocks, messages, strict=True)
    )
    check(FILES[name], damaged)
    # What raises is caught and counted, so the whole message is lost for one strange field: none may.
    assert "unreadable messages" not in read(FILES[name], damaged).losses


def opened(block: bytes) -> tuple[bytes, bytes, bytes]:
    """What comes before the JSON of a message, the mark of server-sent events where it has one, and the JSON."""
    if block[1:2] == b":":
        return block[:2], b"", block[2:]
    return block.rpartition(b"data:")


def replace(value: Any, data: st.DataObject) -> None:
    """Put another value, or none, into some place of the object, at any depth."""
    while value:
        key = data.draw(st.sampled_from(sorted(value)) if isinstance(value, dict) else st.integers(0, len(value) - 1))
        if value[key] and isinstance(value[key], dict | list) and data.draw(st.booleans()):
            value = value[key]
        elif isinstance(value, dict) and data.draw(st.booleans()):
            del value[key]
            return
        else:
            value[key] = data.draw(json_values)
            return


@given(names, names, st.data())
def test_a_stream_of_another_dialect_never_raises(name: str, other: str, data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(MESSAGES[name][:6] + MESSAGES[other][:6]))
    check(FILES[name], b"".join(mixed))


@given(st.sampled_from(sorted(DIALECTS)), st.binary(max_size=200))
def test_any_bytes_at_all_never_raise(dialect: str, data: bytes) -> None:
    check(dialect, data)


@given(st.sampled_from(sorted(DIALECTS)), json_values)
def test_any_json_at_all_never_raises(dialect: str, value: Any) -> None:
    check(dialect, json.dumps(value).encode())


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_stream_without_its_last_messages_is_no_success(name: str) -> None:
    messages = MESSAGES[name]
    for kept in range(len(messages) // 2):
        stream = read(FILES[name], b"".join(messages[:kept]))
        assert stream.end.outcome == "interrupted"
