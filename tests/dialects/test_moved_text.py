"""Text that a sender puts elsewhere, or in another form, is read or is a loss: no answer is empty and whole in silence.

Every message that brings a piece of an answer is sent with each of its fields renamed, and with each of its values put
in an object or a list, at any depth.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from backend.dialects.registry import open_decoder
from backend.protocol.events import TokenEvent
from tests.dialects.stream_index import index_of
from tests.dialects.streams import DIALECT_OF_PROTOCOL, ReadStream, frames, read

MOST_BYTES = 60_000
"""The streams that are read: many times over, so not the longest."""

Path_ = tuple[str | int, ...]


def blocks_of(data: bytes) -> list[bytes]:
    between = b"\n" if data[:1] == b"{" else b"\n\n"
    return [block + between for block in data.replace(b"\r\n", b"\n").split(between) if block.strip()]


def parted(block: bytes) -> tuple[str, Any] | None:
    """The event name and the JSON value of a block, or None if it has no object."""
    lines = block.decode().splitlines()
    name = next((line[6:].strip() for line in lines if line.startswith("event:")), "")
    text = "\n".join(line.removeprefix("data:").strip() for line in lines if line.startswith(("data:", "{")))
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return (name, value) if isinstance(value, dict | list) else None


def paths(value: Any, at: Path_ = ()) -> Iterator[Path_]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*at, key)
        yield from paths(item, (*at, key))


def moved(value: Any, path: Path_) -> Iterator[tuple[str, Any]]:
    """The value with the field at the path renamed, and in other forms."""
    for what in ("renamed", "in an object", "in a list", "in an unknown object"):
        copy = deepcopy(value)
        holder = copy
        for key in path[:-1]:
            holder = holder[key]
        key, item = path[-1], holder[path[-1]]
        if what == "renamed":
            if isinstance(key, int):
                continue
            holder["x_" + key] = holder.pop(key)
        else:
            holder[key] = {"in an object": {"text": item}, "in a list": [item]}.get(what, {"inner": item})
        yield what, copy


def pieces_of(dialect: str, blocks: list[bytes]) -> list[int]:
    """Which blocks bring a piece of the answer, one for every form of message."""
    decoder = open_decoder(dialect)
    found, forms = [], set()
    for place, block in enumerate(blocks):
        said = any(isinstance(draft, TokenEvent) and draft.text.strip() for draft in decoder.feed(block))
        told = parted(block)
        if said and told is not None:
            form = (told[0], tuple(path for path in paths(told[1])))
            if form not in forms:
                forms.add(form)
                found.append(place)
    return found


def is_told(changed: ReadStream, before: ReadStream) -> bool:
    """Whether the text is there, or a reader can see that something is not."""
    return (
        len(changed.text) >= len(before.text)
        or changed.losses != before.losses
        or changed.end.outcome != "completed"
        or len(changed.warnings) > len(before.warnings)
    )


def test_text_in_another_place_is_read_or_lost_by_name(stream_folder: Path) -> None:
    silent, tried = [], set()
    for row in index_of(stream_folder):
        dialect = DIALECT_OF_PROTOCOL.get(row["protocol"])
        if dialect is None or row["bytes"] > MOST_BYTES or not row["text_chars"]:
            continue
        data = (stream_folder / row["file"]).read_bytes()
        before, blocks = read(dialect, data), blocks_of(data)
        for place in pieces_of(dialect, blocks):
            name, value = parted(blocks[place]) or ("", {})
            form = (dialect, tuple(paths(value)), json.dumps(value)[:60])
            if form in tried:
                continue
            tried.add(form)
            for path in paths(value):
                for what, changed in moved(value, path):
                    line = json.dumps(changed).encode() + b"\n"
                    if data[:1] != b"{":
                        line = (f"event: {name}\n" if name else "").encode() + b"data: " + line + b"\n"
                    stream = read(dialect, b"".join([*blocks[:place], line, *blocks[place + 1 :]]))
                    if not is_told(stream, before):
                        silent.append((row["file"], path, what))
    assert tried
    assert silent == []


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("ai-sdk", {"type": "text-delta", "id": "t", "textDelta": "Hello"}, "Hello"),
    ("ai-sdk", {"type": "text-delta", "id": "t", "payload": {"text": "Hello"}}, "Hello"),
    ("ai-sdk", {"type": "text-delta", "id": "t", "delta": {"type": "text", "text": "Hello"}}, "Hello"),
    ("ag-ui", {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "content": "Hello"}, "Hello"),
    ("ag-ui", {"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": [{"text": "Hel"}, "lo"]}, "Hello"),
    ("openai-chat", {"choices": [{"index": 0, "delta": {"content": {"text": "Hello"}}}]}, "Hello"),
    ("openai-chat", {"choices": [{"index": 0, "delta": {"text": "Hello"}}]}, "Hello"),
    ("openai-responses", {"type": "response.output_text.delta", "output_index": 0, "text": "Hello"}, "Hello"),
    ("anthropic", {"type": "content_block_delta", "delta": {"type": "text_delta", "content": "Hello"}}, "Hello"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "message", "text"), CASES)
def test_known_other_places_of_text_are_read(dialect: str, message: dict[str, Any], text: str) -> None:
    stream = read(dialect, frames([message]))
    assert (stream.text, stream.losses) == (text, {})


@pytest.mark.parametrize("dialect", ["ai-sdk", "ag-ui"])
def test_text_in_an_unknown_field_is_lost_by_its_name(dialect: str) -> None:
    kind = {"ai-sdk": "text-delta", "ag-ui": "TEXT_MESSAGE_CONTENT"}[dialect]
    stream = read(dialect, frames([{"type": kind, "saying": "Hello"}]))
    assert stream.losses == {"text in a field 'saying' that is not known": 1}


def test_messages_of_another_dialect_are_a_loss() -> None:
    stream = read("ai-sdk", frames([{"type": "start"}, {"speech": "Hello"}, {"type": "finish"}]))
    assert stream.losses == {"messages that are not of this dialect": 1}
