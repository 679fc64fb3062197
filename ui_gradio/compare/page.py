"""The Compare place put together: what a reader does is tied to the handlers."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import gradio as gr

from backend.desk.desk import Desk
from backend.present.pages.pair import Which
from ui_gradio.browser import RUNS_INTO_ADDRESS, with_theme
from ui_gradio.compare.choosing import Compare
from ui_gradio.compare.layout import build_page
from ui_gradio.compare.pair_drawing import drawn
from ui_gradio.drawing import Updates
from ui_gradio.events import quiet
from ui_gradio.playback_controls import Moving


def build_compare(application: gr.Blocks, desk: Desk) -> None:
    """Lay the page out and make it work. To be called inside ``gr.Blocks``."""
    page = build_page()
    compare, fields = Compare(desk.client, page), page.choosing

    def connect(event: Callable[..., Any], handler: Callable[..., Any], api_name: str, *inputs: Any) -> None:
        wanted = [page.pair, *inputs, page.theme]
        event(
            handler,
            inputs=wanted,
            outputs=page.outputs(),
            js=with_theme(len(wanted)),
            # Another pair may be chosen while one still goes on.
            trigger_mode="multiple",
            api_name=api_name,
            **quiet(page.pair),
        )

    connect(fields.first_run.input, _for_side(compare.choose, "first"), "choose_first_run", fields.first_run)
    connect(fields.second_run.input, _for_side(compare.choose, "second"), "choose_second_run", fields.second_run)
    connect(fields.first_file.upload, _for_side(compare.upload, "first"), "open_first_recording", fields.first_file)
    connect(fields.second_file.upload, _for_side(compare.upload, "second"), "open_second_recording", fields.second_file)
    connect(fields.race.click, compare.race, "race", fields.question, fields.first_agent, fields.second_agent)
    connect(
        fields.question.submit, compare.race, "submit_race", fields.question, fields.first_agent, fields.second_agent
    )
    connect(fields.status_race.click, compare.race_status, "race_status", fields.scenario)
    page.stop.click(compare.stop, inputs=[page.pair], api_name="stop_both", **quiet(page.pair))
    page.another.click(
        compare.open_another,
        inputs=[page.pair],
        outputs=page.outputs(),
        api_name="compare_another",
        **quiet(page.pair),
    )
    Moving(page.moving, partial(drawn, page)).connect(page.pair, page.outputs(), "_of_both")
    page.addresses.change(None, inputs=[page.addresses], js=RUNS_INTO_ADDRESS, api_visibility="private")
    application.load(
        compare.arrive,
        inputs=[page.pair, page.theme],
        outputs=page.outputs(),
        js=with_theme(2),
        api_name="arrive_at_compare",
        **quiet(page.pair),
    )


def _for_side(handler: Callable[..., AsyncIterator[Updates]], which: Which) -> Callable[..., AsyncIterator[Updates]]:
    async def for_that_side(pair: Any, value: Any, theme: Any) -> AsyncIterator[Updates]:
        async for updates in handler(which, pair, value, theme):
            yield updates

    return for_that_side
