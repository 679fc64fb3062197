"""What can be sent as JSON again."""

import math

import pytest
from pydantic import TypeAdapter, ValidationError

from backend.protocol.inputs import GivenAnswer
from backend.protocol.sendable import Text, sendable

NESTED: list[object] = []
for _ in range(100_000):
    NESTED = [NESTED]


UNSENDABLE = {
    "NaN": math.nan,
    "infinite": math.inf,
    "text": ["\ud83d"],
    "name": {"\udc00": 1},
    "deep": NESTED,
}


@pytest.mark.parametrize("value", UNSENDABLE.values(), ids=UNSENDABLE)
def test_what_json_cannot_carry_is_refused_with_a_sentence(value: object) -> None:
    with pytest.raises(ValueError, match=r"^The value contains .*\.$"):
        sendable(value)


def test_an_answer_contains_only_what_can_be_sent_on() -> None:
    for fields in (
        {"value": math.nan},
        {"arguments": {"a": ["\ud83d"]}},
        {"note": "\udc00"},
        {"by": {"name": "\ud83d"}},
    ):
        with pytest.raises(ValidationError):
            GivenAnswer.model_validate({"action": "accept", **fields})
    kept = {"action": "accept", "value": {"a": [1, 2.5, None, "\U0001f600"]}}
    assert GivenAnswer.model_validate(kept).value == kept["value"]
    assert TypeAdapter(Text).validate_python("D\u00e9j\u00e0") == "D\u00e9j\u00e0"
