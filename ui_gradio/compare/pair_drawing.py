"""Both runs on the page: live to the end of the longer one, and then as they were at the playhead."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

import gradio as gr

from backend.client.errors import ClientError
from backend.client.frames import Frame
from backend.client.run_client import RunClient
from backend.present.pages.comparison import comparison_figure, comparison_table_html, first_to_move_html
from backend.present.pages.notices import section_title_html
from backend.present.pages.pair import BOTH, Side, Which
from backend.present.pages.problem import problem_of
from backend.present.theme.palette import Theme
from backend.present.timeline.moment_text import pair_moment_html
from backend.present.words import replay as words_replay
from ui_gradio.compare.layout import ComparePage
from ui_gradio.compare.pair import DrawnPair, side_of_run
from ui_gradio.drawing import Drawing, Updates, blank, plot_data

_FRAME_S = 0.25
"""Between two drawings while a run goes on: both runs are drawn at once, and the browser has to keep up with both."""

_NUMBERS_EVERY_S = 2.0
"""While a run goes on, the timelines and the table are drawn anew this often."""


class Duel:
    """Draws one pair to the end of the longer run."""

    def __init__(self, client: RunClient, page: ComparePage, pair: DrawnPair, theme: Theme) -> None:
        self._client, self._page, self._pair, self._theme = client, page, pair, theme
        self._serial = pair.serial
        pair.drawings = {
            "first": Drawing(page.first, theme, "first"),
            "second": Drawing(page.second, theme, "second"),
        }
        self._frames: dict[Which, Frame] = {}

    async def draw(self) -> AsyncIterator[Updates]:
        """Both as far as they are known, and then as they go on."""
        yield {**self._cleared(), **drawn(self._page, self._pair), **self._numbers()}
        if not self._pair.running:
            return
        following = [asyncio.create_task(self._follow(which)) for which in BOTH if self._pair.side(which).running]
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
            yield {**self._news(), **drawn(self._page, self._pair), **self._numbers()}
        except ClientError as error:
            yield {self._page.notice: problem_of(error).html, self._page.stop: gr.update(visible=False)}
        finally:
            for task in following:
                task.cancel()

    async def _follow(self, which: Which) -> None:
        async with aclosing(self._client.frames(self._pair.side(which).run_id)) as frames:
            async for frame in frames:
                self._frames[which] = frame

    async def _fetch(self) -> None:
        for which in BOTH:
            side = self._pair.side(which)
            if side.running:
                found = await side_of_run(self._client, side.run_id)
                if isinstance(found, Side) and self._pair.serial == self._serial:
                    self._pair.learn(which, found)

    def _cleared(self) -> Updates:
        page = self._page
        return {**blank(page.first), **blank(page.second), page.notice: "", page.moving.play: words_replay.PLAY}

    def _news(self) -> Updates:
        """What the newest frames change. One before the first event knows less than the page does."""
        updates: Updates = {}
        for which, frame in self._frames.items():
            if frame.view.stream.last_seq:
                updates |= self._pair.drawings[which].frame(frame)
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
            page.moving.scrubber: self._pair.scrubber(),
        }


def drawn(page: ComparePage, pair: DrawnPair) -> Updates:
    """Both runs as they were at the playhead, and the moment in words; while one goes on there is no playhead yet."""
    if not pair.complete or not pair.drawings:
        return {page.moving.moment: ""}
    at_ms, updates = pair.position_ms(), Updates()
    for which, view in zip(BOTH, pair.playback.views_at(at_ms), strict=True):
        if pair.running:
            updates |= pair.drawings[which].view(view, view.stream.last_at_ms)
        else:
            updates |= pair.drawings[which].moment(view, at_ms)
    first, second = pair.compared()
    names = first.name, second.name
    updates[page.moving.moment] = "" if pair.running else pair_moment_html(pair.playback, names, at_ms)
    return updates
