"""Views at the pace of a screen: tokens every 100 ms, what matters at once, a tick while nothing comes.

Redrawing per token falls behind in both UIs (200 tokens/s, 5 s late) and traps a reader who scrolls up; one
redraw per 100 ms does neither. Steps, citations, artifacts, warnings, errors, the first token and the end are
drawn at once.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from backend.client.followed_run import ConnectionChange
from backend.client.resumption import Arrival
from backend.protocol.events import Event, TokenEvent, UnknownEvent
from backend.protocol.run_view import RunView, SnapshotEvent
from backend.protocol.view import fold

TOKEN_INTERVAL_S = 0.1
"""Least time between two frames of which the later one contains only more tokens."""

URGENT_SPACING_S = 0.02
"""Least time between two frames of any kind: what arrives together is drawn together."""

TICK_S = 0.25
"""Time after which a frame comes though nothing happened, so that a UI can show the time that passes."""

_FOLD_AT = 512


@dataclass(frozen=True, slots=True)
class Frame:
    """What to draw now. A tick carries the very same ``view`` object as the frame before it."""

    view: RunView
    elapsed_ms: float
    """Milliseconds since the run was accepted, estimated on this machine's clock; stands still at the end."""
    urgent: bool
    """Whether more than further tokens (or the passing of time) made this frame."""
    connection_note: str | None = None
    """Why the stream is being opened again, in one sentence, or None while it is open."""
    events: tuple[Event, ...] = ()
    """The events that came since the frame before, in order. A view that was loaded, as at a reload or after a gap,
    contains more than these: their numbers say so."""


class ElapsedTime:
    """How far a run is, from the stamps of its events and when they arrived.

    The event that arrived with the least delay so far sets the offset between the two clocks; ``rate`` is how
    many milliseconds of the run pass in one of this machine, 0 = the run's time moves with its events alone.
    """

    def __init__(self, now_ms: float, rate: float = 1.0) -> None:
        self._rate = rate
        self._offset_ms = now_ms
        self._latest_ms = 0.0

    def observe(self, at_ms: float, now_ms: float) -> None:
        """An event stamped ``at_ms`` arrived at ``now_ms``."""
        self._latest_ms = max(self._latest_ms, at_ms)
        if self._rate > 0:
            self._offset_ms = min(self._offset_ms, now_ms - at_ms / self._rate)

    def at(self, now_ms: float) -> float:
        """Milliseconds of the run at ``now_ms``."""
        return (now_ms - self._offset_ms) * self._rate if self._rate > 0 else self._latest_ms


class FrameBuffer:
    """Collects items and folds them when a frame is due. No clock: every call says what time it is (ms)."""

    def __init__(self, view: RunView, now_ms: float, rate: float = 1.0) -> None:
        self.view = view
        self.urgent = True
        self.dirty = True
        self._note: str | None = None
        self._answered = bool(view.message.answer)
        self._events: list[Event] = []
        self._came: list[Event] = []
        self._elapsed = ElapsedTime(now_ms, rate)
        self._elapsed.observe(view.stream.last_at_ms, now_ms)

    def take(self, arrival: Arrival | ConnectionChange, now_ms: float) -> None:
        """One more piece of the stream."""
        if isinstance(arrival, ConnectionChange):
            self._fold()
            self.view, self._note = self.view.with_phase(arrival.phase), arrival.note
            self.dirty = self.urgent = True
            return
        item = arrival.item
        self._elapsed.observe(item.at_ms, now_ms)
        if isinstance(item, SnapshotEvent):
            self._fold()
            self.view = _succeeding(self.view, item.view)
            self._answered = bool(self.view.message.answer)
            self.dirty = self.urgent = True
            return
        self._events.append(item)
        self._came.append(item)
        self.dirty = True
        if isinstance(item, TokenEvent):
            self.urgent = self.urgent or (bool(item.text) and not self._answered)
            self._answered = self._answered or bool(item.text)
        elif not isinstance(item, UnknownEvent):
            self.urgent = True
        if len(self._events) >= _FOLD_AT:
            self._fold()

    def frame(self, now_ms: float) -> Frame:
        """Everything so far as a frame; nothing is due after it."""
        self._fold()
        urgent, self.urgent, self.dirty = self.urgent, False, False
        came, self._came = tuple(self._came), []
        return Frame(self.view, round(self._elapsed_ms(now_ms), 3), urgent, self._note, came)

    def _elapsed_ms(self, now_ms: float) -> float:
        stream = self.view.stream
        if self.view.ended:
            return stream.latency_ms if stream.latency_ms is not None else stream.last_at_ms
        return self._elapsed.at(now_ms)

    def _fold(self) -> None:
        if self._events:
            self.view = fold(self.view, self._events)
            self._events = []


async def paced_frames(
    arrivals: AsyncGenerator[Arrival | ConnectionChange, None],
    view: RunView,
    *,
    rate: float = 1.0,
    token_interval_s: float = TOKEN_INTERVAL_S,
    tick_s: float = TICK_S,
) -> AsyncGenerator[Frame, None]:
    """Frames of the arrivals, folded onto ``view``: the first at once, the last one with everything.

    A slow caller gets fewer frames, never older ones. Closing this generator closes ``arrivals``. An error of
    ``arrivals`` is raised after the frame of what came before it.
    """
    loop = asyncio.get_running_loop()
    buffer = FrameBuffer(view, loop.time() * 1000, rate)
    wake = asyncio.Event()

    async def pump() -> None:
        async with aclosing(arrivals):
            async for arrival in arrivals:
                was = (buffer.dirty, buffer.urgent)
                buffer.take(arrival, loop.time() * 1000)
                if was != (buffer.dirty, buffer.urgent):
                    wake.set()

    task = asyncio.create_task(pump())
    task.add_done_callback(lambda _: wake.set())
    drawn_at = float("-inf")
    try:
        while buffer.dirty or not task.done():
            spacing = URGENT_SPACING_S if buffer.urgent else token_interval_s if buffer.dirty else tick_s
            if not task.done() and loop.time() < drawn_at + spacing:
                wake.clear()
                await _wait(wake, drawn_at + spacing)
                continue
            drawn_at = loop.time()
            yield buffer.frame(drawn_at * 1000)
        await task
    finally:
        await _ended(task)


async def _wait(wake: asyncio.Event, deadline: float) -> None:
    try:
        async with asyncio.timeout_at(deadline):
            await wake.wait()
    except TimeoutError:
        return


async def _ended(task: "asyncio.Task[None]") -> None:
    """Cancel the task and wait until it has closed its connection. What it failed with was raised before."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()


def _succeeding(old: RunView, new: RunView) -> RunView:
    """The new view with revisions above the old one's, so that a UI that compares them redraws all of it."""
    parts = {}
    for name in ("stream", "message", "artifacts"):
        revision = max(getattr(new, name).revision, getattr(old, name).revision + 1)
        parts[name] = getattr(new, name).model_copy(update={"revision": revision})
    if not new.message.question:
        parts["message"] = parts["message"].model_copy(update={"question": old.message.question})
    return RunView(**parts).with_phase("open")
