"""The playback controls, for one run on Replay and two on Compare: buttons, speed and strip, and their handlers."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr

from backend.desk.player import Moment, Player, StripMove
from backend.present.words import ask as words_ask, replay as words_replay
from backend.protocol.playback import SPEEDS
from ui_gradio.drawing import Updates
from ui_gradio.events import drawn_once, quiet
from ui_gradio.run_buttons import small_button


@dataclass(frozen=True, slots=True)
class MovingWidgets:
    """The widgets that move the playhead or show its position."""

    previous: gr.Button
    play: gr.Button
    next: gr.Button
    speed: gr.Dropdown
    strip: gr.HTML
    moment: gr.HTML

    def outputs(self) -> list[gr.blocks.Block]:
        """All of them."""
        return [getattr(self, field.name) for field in fields(self)]


def lay_out_moves() -> tuple[gr.Button, gr.Button, gr.Button, gr.Dropdown]:
    """Previous, play, next and speed. Call this inside the row of actions; the keyboard finds the buttons by their
    text."""
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


class Moving:
    """The handlers that move the playhead. ``drawn``: the page's runs at a moment."""

    def __init__(self, widgets: MovingWidgets, drawn: Callable[[Any, Moment], Updates]) -> None:
        self._widgets = widgets
        self._drawn = drawn

    def connect(self, player: gr.State, outputs: list[gr.blocks.Block], of: str = "") -> None:
        """Tie the widgets to the handlers; ``of`` distinguishes the names of these events from those of another
        page."""
        widgets, common = self._widgets, {"inputs": [player], "outputs": outputs, **quiet(player)}
        # A second press during playback pauses, so one event may run beside another of its kind.
        several = {**common, "trigger_mode": "multiple"}
        widgets.play.click(self.play_or_pause, api_name=f"play_or_pause{of}", **several)
        widgets.previous.click(self.previous, api_name=f"previous_event{of}", **several)
        widgets.next.click(self.next, api_name=f"next_event{of}", **several)
        widgets.speed.input(self.set_speed, api_name=f"speed{of}", **{**common, "inputs": [player, widgets.speed]})
        # Not "always_last", which was seen to drop the very last move.
        widgets.strip.input(self.seek, api_name=f"seek{of}", **several)

    def at(self, player: Player, moment: Moment) -> Updates:
        """The page at this moment."""
        widgets = self._widgets
        return {
            **self._drawn(player, moment),
            widgets.moment: moment.text,
            widgets.play: words_replay.PAUSE if moment.playing else words_replay.PLAY,
            widgets.strip: gr.skip() if moment.strip is None else moment.strip,
        }

    @drawn_once
    async def play_or_pause(self, player: Player) -> AsyncIterator[Updates]:
        """Start, and draw until the end or a pause; or stop at the current position."""
        if not player.press_play():
            yield {self._widgets.play: words_replay.PLAY}
            return
        async for moment in player.moments():
            yield self.at(player, moment)

    async def previous(self, player: Player) -> Updates:
        """Move to the event before."""
        player.jump(forward=False)
        return self._moved(player)

    async def next(self, player: Player) -> Updates:
        """Move to the next event."""
        player.jump(forward=True)
        return self._moved(player)

    async def set_speed(self, player: Player, speed: float) -> Updates:
        """Set the speed from now on."""
        player.set_speed(float(speed))
        return {self._widgets.strip: player.strip_data()}

    @drawn_once
    async def seek(self, player: Player, event: gr.EventData) -> AsyncIterator[Updates]:
        """Move to where the reader, or the presenter whom they follow, put the playhead on the strip."""
        move = StripMove.read(event._data or {})  # noqa: SLF001
        if move is not None and player.move(move):
            async for moment in player.moments():
                yield {**self.at(player, moment), self._widgets.speed: player.playhead.speed}
        elif player.playhead.playing:
            yield self._moved(player)
        else:
            # Not the strip itself: its line is there already, and further while the reader drags it.
            yield {**self._moved(player), self._widgets.strip: gr.skip()}

    def _moved(self, player: Player) -> Updates:
        """The updates after a move. During playback the newest handler of it draws: of two, the older one might be seen
        last."""
        if player.playhead.playing:
            return {self._widgets.strip: player.strip_data()}
        return self.at(player, player.moment())
