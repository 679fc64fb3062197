"""Both runs on the page: the sentence who moved first, both timelines, both answers, the table of differences."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import gradio as gr

from backend.client.errors import ClientError
from backend.client.frames import Frame
from backend.client.run_client import RunClient
from backend.present.comparison import comparison_figure, comparison_table_html, first_to_move_html
from backend.present.page import section_title_html
from backend.present.pair import Side
from backend.present.palette import Theme
from backend.present.problem import problem_of
from ui_gradio.compare.layout import ComparePage
from ui_gradio.compare.pair import Pair, Which, side_of_run
from ui_gradio.drawing import Drawing, Updates, blank, plot_data

_FRAME_S = 0.1
"""Between two drawings while a run goes on."""

_NUMBERS_EVERY_S = 1.0
"""While a run goes on, the timelines and the table are drawn anew this often."""

_BOTH: tuple[Which, Which] = ("first", "second")


class Duel:
    """Draws one pair to the end of the longer run."""

    def __init__(self, client: RunClient, page: ComparePage, pair: Pair, theme: Theme) -> None:
        self._client, self._page, self._pair, self._theme = client, page, pair, theme
        self._serial = pair.serial
        self._drawings = {
            "first": Drawing(page.first, theme, "first"),
            "second": Drawing(page.second, theme, "second"),
        }
        self._frames: dict[str, Frame] = {}

    async def draw(self) -> AsyncIterator[Updates]:
        """Both as far as they are known, and then as they go on."""
        yield {**self._cleared(), **self._known(), **self._numbers()}
        if not self._pair.running:
            return
        following = [asyncio.create_task(self._follow(which)) for which in _BOTH if self._side(which).running]
        try:
            while not all(task.done() for task in following) and self._pair.serial == self._serial:
                await asyncio.sleep(_FRAME_S)
                updates = self._news()
                if time.monotonic() - self._numbers_s >= _NUMBERS_EVERY_S:
                    await self._fetch()
                    updates |= self._numbers()
                if updates and self._pair.serial == self._serial:
                    yield updates
            if self._pair.serial != self._serial:
                return
            for task in following:
                task.result()
            await self._fetch()
            yield {**self._news(), **self._numbers()}
        except ClientError as error:
            yield {self._page.notice: problem_of(error).html, self._page.stop: gr.update(visible=False)}
        finally:
            for task in following:
                task.cancel()

    async def _follow(self, which: Which) -> None:
        async with aclosing(self._client.frames(self._side(which).run_id)) as frames:
            async for frame in frames:
                self._frames[which] = frame

    async def _fetch(self) -> None:
        for which in _BOTH:
            side = self._side(which)
            if side.running:
                found = await side_of_run(self._client, side.run_id)
                if isinstance(found, Side) and self._pair.serial == self._serial:
                    setattr(self._pair, which, found)

    def _cleared(self) -> Updates:
        page = self._page
        return {**blank(page.first), **blank(page.second), page.notice: ""}

    def _known(self) -> Updates:
        updates: Updates = {}
        for which in _BOTH:
            view = self._side(which).view
            updates |= self._drawings[which].view(view, view.stream.last_at_ms)
        return updates

    def _news(self) -> Updates:
        """What the newest frames change. One before the first event knows less than the page does."""
        updates: Updates = {}
        for which, frame in self._frames.items():
            if frame.view.stream.last_seq:
                updates |= self._drawings[which].frame(frame)
        return updates

    def _numbers(self) -> Updates:
        page, (first, second) = self._page, self._pair.compared()
        self._numbers_s = time.monotonic()
        return {
            page.sentence: first_to_move_html(first, second),
            page.figure: plot_data(comparison_figure(first, second, theme=self._theme)),
            page.table: comparison_table_html(first, second),
            page.first_name: section_title_html(first.name),
            page.second_name: section_title_html(second.name),
            page.stop: gr.update(visible=self._pair.running),
            page.another: gr.update(visible=True),
        }

    def _side(self, which: Which) -> Side:
        side: Side | None = getattr(self._pair, which)
        if side is None:
            raise ValueError("There are not two runs to compare.")
        return side
