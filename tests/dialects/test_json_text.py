"""JSON of strangers: halves of characters and endless nesting end in nothing that cannot be written."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from backend.dialects.json_text import MAX_DEPTH, JsonTexts
from backend.protocol.events import event_json
from tests.dialects.streams import frames, read


@given(st.text(max_size=20), st.lists(st.integers(0, 60), max_size=6))
def test_a_text_cut_between_any_two_units_is_whole_again(text: str, cuts: list[int]) -> None:
    units = text.encode("utf-16-le")
    edges = sorted({0, len(units), *(2 * cut for cut in cuts if 2 * cut < len(units))})
    pieces = [units[a:b].decode("utf-16-le", "surrogatepass") for a, b in pairwise(edges)]
    chunks = [{"type": "text-delta", "id": "t", "delta": piece} for piece in pieces]
    assert read("ai-sdk", frames(chunks)).text == text


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (['"\\ud83d"', '"\\ude00 a"'], ["", "\U0001f600 a"]),
        (['"\\ude00 a"'], ["\ufffd a"]),
        (['"a \\ud83d b"'], ["a \ufffd b"]),
        (['"\\ud83d"', '"b"', '["\\ude00"]'], ["", "b", ["\U0001f600"]]),
        (['{"\\ud800": 1}'], [{"\ufffd": 1}]),
        (['"\\ud83d\\ude00"'], ["\U0001f600"]),
        (['"\\ud83d"', '"\\ud83d"', '"\\ude00"'], ["", "", "\U0001f600"]),
    ],
)
def test_halves(texts: list[str], values: list[Any]) -> None:
    reader = JsonTexts()
    assert [reader.read(text) for text in texts] == values


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_nesting_has_a_limit() -> None:
    assert JsonTexts().read(json.dumps(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    with pytest.raises(ValueError, match="inside one another"):
        JsonTexts().read(json.dumps(nested(MAX_DEPTH + 1)))


@pytest.mark.parametrize("levels", [MAX_DEPTH - 1, MAX_DEPTH, 300, 900, 100_000])
@pytest.mark.parametrize("inside", [False, True])
def test_every_event_that_comes_of_it_can_be_written(levels: int, inside: bool) -> None:
    value = f'{"[" * levels}"\\ud800"{"]" * levels}'
    whole = {"type": "tool-input-available", "toolCallId": "a", "toolName": "b", "input": 0}
    delta = {"type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": value}
    message = json.dumps(delta) if inside else json.dumps(whole).replace("0", value)
    stream = read("ai-sdk", frames([message, {"type": "finish"}]))
    assert stream.end.outcome == "completed"
    for draft in stream.drafts:
        event_json(draft)
