"""What the Ask page does when it is opened: offer the agents, and take up the run that its address names."""

from collections.abc import AsyncIterator

import gradio as gr

from backend.client.errors import BackendGone, ClientError
from backend.client.run_client import RunClient
from backend.present.pages.addresses import RUN, SHARE
from backend.present.pages.conversation import EarlierTurn
from backend.present.pages.notices import shared_header_html
from backend.present.pages.problem import Problem, problem_of
from backend.present.theme.palette import Theme
from backend.present.words import pages as words_pages
from ui_gradio.ask import states
from ui_gradio.ask.ask_handlers import Live
from ui_gradio.ask.conversation import Conversation, Wanted
from ui_gradio.ask.layout import AskPage
from ui_gradio.drawing import Updates, blank
from ui_gradio.navigation import in_a_row, link_html
from ui_gradio.problems import wait_for_backend

_TURNS_SHOWN = 20
"""Of a long conversation, the latest are shown above the current one; all of them are in the history."""


class Arriving:
    """The handler of the page's opening, for one backend."""

    def __init__(self, client: RunClient, page: AskPage, live: Live) -> None:
        self._client = client
        self._page = page
        self._live = live

    async def arrive(self, conversation: Conversation, theme: Theme, request: gr.Request) -> AsyncIterator[Updates]:
        """Draw what the address asks for. While the backend is not there it says so and begins again by itself."""
        page, share_id = self._page, request.query_params.get(SHARE, "")
        serial = conversation.serial
        if share_id:
            yield {page.header: shared_header_html()}
        while True:
            try:
                if share_id:
                    run = await self._client.run(share_id)
                else:
                    yield await self._offers(conversation)
                    if request.query_params.get(RUN):
                        run = await self._client.run(request.query_params[RUN])
                        conversation.earlier = await self._turns_before(run.session_id, run.run_id)
                    else:
                        return
                break
            except BackendGone as error:
                yield {page.panels.notice: problem_of(error).html}
                await wait_for_backend(self._client)
                if not conversation.shows(serial):
                    return
                yield {page.panels.notice: Problem("empty").html}
            except ClientError as error:
                yield {page.panels.notice: problem_of(error, share_id).html}
                return
        if not conversation.shows(serial):
            return
        conversation.asked = Wanted(run.question, run.agent, run.options)
        conversation.run_id, conversation.session_id = run.run_id, run.session_id
        if share_id:
            yield {
                page.header: in_a_row(
                    shared_header_html(), link_html("replay", words_pages.OPEN_IN_REPLAY, **{SHARE: share_id})
                ),
                **blank(page.panels, run.question),
            }
        else:
            yield {**states.started(page, conversation), page.agent: run.agent, page.run_id: run.run_id}
        async for updates in self._live.follow(conversation, serial, theme, fresh=False):
            yield updates

    async def _offers(self, conversation: Conversation) -> Updates:
        agents = await self._client.agents()
        states.offered(conversation, agents)
        chosen = conversation.asked.agent if conversation.asked.question else conversation.usual
        return states.choice(self._page, conversation, chosen)

    async def _turns_before(self, session_id: str, run_id: str) -> tuple[EarlierTurn, ...]:
        if not session_id:
            return ()
        names = [run.run_id for run in (await self._client.session(session_id)).runs]
        before = names[: names.index(run_id)] if run_id in names else []
        return tuple([EarlierTurn(name, (await self._client.run(name)).view) for name in before[-_TURNS_SHOWN:]])
