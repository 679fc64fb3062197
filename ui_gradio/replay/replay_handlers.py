"""The handlers of the Replay page: open a run by the address, from the list, from a file, and load more of it."""

from collections.abc import AsyncIterator

import gradio as gr

from backend.desk.opened_run import ReplayDesk, ShownRun
from backend.desk.player import Moment
from backend.present.markup import fragment
from backend.present.pages.addresses import FIRST, RUN
from backend.present.pages.problem import Problem
from backend.present.pages.run_buttons import run_buttons_html
from backend.present.theme.palette import Theme
from backend.present.timeline.text import timeline_text_html
from backend.present.words import pages as words_pages
from ui_gradio.choices import chosen
from ui_gradio.drawing import Drawing, Updates, blank
from ui_gradio.events import drawn_once, say
from ui_gradio.navigation import in_a_row, link_html
from ui_gradio.playback_controls import Moving
from ui_gradio.replay.drawn_run import DrawnRun
from ui_gradio.replay.layout import AT_FIRST, ReplayPage


class ReplayHandlers:
    """The page's handlers, for one backend."""

    def __init__(self, desk: ReplayDesk, page: ReplayPage) -> None:
        self._desk, self._page = desk, page
        self.moving = Moving(page.moving, drawn)

    @drawn_once
    async def arrive(self, run: DrawnRun, theme: Theme, request: gr.Request) -> AsyncIterator[Updates]:
        """Offer the latest runs, and open the run in the address."""
        said: Problem | None = AT_FIRST
        async for offer in self._desk.arrive(run, request.query_params):
            updates: Updates = {self._page.choice: gr.update(choices=list(offer.runs))}
            # A run that a reader has opened or tried meanwhile stays on the page.
            if offer.notice != said or (offer.shown is not None and run.drawing is None):
                updates |= self._drawn_anew(run, offer.notice, theme)
            said = offer.notice
            yield updates

    async def choose(self, run: DrawnRun, run_id: str | None, theme: Theme) -> Updates:
        """Open a run of the list."""
        if not run_id:
            return {self._page.choice: gr.skip()}
        problem = await self._desk.choose(run, run_id)
        return {**self._drawn_anew(run, problem, theme), self._page.choice: None}

    async def press(self, run: DrawnRun, theme: Theme, event: gr.EventData) -> Updates:
        """Open the run whose card was pressed."""
        return self._drawn_anew(run, await self._desk.press(run, chosen(event)), theme)

    async def refresh(self, run: DrawnRun, theme: Theme) -> Updates:
        """Load new events of a run that was not over."""
        sentence = await self._desk.refresh(run)
        if sentence:
            say(sentence)
            return {self._page.refresh: gr.skip()}
        return self._drawn_anew(run, None, theme)

    async def upload(self, run: DrawnRun, data: bytes, theme: Theme) -> Updates:
        """Open a recording from a file."""
        return self._drawn_anew(run, await self._desk.open_file(run, data), theme)

    async def open_another(self) -> Updates:
        """Show the list again, with newer runs."""
        runs, page = await self._desk.runs(), self._page
        choices = gr.skip() if runs is None else gr.update(choices=list(runs), value=None)
        return {page.opening: gr.update(visible=True), page.choice: choices}

    def _drawn_anew(self, run: DrawnRun, problem: Problem | None, theme: Theme) -> Updates:
        """The page of the opened run, or the reason why none was opened."""
        page, shown = self._page, run.shown()
        if problem is not None or shown is None:
            return {page.panels.notice: problem.html if problem is not None else ""}
        run.drawing = Drawing(page.panels, theme)
        return {
            **blank(page.panels, shown.question),
            page.run_buttons: run_buttons_html(shown.run_id),
            page.opening: gr.update(visible=False),
            page.open_another: gr.update(visible=True),
            page.links: _links(shown),
            page.hint: str(fragment('<p class="ph ph-hint">{}</p>', shown.hint)) if shown.hint else "",
            page.refresh: gr.update(visible=shown.unfinished),
            page.timeline_text: str(timeline_text_html(shown.events)),
            **self.moving.at(run, shown.moment),
        }


def drawn(run: DrawnRun, moment: Moment) -> Updates:
    """The run as it was at that moment."""
    return run.drawing.seen(moment.runs[0]) if run.drawing is not None and moment.runs else {}


def _links(shown: ShownRun) -> str:
    if not shown.run_id:
        return ""
    return in_a_row(
        link_html("ask", words_pages.OPEN_IN_ASK, **{RUN: shown.run_id}),
        link_html("compare", words_pages.OPEN_IN_COMPARE, **{FIRST: shown.run_id}),
    )
