"""Ollama's native lines: read as they come, with thinking, calls and counts."""

import json
from typing import Any

from backend.dialects.registry import open_decoder
from backend.protocol.events import TokenEvent
from tests.dialects.streams import ReadStream, read
from tests.dialects.test_damaged_streams import STREAMS

DONE = {"model": "m", "done": True, "done_reason": "stop", "prompt_eval_count": 3, "eval_count": 2}


def line(**fields: Any) -> dict[str, Any]:
    return {"model": "m", "done": False, **fields}


def ollama(*lines: dict[str, Any]) -> ReadStream:
    return read("ollama", b"".join(json.dumps(one).encode() + b"\n" for one in lines))


def test_lines_are_read_as_they_come() -> None:
    decoder = open_decoder("ollama")
    first = decoder.feed(b'{"done": false, "message": {"content": "Hel"}}\n{"done": false, "mess')
    assert [draft.text for draft in first if isinstance(draft, TokenEvent)] == ["Hel"]
    second = decoder.feed(b'age": {"content": "lo"}}\n')
    assert [draft.text for draft in second if isinstance(draft, TokenEvent)] == ["lo"]
    assert not decoder.told_end
    decoder.feed(json.dumps(DONE).encode() + b"\n")
    assert decoder.told_end


def test_thinking_calls_and_usage() -> None:
    stream = read("ollama", STREAMS["ollama.ndjson"])
    assert stream.text == "Der Zürichsee 🏞️ ist 136 m tief."
    assert stream.states[:2] == [("thinking", "started"), ("thinking", "finished")]
    (call,) = {status.tool.name: status.tool for status in stream.statuses if status.tool}.values()
    assert call.arguments == {"lake": "Zürich"}
    assert stream.end.usage == {"input_tokens": 14, "output_tokens": 9}
    assert stream.losses == {"reasoning text": 2, "durations that the server measured": 1}


def test_the_lines_of_generate_and_a_whole_answer_are_read() -> None:
    assert ollama(line(response="Hel"), line(response="lo"), DONE).text == "Hello"
    whole = ollama({**DONE, "message": {"role": "assistant", "content": "Hello"}})
    assert (whole.text, whole.end.outcome) == ("Hello", "completed")


def test_a_limit_is_a_warning_and_a_missing_end_an_interruption() -> None:
    assert ollama(line(message={"content": "So"}), {**DONE, "done_reason": "length"}).warnings[0].code == "length_limit"
    assert ollama(line(message={"content": "So"})).end.outcome == "interrupted"


def test_a_damaged_line_is_left_out_and_the_next_one_is_read() -> None:
    lines = [json.dumps(line(message={"content": text})).encode() for text in ("a", "b", "c")]
    stream = read("ollama", b"\n".join([lines[0], lines[1][:-3], lines[2], json.dumps(DONE).encode()]))
    assert stream.text == "ac"
    assert stream.losses["unreadable messages"] > 0
    assert stream.end.outcome == "completed"
