"""Gradio's queue while nobody is there: it wakes the process seldom."""

import gradio as gr

from ui_gradio.app import calm


def test_the_queue_looks_for_events_some_fifty_times_a_second_at_most() -> None:
    with gr.Blocks(analytics_enabled=False) as application:
        application.queue()
    queue = application._queue
    calm(queue)
    looks = 1 / queue.sleep_when_free + 1 / queue.progress_update_sleep_when_free
    assert looks <= 60
