"""The Compare place put together."""

import gradio as gr

from backend.client.run_client import RunClient
from ui_gradio.places import lay_out_navigation


def build_compare(application: gr.Blocks, client: RunClient) -> None:
    """Lay the page out and make it work. To be called inside ``gr.Blocks``."""
    lay_out_navigation("compare")
