"""``docs/events.md``: every example is an event as the backend sends it, and together they keep the rules."""

import json
import re
from pathlib import Path

from backend.protocol.checks import RULES, check
from backend.protocol.events import EVENT_TYPES, Event, UnknownEvent, parse_event
from backend.protocol.sse import Decoder

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "events.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
BLOCKS = re.findall(r"^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def examples() -> list[Event]:
    return [parse_event(text) for text in EXAMPLES]


def test_every_type_has_an_example_and_a_heading() -> None:
    assert {event.type for event in examples()} == set(EVENT_TYPES)
    assert re.findall(r"^### (\w+)$", PAGE, re.MULTILINE) == list(dict.fromkeys(event.type for event in examples()))


def test_every_field_of_an_example_is_one_that_events_have() -> None:
    for text, event in zip(EXAMPLES, examples(), strict=True):
        assert not isinstance(event, UnknownEvent), event
        assert not event.model_extra, event.model_extra
        assert event.model_dump(mode="json", exclude_unset=True) == json.loads(text)


def test_the_examples_are_a_run_that_keeps_the_rules() -> None:
    assert list(check(examples())) == []


def test_the_block_is_one_event_of_the_wire() -> None:
    (block,) = BLOCKS
    (message,) = Decoder().feed(block.encode() + b"\n")
    assert (message.id, message.event) == ("1-2", "token")
    assert parse_event(message.data).seq == 2


def test_every_rule_is_listed() -> None:
    assert len(re.findall(r"^\d\. ", PAGE, re.MULTILINE)) == len(RULES)
