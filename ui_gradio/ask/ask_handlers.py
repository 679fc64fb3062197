"""What happens on the Ask page: ask, follow, stop, ask again, and find a run again after a reload.

Handlers are async generators: Gradio ends them when the page is left, which closes the connection and leaves the
run alone. Stop asks the backend for the end and goes on drawing until ``done`` has come.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing

import gradio as gr

from backend.client.errors import BackendGone, ClientError
from backend.client.run_client import RunClient
from backend.present.pages.problem import Problem, problem_of
from backend.present.pages.question_checks import USUAL_AGENT, question_problem
from backend.present.theme.palette import Theme
from backend.present.words import run as words
from backend.protocol.options import RunOptions
from backend.protocol.run_view import RunView
from ui_gradio.ask import states
from ui_gradio.ask.conversation import Conversation, Wanted
from ui_gradio.ask.layout import AskPage
from ui_gradio.drawing import Drawing, Updates, charts_again
from ui_gradio.problems import tell, wait_for_backend


class Live:
    """The page's handlers, for one backend."""

    def __init__(self, client: RunClient, page: AskPage) -> None:
        self._client = client
        self._page = page

    async def ask(
        self,
        conversation: Conversation,
        question: str,
        agent: str,
        timeout_s: float | None,
        speed: float,
        theme: Theme,
    ) -> AsyncIterator[Updates]:
        """Start a run and draw it to its end."""
        problem = question_problem(question)
        if problem:
            yield {self._page.panels.notice: Problem("invalid_question", problem).html}
            return
        wanted = Wanted(question, agent or await self._usual(conversation), _options(timeout_s, speed))
        async for updates in self._begin(conversation, wanted, theme):
            yield updates

    async def ask_example(self, conversation: Conversation, question: str, theme: Theme) -> AsyncIterator[Updates]:
        """An example is a question to the agent that the page starts with, whichever was chosen before."""
        agent = await self._usual(conversation)
        yield states.choice(self._page, conversation, agent)
        async for updates in self._begin(conversation, Wanted(question, agent), theme):
            yield updates

    async def retry(self, conversation: Conversation, theme: Theme) -> AsyncIterator[Updates]:
        """Ask the same again, in the place of what did not succeed."""
        async for updates in self._begin(conversation, conversation.asked, theme, keep=False):
            yield updates

    async def carry_on(self, conversation: Conversation, theme: Theme) -> AsyncIterator[Updates]:
        """Ask the same again, with what was written until the interruption kept above it."""
        async for updates in self._begin(conversation, conversation.asked, theme):
            yield updates

    async def _usual(self, conversation: Conversation) -> str:
        """The agent that the page starts with, asked for where it is not known yet."""
        if not conversation.usual:
            try:
                states.offered(conversation, await self._client.agents())
            except ClientError:
                return USUAL_AGENT
        return conversation.usual

    async def draw_charts_again(self, conversation: Conversation, theme: Theme) -> Updates:
        """The charts of the run on the page, for one that could not draw them until now."""
        view = conversation.latest.view if conversation.latest is not None else RunView.start()
        charts = charts_again(self._page.panels, view, theme)
        return charts or {self._page.panels.charts[0]: gr.skip()}

    async def begin_anew(self, conversation: Conversation) -> Updates:
        """An empty conversation."""
        conversation.begin_anew()
        return states.emptied(self._page, conversation)

    async def stop(self, conversation: Conversation) -> AsyncIterator[Updates]:
        """Ask the backend to cancel the run; whoever draws it goes on until ``done cancelled``."""
        page = self._page
        if not conversation.run_id:
            if conversation.waiting:
                conversation.serial += 1
                conversation.waiting = False
                yield states.buttons(page, conversation, running=False)
            return
        yield {page.stop: gr.update(value=words.STOPPING, interactive=False)}
        try:
            await self._client.cancel(conversation.run_id)
        except ClientError as error:
            tell(error.sentence)
            yield {page.stop: gr.update(value=words.STOP, interactive=True)}

    async def follow(
        self, conversation: Conversation, serial: int, theme: Theme, *, fresh: bool
    ) -> AsyncIterator[Updates]:
        """Draw the conversation's run to its end. ``fresh``: it was started just now, nothing of it is known."""
        page, drawing = self._page, Drawing(self._page.panels, theme)
        question = conversation.asked.question if fresh else None
        running: bool | None = None
        answering = False
        try:
            async with aclosing(self._client.frames(conversation.run_id, question=question)) as frames:
                async for frame in frames:
                    if not conversation.shows(serial):
                        return
                    conversation.latest = frame
                    updates = drawing.view(frame.view, frame.elapsed_ms)
                    begins = bool(frame.view.message.answer) and not answering
                    if running != (not frame.view.ended) or begins:
                        # Once more with the first of the answer: told to appear together with the row it stands in, a
                        # button may stay away.
                        running, answering = not frame.view.ended, answering or begins
                        updates |= states.buttons(page, conversation, running=running)
                    if updates:
                        yield updates
        except ClientError as error:
            yield states.troubled(page, conversation, problem_of(error))

    async def _begin(
        self, conversation: Conversation, wanted: Wanted, theme: Theme, *, keep: bool = True
    ) -> AsyncIterator[Updates]:
        page = self._page
        serial = conversation.ask(wanted, keep=keep)
        yield states.started(page, conversation)
        key = uuid.uuid4().hex
        while True:
            try:
                run = await self._client.start_run(
                    wanted.question,
                    wanted.agent,
                    session_id=conversation.session_id or None,
                    options=wanted.options,
                    idempotency_key=key,
                )
                break
            except BackendGone as error:
                conversation.waiting = True
                yield states.troubled(page, conversation, problem_of(error))
                await wait_for_backend(self._client)
                if not conversation.shows(serial):
                    return
                yield states.started(page, conversation)
            except ClientError as error:
                yield {**states.troubled(page, conversation, problem_of(error)), page.question: wanted.question}
                return
        if not conversation.shows(serial):
            return
        conversation.run_id, conversation.session_id, conversation.waiting = run.run_id, run.session_id, False
        yield {page.run_id: run.run_id, **states.buttons(page, conversation, running=True)}
        async for updates in self.follow(conversation, serial, theme, fresh=True):
            yield updates


def _options(timeout_s: float | None, speed: float) -> RunOptions:
    """Only what was set by hand: the backend knows the rest."""
    by_hand = {"timeout_s": float(timeout_s)} if timeout_s else {}
    return RunOptions(**by_hand) if speed == 1 else RunOptions(speed=float(speed), **by_hand)
