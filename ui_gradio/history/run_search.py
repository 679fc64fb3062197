"""Finding runs: the list by the search's fields, and the one that is chosen from it."""

from dataclasses import dataclass, field

import gradio as gr

from backend.client.errors import ClientError
from backend.client.replies import RunSummary
from backend.client.run_client import OutcomeWanted, RunClient
from backend.present.pages.addresses import FIRST, RUN
from backend.present.pages.feedback import feedback_html
from backend.present.pages.history import chosen_run_html, no_run_chosen_html
from backend.present.pages.notices import notice_html
from backend.present.pages.problem import problem_of
from backend.present.pages.run_titles import run_title
from backend.present.words import history as words_history, pages as words_pages
from ui_gradio.drawing import Updates
from ui_gradio.history.layout import EVERY, HistoryPage
from ui_gradio.navigation import link_html

_PAGE = 50
"""Runs that are fetched at a time."""


@dataclass(slots=True)
class Found:
    """What a tab has before it: the runs that fit its search, how to get the next ones, and the chosen one."""

    runs: dict[str, RunSummary] = field(default_factory=dict)
    following: str | None = None
    chosen: str = ""
    share_id: str = ""
    searched: tuple[str, ...] | None = None
    """What the listed runs were searched by; None before the first search."""
    deleting: str = ""
    """What the reader is asked to confirm: ``run``, ``conversation`` or nothing."""

    @property
    def run(self) -> RunSummary | None:
        """The chosen run."""
        return self.runs.get(self.chosen)


class Finding:
    """The handlers of search and choice, for one backend."""

    def __init__(self, client: RunClient, page: HistoryPage) -> None:
        self._client = client
        self._page = page

    async def arrive(self, found: Found) -> Updates:
        """The page as it opens: all runs, and what the filters offer."""
        page = self._page
        updates = await self.search(found, "", EVERY, "", EVERY)
        try:
            agents = [(offer.title or offer.agent, offer.agent) for offer in await self._client.agents()]
            sessions = [
                (session.title or session.session_id, session.session_id) for session in await self._client.sessions()
            ]
            remarks = await self._client.feedback()
        except ClientError as error:
            return updates | {page.notice: problem_of(error).html}
        return updates | {
            page.search.agent: gr.update(choices=[(words_history.ALL_AGENTS, EVERY), *agents]),
            page.search.conversation: gr.update(choices=[(words_history.ALL_CONVERSATIONS, EVERY), *sessions]),
            page.all_remarks: feedback_html(remarks, with_question=True),
        }

    async def search(self, found: Found, text: str, agent: str, outcome: OutcomeWanted, conversation: str) -> Updates:
        """The first runs that fit, and none chosen."""
        found.runs, found.following, found.chosen, found.deleting = {}, None, "", ""
        found.searched = (text, agent, outcome, conversation)
        updates = await self._fetch(found, text, agent, outcome, conversation)
        if not found.runs and self._page.notice not in updates:
            searched = any((text.strip(), agent, outcome, conversation))
            updates[self._page.notice] = notice_html("no_run_fits" if searched else "no_runs")
        return {self._page.notice: "", **updates, **self._nothing_chosen()}

    async def left(self, found: Found, text: str, agent: str, outcome: OutcomeWanted, conversation: str) -> Updates:
        """The search's field is left: search only for what has not been searched yet.

        The field is left by the very click that chooses a run, which a second search would take back.
        """
        if found.searched == (text, agent, outcome, conversation):
            return {self._page.notice: gr.skip()}
        return await self.search(found, text, agent, outcome, conversation)

    async def more(self, found: Found, text: str, agent: str, outcome: OutcomeWanted, conversation: str) -> Updates:
        """The runs behind those that are listed."""
        return await self._fetch(found, text, agent, outcome, conversation)

    async def choose(self, found: Found, run_id: str | None) -> Updates:
        """What is known of a run, and what can be done with it."""
        page, run = self._page, found.runs.get(run_id or "")
        if run is None:
            return self._nothing_chosen()
        found.chosen, found.share_id, found.deleting = run.run_id, "", ""
        try:
            remarks = feedback_html(await self._client.feedback(run.run_id))
            name = (await self._client.session(run.session_id)).title
        except ClientError as error:
            return self._nothing_chosen() | {page.chosen: problem_of(error).html}
        if found.chosen != run.run_id:
            return {page.notice: gr.skip()}
        links = [
            link_html("ask", words_pages.OPEN_IN_ASK, **{RUN: run.run_id}),
            link_html("replay", words_pages.OPEN_IN_REPLAY, **{RUN: run.run_id}),
            link_html("compare", words_pages.OPEN_IN_COMPARE, **{FIRST: run.run_id}),
        ]
        return {
            page.chosen: chosen_run_html(run),
            page.actions_column: gr.update(visible=True),
            page.actions.links: " ".join(links),
            page.actions.share_link: "",
            page.actions.unshare: gr.update(visible=False),
            page.actions.confirm: gr.update(visible=False),
            page.actions.name: name,
            page.actions.remarks: remarks,
        }

    async def _fetch(self, found: Found, text: str, agent: str, outcome: OutcomeWanted, conversation: str) -> Updates:
        page = self._page
        try:
            result = await self._client.runs(
                text=text.strip(), agent=agent, outcome=outcome, session_id=conversation, limit=_PAGE,
                before=found.following or "",
            )  # fmt: skip
        except ClientError as error:
            return {page.notice: problem_of(error).html}
        found.runs |= {run.run_id: run for run in result.runs}
        found.following = result.next
        choices = [
            (run_title(run.question, run.agent, run.created_at, run.outcome), run.run_id) for run in found.runs.values()
        ]
        return {
            page.runs: gr.update(choices=choices, value=found.chosen or None, visible=bool(choices)),
            page.more: gr.update(visible=found.following is not None),
        }

    def _nothing_chosen(self) -> Updates:
        return {self._page.chosen: no_run_chosen_html(), self._page.actions_column: gr.update(visible=False)}
