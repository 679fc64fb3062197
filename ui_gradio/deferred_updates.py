"""Updates for as long as a run lasts, ten times a second, at a cost that allows many pages per process.

Gradio builds every output of an event again at each message, changed or not, at half a millisecond each, and a page has
forty. So the event of a run has as outputs only the widgets that a run draws all the time, and repeats their values
each time: an unchanged value costs next to nothing and sends nothing, while a value that was left out once is sent
whole the next time. All other changes wait in the page's state. The browser fetches them by an event of its own, when a
hidden field changes.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

import gradio as gr

from ui_gradio.drawing import Updates


class DeferredUpdates:
    """Updates that wait in the page's state to be fetched."""

    def __init__(self) -> None:
        self._updates: Updates = {}
        self._count = 0

    def add(self, updates: Updates) -> str:
        """Add some; later ones win. Returns the new value of the fetch trigger, another text each time."""
        for widget, update in updates.items():
            known = self._updates.get(widget)
            both = isinstance(known, dict) and isinstance(update, dict)
            self._updates[widget] = {**known, **update} if both else update  # type: ignore[dict-item]
        self._count += 1
        return str(self._count)

    def take(self) -> Any:
        """Everything that waits, once, in the form that a handler returns."""
        updates, self._updates = self._updates, {}
        return updates or gr.skip()


class Streaming:
    """Divides the widgets of a page: those that a run draws all the time, and the rest."""

    def __init__(
        self, page: Sequence[gr.blocks.Block], often: Sequence[gr.blocks.Block], fetch_trigger: gr.Textbox
    ) -> None:
        """``page``: all that a handler may change; ``often``: those of them whose value is a text or a list of texts.
        ``fetch_trigger`` is a hidden field, at whose change the browser fetches the rest."""
        self._often = [*often, fetch_trigger]
        self._fetch_trigger = fetch_trigger
        self.rest = [widget for widget in page if widget not in self._often]

    @property
    def event(self) -> dict[str, Any]:
        """Settings of an event whose handler is ``drawn``."""
        return {"outputs": self._often, "postprocess": False}

    @property
    def fetching(self) -> dict[str, Any]:
        """Settings of the event that fetches the rest. One at a time and none left out: they are in order."""
        return {"outputs": self.rest, "trigger_mode": "multiple", "concurrency_limit": 1}

    async def drawn(self, handler: AsyncIterator[Updates], deferred: DeferredUpdates) -> AsyncIterator[Updates]:
        """The handler's updates, divided."""
        held: Updates = {}
        async with aclosing(handler) as drawings:  # type: ignore[type-var]
            async for updates in drawings:
                now = {widget: updates[widget] for widget in self._often if widget in updates}
                rest = {widget: update for widget, update in updates.items() if widget not in now}
                if rest:
                    now[self._fetch_trigger] = deferred.add(rest)
                held |= now
                yield dict(held)
        # Gradio sends the last message once more at the end, with all values: the page may show something else by then.
        yield {widget: gr.skip() for widget in self._often}
