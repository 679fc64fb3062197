"""The Replay place put together: what a reader does is tied to the handlers."""

import gradio as gr

from backend.client.run_client import RunClient
from ui_gradio.browser import with_theme
from ui_gradio.events import quiet
from ui_gradio.replay.layout import build_page
from ui_gradio.replay.opening import Opening
from ui_gradio.replay.player import Player
from ui_gradio.review import Review


def build_replay(application: gr.Blocks, client: RunClient) -> None:
    """Lay the page out and make it work. To be called inside ``gr.Blocks``."""
    page = build_page()
    opening, player, outputs = Opening(client, page), Player(page), page.outputs()
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
    # Pressed again while it plays it pauses, so that one event may run beside another of its kind.
    page.play.click(
        player.play_or_pause, inputs=[page.table], trigger_mode="multiple", api_name="play_or_pause", **common
    )
    page.previous.click(
        player.previous, inputs=[page.table], trigger_mode="multiple", api_name="previous_event", **common
    )
    page.next.click(player.next, inputs=[page.table], trigger_mode="multiple", api_name="next_event", **common)
    page.speed.input(player.set_speed, inputs=[page.table, page.speed], api_name="speed", **common)
    # Not "always_last", which was seen to drop the very last move.
    page.scrubber.input(player.seek, inputs=[page.table], trigger_mode="multiple", api_name="seek", **common)
    Review(client, page.review).connect(page.table)
    application.load(
        opening.arrive, inputs=[page.table, page.theme], js=with_theme(2), api_name="arrive_at_replay", **common
    )
