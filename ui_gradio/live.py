"""What happens on the page: ask, follow, stop, ask again, and find a run again after a reload.

Handlers are async generators: Gradio ends them when the page is left, which closes the connection and leaves the
run alone. Stop asks the backend for the end and goes on drawing until ``done`` has come.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing

import gradio as gr

from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.client.run_client import RunClient
from backend.present import words
from backend.present.asking import question_problem
from backend.present.palette import Theme
from ui_gradio.drawing import Drawing, Updates, refused, started
from ui_gradio.layout import Page

_NOT_FOUND = 404


class Live:
    """The page's handlers, for one backend."""

    def __init__(self, backend: str, page: Page) -> None:
        self._client = RunClient(backend)
        self._page = page

    async def ask(self, question: str, agent: str, session_id: str | None, theme: Theme) -> AsyncIterator[Updates]:
        """Start a run and draw it to its end."""
        page = self._page
        problem = question_problem(question)
        if problem:
            yield refused(page, "invalid_question", problem)
            return
        yield started(page, question)
        try:
            run = await self._client.start_run(question, agent, session_id=session_id)
        except ClientError as error:
            notice = "backend_down" if isinstance(error, BackendGone) else "refused"
            yield refused(page, notice, error.sentence, again=True)
            return
        yield {page.run_id: run.run_id, page.session_id: run.session_id}
        async for updates in self._follow(run.run_id, theme, question):
            yield updates

    async def resume(self, theme: Theme, request: gr.Request) -> AsyncIterator[Updates]:
        """Offer the backend's agents; where the page's address names a run, draw that run on from where it is."""
        page = self._page
        run_id = request.query_params.get("run", "")
        try:
            yield {page.agent: gr.update(choices=[(offer.title, offer.agent) for offer in await self._client.agents()])}
            if not run_id:
                return
            run = await self._client.run(run_id)
        except ProblemError as error:
            missing = error.status == _NOT_FOUND
            yield refused(
                page,
                "run_not_found" if missing else "refused",
                None if missing else error.sentence,
            )
            return
        except BackendGone as error:
            yield refused(page, "backend_down", error.sentence)
            return
        yield {
            **started(page, run.question),
            page.question: run.question,
            page.agent: run.agent,
            page.run_id: run_id,
            page.session_id: run.session_id,
        }
        async for updates in self._follow(run_id, theme, None):
            yield updates

    async def stop(self, run_id: str) -> AsyncIterator[Updates]:
        """Ask the backend to cancel the run; whoever draws it goes on until ``done cancelled``."""
        page = self._page
        if not run_id:
            return
        yield {page.stop: gr.update(value=words.STOPPING, interactive=False)}
        try:
            await self._client.cancel(run_id)
        except ClientError as error:
            yield {page.stop: gr.update(value=words.STOP, interactive=True), page.notice: error.sentence}

    async def _follow(self, run_id: str, theme: Theme, question: str | None) -> AsyncIterator[Updates]:
        page, drawing = self._page, Drawing(self._page, theme)
        try:
            async with aclosing(self._client.frames(run_id, question=question)) as frames:
                async for frame in frames:
                    updates = drawing.frame(frame)
                    if updates:
                        yield updates
        except ProblemError as error:
            yield refused(page, "refused", error.sentence, again=True)
        except BackendGone as error:
            yield refused(page, "backend_down", error.sentence, again=True)
