"""The Replay page assembled: the reader's actions are tied to the handlers."""

import gradio as gr

from backend.desk.desk import Desk
from backend.present.pages.addresses import names_a_share
from backend.present.pages.cards import run_cards_html
from ui_gradio.browser import WHEN_CHARTS_CAN_BE_DRAWN, with_theme
from ui_gradio.events import quiet
from ui_gradio.late_charts import draw_late_charts
from ui_gradio.replay.layout import build_page
from ui_gradio.replay.replay_handlers import ReplayHandlers


def build_replay(application: gr.Blocks, desk: Desk) -> None:
    """Lay the page out and make it work. Call this inside ``gr.Blocks``."""
    page = build_page()
    handlers, outputs = ReplayHandlers(desk.replay, page), page.outputs()
    common = {"outputs": outputs, **quiet(page.run)}
    opening = {"inputs": [page.run, page.theme], "js": with_theme(2), **common}
    choosing = {"inputs": [page.run, page.choice, page.theme], "js": with_theme(3), **common}
    uploading = {"inputs": [page.run, page.upload, page.theme], "js": with_theme(3), **common}
    page.choice.input(handlers.choose, api_name="choose_run_to_replay", **choosing)
    page.recent.input(handlers.press, api_name="press_card_to_replay", **opening)
    page.upload.upload(handlers.upload, api_name="open_recording", **uploading)
    page.refresh.click(handlers.refresh, api_name="refresh_replay", **opening)
    page.open_another.click(handlers.open_another, api_name="open_another", **common)
    handlers.moving.connect(page.run, outputs)

    draw_late_charts(
        application,
        page.run,
        list(page.panels.charts),
        WHEN_CHARTS_CAN_BE_DRAWN,
        lambda run: [run.drawing] if run.drawing is not None else [],
        "draw_charts_of_replay_again",
    )

    async def recent(request: gr.Request) -> str:
        return "" if names_a_share(request.query_params) else run_cards_html(await desk.recent_runs.cards())

    application.load(recent, outputs=[page.recent], api_name="recent_runs_to_replay", **quiet(page.run))
    application.load(handlers.arrive, api_name="arrive_at_replay", **opening)
