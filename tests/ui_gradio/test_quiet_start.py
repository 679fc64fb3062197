"""A Gradio process before anybody is there: it writes no stub files while it starts, and its queue wakes it seldom."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import need_framework

STARTED = """
import inspect, json
from ui_gradio.app import calm
import gradio
from gradio import component_meta
with gradio.Blocks(analytics_enabled=False) as application:
    application.queue()
calm(application._queue)
print(json.dumps({
    "looks": 1 / application._queue.sleep_when_free + 1 / application._queue.progress_update_sleep_when_free,
    "writer": component_meta.create_or_modify_pyi.__module__,
    "defined": "def create_or_modify_pyi(" in inspect.getsource(component_meta),
}))
"""


@pytest.fixture(scope="module")
def started() -> dict[str, Any]:
    need_framework("gradio")
    child = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return found


def test_the_queue_looks_for_events_some_fifty_times_a_second_at_most(started: dict[str, Any]) -> None:
    assert started["looks"] <= 60


def test_gradio_writes_no_stub_files_for_editors(started: dict[str, Any]) -> None:
    assert started["defined"], "Gradio has another name for what ui_gradio.stub_files replaces"
    assert started["writer"] == "ui_gradio.stub_files"
