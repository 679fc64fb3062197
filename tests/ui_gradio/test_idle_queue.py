"""Gradio's queue while nobody is there: it wakes the process seldom."""

import subprocess
import sys

LOOKS_A_SECOND = """
import gradio
from ui_gradio.app import calm
with gradio.Blocks(analytics_enabled=False) as application:
    application.queue()
calm(application._queue)
print(1 / application._queue.sleep_when_free + 1 / application._queue.progress_update_sleep_when_free)
"""


def test_the_queue_looks_for_events_some_fifty_times_a_second_at_most() -> None:
    child = subprocess.run([sys.executable, "-c", LOOKS_A_SECOND], capture_output=True, text=True, check=True)
    assert float(child.stdout) <= 60
