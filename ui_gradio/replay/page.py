"""The Replay place put together: what a reader does is tied to the handlers."""

from functools import partial

import gradio as gr

from backend.desk.desk import Desk
from ui_gradio.browser import with_theme
from ui_gradio.events import quiet
from ui_gradio.playback_controls import Moving
from ui_gradio.replay.layout import build_page
from ui_gradio.replay.opening import Opening
from ui_gradio.replay.player import drawn
from ui_gradio.review import Review


def build_replay(application: gr.Blocks, desk: Desk) -> None:
    """Lay the page out and make it work. To be called inside ``gr.Blocks``."""
    page = build_page()
    moving, outputs = Moving(page.moving, partial(drawn, page)), page.outputs()
    opening = Opening(desk.client, page, moving)
    common = {"outputs": outputs, **quiet(page.table)}
    page.choice.input(
        opening.choose,
        inputs=[page.table, page.choice, page.theme],
        js=with_theme(3),
        api_name="choose_run_to_replay",
        **common,
    )
    page.upload.upload(
        opening.upload,
        inputs=[page.table, page.upload, page.theme],
        js=with_theme(3),
        api_name="open_recording",
        **common,
    )
    page.refresh.click(
        opening.refresh, inputs=[page.table, page.theme], js=with_theme(2), api_name="refresh_replay", **common
    )
    page.open_another.click(opening.open_another, api_name="open_another", **common)
    moving.connect(page.table, outputs)
    Review(desk.client, page.review).connect(page.table)
    application.load(
        opening.arrive, inputs=[page.table, page.theme], js=with_theme(2), api_name="arrive_at_replay", **common
    )
