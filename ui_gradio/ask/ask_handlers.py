"""The handlers of the Ask page: they note an intent, and draw the remaining work as the desk does it.

Handlers are async generators: Gradio ends them when the page is left, which closes the connection and leaves the run
alone. Of several on one page the newest draws; the others end by themselves.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import gradio as gr

from backend.desk.conversation import Conversation
from backend.desk.questions import Questions
from backend.present.pages.addresses import RUN, SHARE
from backend.present.theme.palette import Theme
from backend.protocol.run_view import RunView
from ui_gradio.ask.conversation_drawing import ConversationDrawing
from ui_gradio.ask.layout import AskPage
from ui_gradio.drawing import Updates, charts_again
from ui_gradio.events import say

Intent = Callable[..., Awaitable[None]]
"""Takes the conversation and the values of the event's fields."""


class AskHandlers:
    """The page's handlers, for one backend."""

    def __init__(self, questions: Questions, page: AskPage) -> None:
        self._questions = questions
        self._page = page

    async def load(self, conversation: Conversation, theme: Theme, request: gr.Request) -> AsyncIterator[Updates]:
        """The page was opened: open the run in its address."""
        named = request.query_params
        intent: Intent = self._questions.open_shared if named.get(SHARE) else self._questions.open
        async for updates in self.proceed(intent, conversation, named.get(SHARE) or named.get(RUN, ""), theme):
            yield updates

    async def proceed(self, intent: Intent, conversation: Conversation, *values: Any) -> AsyncIterator[Updates]:
        """Note the reader's wish, and draw everything that follows from it to its end. The last value is the theme."""
        *fields, theme = values
        drawing = ConversationDrawing(self._page, theme, conversation.state)
        await intent(conversation, *fields)
        async with aclosing(self._questions.proceed(conversation)) as states:
            async for state in states:
                updates = drawing.updates(state)
                if updates:
                    yield updates

    async def stop(self, conversation: Conversation) -> None:
        """Ask for the end. The handler that draws the run draws it: drawn here, it could come after the end."""
        say(await self._questions.stop(conversation))

    async def draw_charts_again(self, conversation: Conversation, theme: Theme) -> Updates:
        """Draw the charts of the run on the page again, if they could not be drawn until now."""
        frame = conversation.state.frame
        charts = charts_again(self._page.panels, frame.view if frame is not None else RunView.start(), theme)
        return charts or {self._page.panels.charts[0]: gr.skip()}
