"""The handlers of the Compare page: choose two runs, race two agents, or play one scenario in two ways."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import gradio as gr

from backend.desk.run_comparison import CompareDesk, CompareOffer
from backend.desk.run_pair import Which
from backend.present.pages.addresses import FIRST, SECOND
from backend.present.pages.problem import Problem
from backend.present.theme.palette import Theme
from ui_gradio.choices import chosen
from ui_gradio.compare.drawn_pair import DrawnPair
from ui_gradio.compare.layout import AT_FIRST, ComparePage
from ui_gradio.compare.pair_drawing import PairDrawing, drawn
from ui_gradio.drawing import Updates
from ui_gradio.events import drawn_once, say
from ui_gradio.playback_controls import Moving


class CompareHandlers:
    """The page's handlers, for one backend."""

    def __init__(self, desk: CompareDesk, page: ComparePage) -> None:
        self._desk, self._page = desk, page
        self.moving = Moving(page.moving, drawn)

    @drawn_once
    async def arrive(self, pair: DrawnPair, theme: Theme, request: gr.Request) -> AsyncIterator[Updates]:
        """Offer runs and agents, and open the runs in the address."""
        said: Problem | None = AT_FIRST
        async for offer in self._desk.arrive(pair, request.query_params):
            yield {**self._offered(offer, pair), self._page.choosing.question: offer.question}
            # Runs that a reader has opened, started or tried meanwhile stay on the page.
            if offer.notice != said and not pair.drawings:
                async for updates in self._show(pair, offer.notice, theme):
                    yield updates
            said = offer.notice

    @drawn_once
    async def choose(self, which: Which, pair: DrawnPair, run_id: str | None, theme: Theme) -> AsyncIterator[Updates]:
        """Open a run from the list on one side."""
        if run_id:
            async for updates in self._show(pair, await self._desk.choose(pair, which, run_id), theme):
                yield updates

    @drawn_once
    async def press(self, pair: DrawnPair, theme: Theme, event: gr.EventData) -> AsyncIterator[Updates]:
        """Open the pair of runs whose card was pressed."""
        async for updates in self._show(pair, await self._desk.press(pair, chosen(event)), theme):
            yield updates

    @drawn_once
    async def upload(self, which: Which, pair: DrawnPair, data: bytes, theme: Theme) -> AsyncIterator[Updates]:
        """Open a recording from a file on one side."""
        async for updates in self._show(pair, await self._desk.put_file(pair, which, data), theme):
            yield updates

    @drawn_once
    async def race(
        self, pair: DrawnPair, question: str, first: str | None, second: str | None, blind: bool, theme: Theme
    ) -> AsyncIterator[Updates]:
        """Ask two agents one question at once."""
        problem = await self._desk.race(pair, question, first or "", second or "", blind=blind)
        async for updates in self._show(pair, problem, theme):
            yield updates

    @drawn_once
    async def race_status(self, pair: DrawnPair, scenario: str | None, theme: Theme) -> AsyncIterator[Updates]:
        """Play one scenario with and without its status events."""
        async for updates in self._show(pair, await self._desk.race_status(pair, scenario or ""), theme):
            yield updates

    async def stop(self, pair: DrawnPair) -> None:
        """Stop the running ones."""
        for sentence in await self._desk.stop(pair):
            say(sentence)

    async def open_another(self, pair: DrawnPair) -> Updates:
        """Show the choices again, with newer runs; or hide them."""
        pair.choosing = not pair.choosing
        shown: Updates = {self._page.choosing_box: gr.update(visible=pair.choosing)}
        offer = await self._desk.offer(pair) if pair.choosing else None
        return shown if offer is None or offer.notice is not None else {**shown, **self._offered(offer, pair)}

    def _offered(self, offer: CompareOffer, pair: DrawnPair) -> Updates:
        fields, agents, named = self._page.choosing, list(offer.agents), pair.named()
        first, second = (name or None for name in offer.agents_to_begin_with)
        scenario = offer.scenarios[0].name if offer.scenarios else None
        return {
            fields.first_run: gr.update(choices=list(offer.runs), value=named[FIRST] or None),
            fields.second_run: gr.update(choices=list(offer.runs), value=named[SECOND] or None),
            fields.first_agent: gr.update(choices=agents, value=first),
            fields.second_agent: gr.update(choices=agents, value=second),
            fields.scenario: gr.update(choices=list(offer.scenarios), value=scenario),
            # The page's style hides their tabs: Gradio draws the heads of tabs once.
            fields.race: gr.update(visible=offer.rights.asks),
            fields.status_race: gr.update(visible=offer.rights.asks),
        }

    async def _show(self, pair: DrawnPair, problem: Problem | None, theme: Theme) -> AsyncIterator[Updates]:
        """Show why nothing was opened; else draw both runs until they are over."""
        page = self._page
        if problem is not None:
            yield {page.notice: problem.html}
            return
        pair.choosing = not pair.complete
        named, fields = pair.named(), page.choosing
        yield {
            fields.first_run: named[FIRST] or None,
            fields.second_run: named[SECOND] or None,
            page.moving.strip: pair.strip_data(),
            page.choosing_box: gr.update(visible=pair.choosing),
        }
        if pair.complete:
            drawing = PairDrawing(page, self.moving, pair, theme)
            async with aclosing(self._desk.follow(pair)) as updates:
                async for update in updates:
                    yield drawing.updates(update)
