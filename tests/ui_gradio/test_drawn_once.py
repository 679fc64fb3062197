"""What a handler of Gradio's sends last: Gradio repeats it at the end, when the page may show something else."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import need_framework

LAST_MESSAGES = """
import asyncio, inspect, json
from functools import partial
import gradio
from ui_gradio.app import build
from ui_gradio.events import drawn_once

widget = gradio.Textbox()

@drawn_once
async def draws(*texts):
    for text in texts:
        yield {widget: text}

async def sent(*texts):
    return [list(message.values()) for message in [message async for message in draws(*texts)]]

async def left_early():
    drawings = draws("one", "two")
    first = await anext(drawings)
    await drawings.aclose()
    return list(first.values())

def handler_of(event):
    found = event.fn
    while isinstance(found, partial):
        found = found.func
    return found

handlers = {event.api_name: handler_of(event) for event in build("http://127.0.0.1:9").fns.values() if event.fn}
generators = {name: handler for name, handler in handlers.items() if inspect.isasyncgenfunction(handler)}
once = draws.__code__
print(json.dumps({
    "sent": asyncio.run(sent("one", "two")) == [["one"], ["two"], [gradio.skip()]],
    "nothing": asyncio.run(sent()) == [],
    "left": asyncio.run(left_early()) == ["one"],
    "generators": len(generators),
    "repeat": sorted(name for name, handler in generators.items() if handler.__code__ is not once),
}))
"""
ON_ASK = ["answer", "ask", "choose", "choose_recent", "continue", "load", "new_conversation", "retry", "submit"]
ON_ASK += ["wait-longer"]
"""The events of the Ask page end so by themselves, see ``ui_gradio.deferred_updates``."""


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    need_framework("gradio")
    child = subprocess.run([sys.executable, "-c", LAST_MESSAGES], capture_output=True, text=True, check=True)
    facts: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return facts


def test_the_last_message_changes_nothing_and_there_is_none_where_nothing_was_drawn(found: dict[str, Any]) -> None:
    assert (found["sent"], found["nothing"], found["left"]) == (True, True, True)


def test_every_handler_that_draws_more_than_once_ends_so(found: dict[str, Any]) -> None:
    assert found["generators"] > len(ON_ASK)
    assert found["repeat"] == ON_ASK
