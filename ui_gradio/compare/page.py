"""The Compare page assembled: the reader's actions are tied to the handlers."""

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from backend.desk.desk import Desk
from backend.desk.run_pair import BOTH
from backend.present.pages.addresses import names_a_share
from backend.present.pages.cards import pair_cards_html
from ui_gradio.browser import WHEN_CHARTS_ARE_WANTED, WHEN_CHARTS_CAN_BE_DRAWN, with_theme
from ui_gradio.compare.compare_handlers import CompareHandlers
from ui_gradio.compare.drawn_pair import DrawnPair
from ui_gradio.compare.layout import build_page
from ui_gradio.events import quiet
from ui_gradio.late_charts import draw_late_charts


def build_compare(application: gr.Blocks, desk: Desk) -> None:
    """Lay the page out and make it work. Call this inside ``gr.Blocks``."""
    page = build_page()
    handlers, fields = CompareHandlers(desk.compare, page), page.choosing
    agents, common = (fields.question, fields.first_agent, fields.second_agent, fields.blind), quiet(page.pair)

    def connect(event: Callable[..., Any], handler: Callable[..., Any], api_name: str, *inputs: Any) -> None:
        wanted = [page.pair, *inputs, page.theme]
        event(
            handler,
            inputs=wanted,
            outputs=page.outputs(),
            js=with_theme(len(wanted)),
            # Another pair may be chosen while one is still running.
            trigger_mode="multiple",
            api_name=api_name,
            **common,
        )

    sides = ((fields.first_run, fields.first_file), (fields.second_run, fields.second_file))
    for which, (run, file) in zip(BOTH, sides, strict=True):
        connect(run.input, partial(handlers.choose, which), f"choose_{which}_run", run)
        connect(file.upload, partial(handlers.upload, which), f"open_{which}_recording", file)
    connect(page.recent.input, handlers.press, "press_pair")
    connect(fields.race.click, handlers.race, "race", *agents)
    connect(fields.question.submit, handlers.race, "submit_race", *agents)
    connect(fields.status_race.click, handlers.race_status, "race_status", fields.scenario)

    charts = [*page.first.charts, *page.second.charts]
    # The page first: Plotly's script takes a browser a second or more, and the charts are below what is compared.
    wanted = WHEN_CHARTS_ARE_WANTED, DrawnPair.drawings_with_charts
    draw_late_charts(application, page.pair, charts, *wanted, "draw_charts_of_both")
    can_be_drawn = WHEN_CHARTS_CAN_BE_DRAWN, DrawnPair.drawings_with_charts
    draw_late_charts(application, page.pair, charts, *can_be_drawn, "draw_charts_of_both_again")

    async def recent(request: gr.Request) -> str:
        return "" if names_a_share(request.query_params) else pair_cards_html(await desk.recent_runs.pairs())

    application.load(recent, outputs=[page.recent], api_name="pairs_to_compare", **common)
    connect(application.load, handlers.arrive, "arrive_at_compare")
    page.stop.click(handlers.stop, inputs=[page.pair], api_name="stop_both", **common)
    page.another.click(
        handlers.open_another, inputs=[page.pair], outputs=page.outputs(), api_name="compare_another", **common
    )
    handlers.moving.connect(page.pair, page.outputs(), "_of_both")
