"""Moving in what is played, one run on Replay and two on Compare: buttons, speed and scrubber, and what they do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, fields
from typing import Any, Final

import gradio as gr

from backend.present.browser import SCRUBBER_HTML, scrubber_script
from backend.present.timeline.playhead_clock import PlayheadClock
from backend.present.words import ask as words_ask, replay as words_replay
from backend.protocol.playback import SPEEDS
from ui_gradio.drawing import Updates
from ui_gradio.events import quiet
from ui_gradio.review import small_button

_FRAME_S = 0.1
"""Between two drawings while it plays; the scrubber moves on by itself meanwhile."""

_START_SCRUBBER: Final = f"""
{scrubber_script()}
const scrubber = startScrubber(element);
scrubber.tell = (ms) => trigger('input', {{ms}});
const put = (name, value, address) => {{
  if (value) address.searchParams.set(name, value); else address.searchParams.delete(name);
}};
const take = () => {{
  const data = props.value;
  if (!data) return;
  if (data.opened !== undefined) {{
    const address = new URL(window.location);
    const shared = data.opened.startsWith('share_');
    put('run', shared ? '' : data.opened, address);
    put('share', shared ? data.opened : '', address);
    if (!data.opened) put('t', '', address);
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, '', address);
  }}
  scrubber.take(data);
}};
watch('value', take);
take();
"""
"""The run, where there is one, and the moment go into the page's address: a reload and a link lead there again."""


@dataclass(frozen=True, slots=True)
class MovingWidgets:
    """What moves the playhead, and what says where it stands."""

    previous: gr.Button
    play: gr.Button
    next: gr.Button
    speed: gr.Dropdown
    scrubber: gr.HTML
    moment: gr.HTML

    def outputs(self) -> list[gr.blocks.Block]:
        """Every one of them."""
        return [getattr(self, field.name) for field in fields(self)]


def lay_out_moves() -> tuple[gr.Button, gr.Button, gr.Button, gr.Dropdown]:
    """Previous, play, next and speed. To be called inside the row of actions; the keyboard finds the buttons by what
    they say."""
    previous = small_button(words_replay.PREVIOUS_EVENT)
    play = small_button(words_replay.PLAY, variant="primary")
    following = small_button(words_replay.NEXT_EVENT)
    speed = gr.Dropdown(
        choices=[(words_ask.speed_word(speed), speed) for speed in SPEEDS],
        value=1.0,
        label=words_replay.SPEED_LABEL,
        show_label=False,
        container=False,
        filterable=False,
        scale=0,
        min_width=92,
        elem_id="ph-speed",
    )
    return previous, play, following, speed


def lay_out_scrubber() -> gr.HTML:
    """The scrubber over the whole width."""
    return gr.HTML(
        None,
        html_template=SCRUBBER_HTML,
        js_on_load=_START_SCRUBBER,
        apply_default_css=False,
        padding=False,
        elem_id="ph-scrubber",
    )


class Moving:
    """The handlers that move the playhead. ``drawn``: what the page shows at the playhead, without the scrubber."""

    def __init__(self, widgets: MovingWidgets, drawn: Callable[[Any], Updates]) -> None:
        self._widgets = widgets
        self._drawn = drawn

    def connect(self, table: gr.State, outputs: list[gr.blocks.Block], of: str = "") -> None:
        """Tie the widgets to the handlers; ``of`` tells the names of these events from those of another page."""
        widgets, common = self._widgets, {"inputs": [table], "outputs": outputs, **quiet(table)}
        # Pressed again while it plays it pauses, so that one event may run beside another of its kind.
        several = {**common, "trigger_mode": "multiple"}
        widgets.play.click(self.play_or_pause, api_name=f"play_or_pause{of}", **several)
        widgets.previous.click(self.previous, api_name=f"previous_event{of}", **several)
        widgets.next.click(self.next, api_name=f"next_event{of}", **several)
        widgets.speed.input(self.set_speed, api_name=f"speed{of}", **{**common, "inputs": [table, widgets.speed]})
        # Not "always_last", which was seen to drop the very last move.
        widgets.scrubber.input(self.seek, api_name=f"seek{of}", **several)

    def at_the_playhead(self, table: PlayheadClock) -> Updates:
        """The page at the playhead, the scrubber put there as well."""
        return {**self._drawn(table), self._widgets.scrubber: table.scrubber()}

    async def play_or_pause(self, table: PlayheadClock) -> AsyncIterator[Updates]:
        """Start, and draw until the end or until it is paused; or stop where it is. Who began to play draws that as
        well: told by two, the page could be told of an earlier moment last."""
        widgets = self._widgets
        if not table.playback.duration_ms:
            return
        if table.playhead.playing:
            table.pause()
            yield {widgets.play: words_replay.PLAY}
            return
        table.play()
        plays, told = table.plays, -1
        yield {widgets.play: words_replay.PAUSE}
        while table.playhead.playing and table.plays == plays:
            if table.at_the_end():
                table.pause()
                break
            updates = self._drawn(table)
            if told != table.moves:
                told = table.moves
                updates[widgets.scrubber] = table.scrubber()
            yield updates
            await asyncio.sleep(_FRAME_S)
        if table.plays == plays:
            yield {widgets.play: words_replay.PLAY, **self.at_the_playhead(table)}

    async def previous(self, table: PlayheadClock) -> Updates:
        """To the event before."""
        table.jump(forward=False)
        return self.at_the_playhead(table)

    async def next(self, table: PlayheadClock) -> Updates:
        """To the next event."""
        table.jump(forward=True)
        return self.at_the_playhead(table)

    async def set_speed(self, table: PlayheadClock, speed: float) -> Updates:
        """How fast it plays from here on."""
        table.set_speed(float(speed))
        return {self._widgets.scrubber: table.scrubber()}

    async def seek(self, table: PlayheadClock, event: gr.EventData) -> Updates:
        """To where the reader put the scrubber, or to a point of the timeline."""
        at_ms = event.ms
        if isinstance(at_ms, int | float):
            table.seek(float(at_ms))
        if table.playhead.playing:
            return {self._widgets.scrubber: table.scrubber()}
        # Not the scrubber itself: it stands there already, and further while the reader drags it.
        return self._drawn(table)
