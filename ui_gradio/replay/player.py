"""Moving in a run: play and pause, jumps, speed, and the scrubber."""

import asyncio
from collections.abc import AsyncIterator

import gradio as gr

from backend.present import words_replay
from backend.present.moment import moment_html
from ui_gradio.drawing import Updates
from ui_gradio.replay.layout import ReplayPage
from ui_gradio.replay.table import Table

_FRAME_S = 0.1
"""Between two drawings while it plays; the scrubber moves on by itself meanwhile."""


class Player:
    """The handlers that move the playhead."""

    def __init__(self, page: ReplayPage) -> None:
        self._page = page

    async def play_or_pause(self, table: Table) -> AsyncIterator[Updates]:
        """Start, and draw until the end or until it is paused; or stop where it is. Who began to play draws that as
        well: told by two, the page could be told of an earlier moment last."""
        page = self._page
        if not table.is_open:
            return
        if table.playhead.playing:
            table.pause()
            yield {page.play: words_replay.PLAY}
            return
        table.play()
        loop, told = table.loops, -1
        yield {page.play: words_replay.PAUSE}
        while table.playhead.playing and table.loops == loop:
            if table.at_the_end():
                table.pause()
                break
            updates = _drawn(page, table)
            if told != table.moves:
                told = table.moves
                updates[page.scrubber] = table.scrubber()
            yield updates
            await asyncio.sleep(_FRAME_S)
        if table.loops == loop:
            yield {page.play: words_replay.PLAY, **moment(page, table)}

    async def previous(self, table: Table) -> Updates:
        """To the event before."""
        table.jump(forward=False)
        return moment(self._page, table)

    async def next(self, table: Table) -> Updates:
        """To the next event."""
        table.jump(forward=True)
        return moment(self._page, table)

    async def set_speed(self, table: Table, speed: float) -> Updates:
        """How fast it plays from here on."""
        table.set_speed(float(speed))
        return {self._page.scrubber: table.scrubber()}

    async def seek(self, table: Table, event: gr.EventData) -> Updates:
        """To where the reader put the scrubber, or to a point of the timeline."""
        at_ms = event.ms
        if isinstance(at_ms, int | float):
            table.seek(float(at_ms))
        if table.playhead.playing:
            return {self._page.scrubber: table.scrubber()}
        # Not the scrubber itself: it stands there already, and further while the reader drags it.
        return _drawn(self._page, table)


def moment(page: ReplayPage, table: Table) -> Updates:
    """The page at the playhead, the scrubber put there as well."""
    return {**_drawn(page, table), page.scrubber: table.scrubber()}


def _drawn(page: ReplayPage, table: Table) -> Updates:
    at_ms = table.position_ms()
    if table.drawing is None:
        return {page.moment: ""}
    return {
        **table.drawing.moment(table.playback.view_at(at_ms), at_ms),
        page.moment: moment_html(table.playback, at_ms),
    }
