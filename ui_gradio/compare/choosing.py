"""What a reader does on the Compare page: choose two runs, race two agents, or play one scenario in two ways."""

from collections.abc import AsyncIterator

import gradio as gr

from backend.client.errors import BackendGone, ClientError
from backend.client.race import Entrant, plays_without_status, question_for, start_both, with_and_without_status
from backend.client.run_client import RunClient
from backend.present.pages.addresses import FIRST, MOMENT, SECOND, moment_ms
from backend.present.pages.pair import BOTH, Side, Which, side_of
from backend.present.pages.problem import Problem, problem_of, recording_of_file
from backend.present.pages.question_checks import question_problem
from backend.present.theme.palette import Theme
from ui_gradio.compare.layout import ComparePage
from ui_gradio.compare.pair import DrawnPair, side_of_run
from ui_gradio.compare.pair_drawing import Duel
from ui_gradio.drawing import Updates
from ui_gradio.problems import tell, wait_for_backend
from ui_gradio.replay.opening import LATEST_RUNS, run_choices


class Compare:
    """The page's handlers, for one backend."""

    def __init__(self, client: RunClient, page: ComparePage) -> None:
        self._client = client
        self._page = page

    async def arrive(self, pair: DrawnPair, theme: Theme, request: gr.Request) -> AsyncIterator[Updates]:
        """Offer runs and agents, and open what the address names; begin again by itself once the backend is there."""
        page, named = self._page, request.query_params
        wanted: dict[Which, str] = {"first": named.get(FIRST, ""), "second": named.get(SECOND, "")}
        at_ms = moment_ms(named[MOMENT]) if MOMENT in named else None
        while True:
            try:
                yield await self._offers(ask=True)
                for which, run_id in wanted.items():
                    if run_id:
                        found = await side_of_run(self._client, run_id)
                        async for updates in self._take(pair, which, found, theme, at_ms):
                            yield updates
            except BackendGone as error:
                yield {page.notice: problem_of(error).html}
                await wait_for_backend(self._client)
                yield {page.notice: Problem("nothing_to_compare").html}
            except ClientError as error:
                yield {page.notice: problem_of(error).html}
                return
            else:
                return

    async def choose(self, which: Which, pair: DrawnPair, run_id: str | None, theme: Theme) -> AsyncIterator[Updates]:
        """Take a run of the list for one side."""
        if not run_id:
            return
        try:
            found = await side_of_run(self._client, run_id)
        except BackendGone as error:
            found = problem_of(error)
        async for updates in self._take(pair, which, found, theme):
            yield updates

    async def upload(self, which: Which, pair: DrawnPair, data: bytes, theme: Theme) -> AsyncIterator[Updates]:
        """Take a recording file for one side; it stays in this tab."""
        async for updates in self._take(pair, which, side_of(recording_of_file(data)), theme):
            yield updates

    async def race(
        self, pair: DrawnPair, question: str, first: str | None, second: str | None, theme: Theme
    ) -> AsyncIterator[Updates]:
        """Put one question to two agents at once."""
        problem = question_problem(question)
        if problem or not first or not second:
            yield {self._page.notice: Problem("invalid_question", problem).html}
            return
        async for updates in self._start_both(pair, question, (Entrant(first), Entrant(second)), theme):
            yield updates

    async def race_status(self, pair: DrawnPair, scenario: str | None, theme: Theme) -> AsyncIterator[Updates]:
        """Play one scenario with and without its status events."""
        if not scenario:
            return
        try:
            questions = {offer.agent: question_for(offer) for offer in await self._client.agents()}
        except ClientError as error:
            yield {self._page.notice: problem_of(error).html}
            return
        both = with_and_without_status(scenario)
        async for updates in self._start_both(pair, questions.get(scenario, scenario), both, theme):
            yield updates

    async def stop(self, pair: DrawnPair) -> None:
        """End whatever still runs; both go on being drawn until they are over."""
        for side in pair.sides:
            if side.running:
                try:
                    await self._client.cancel(side.run_id)
                except ClientError as error:
                    tell(error.sentence)

    async def open_another(self, pair: DrawnPair) -> Updates:
        """Show the ways again, with the runs of since; or put them away."""
        pair.choosing = not pair.choosing
        shown: Updates = {self._page.choosing_box: gr.update(visible=pair.choosing)}
        try:
            return {**shown, **await self._offers()} if pair.choosing else shown
        except ClientError:
            return shown

    async def _offers(self, *, ask: bool = False) -> Updates:
        """What the lists offer. ``ask``: with a question to begin with as well."""
        fields = self._page.choosing
        offers = await self._client.agents()
        agents = [(offer.title or offer.agent, offer.agent) for offer in offers]
        runs = run_choices((await self._client.runs(limit=LATEST_RUNS)).runs)
        names = [name for _, name in agents]
        played = [(offer.title or offer.agent, offer.agent) for offer in offers if plays_without_status(offer)]
        return {
            fields.question: question_for(offers[0]) if ask and offers else gr.skip(),
            fields.first_run: gr.update(choices=runs),
            fields.second_run: gr.update(choices=runs),
            fields.first_agent: gr.update(choices=agents, value=names[0] if names else None),
            fields.second_agent: gr.update(choices=agents, value=names[min(1, len(names) - 1)] if names else None),
            fields.scenario: gr.update(choices=played, value=played[0][1] if played else None),
        }

    async def _take(
        self, pair: DrawnPair, which: Which, found: Side | Problem, theme: Theme, at_ms: float | None = None
    ) -> AsyncIterator[Updates]:
        page = self._page
        if isinstance(found, Problem):
            yield {page.notice: found.html}
            return
        pair.put(which, found)
        field = page.choosing.first_run if which == "first" else page.choosing.second_run
        yield {page.addresses: _addresses(pair), field: found.run_id or None, page.notice: gr.skip()}
        if pair.complete:
            if at_ms is not None:
                pair.seek(at_ms)
            async for updates in self._show(pair, theme):
                yield updates

    async def _start_both(
        self, pair: DrawnPair, question: str, both: tuple[Entrant, Entrant], theme: Theme
    ) -> AsyncIterator[Updates]:
        """Start two runs in one conversation, and follow both."""
        page = self._page
        try:
            run_ids = await start_both(self._client, question, *both)
            sides = [await side_of_run(self._client, run_id) for run_id in run_ids]
        except ClientError as error:
            yield {page.notice: problem_of(error).html}
            return
        for which, side in zip(BOTH, sides, strict=True):
            if isinstance(side, Problem):
                yield {page.notice: side.html}
                return
            pair.put(which, side)
        yield {page.addresses: _addresses(pair)}
        async for updates in self._show(pair, theme):
            yield updates

    async def _show(self, pair: DrawnPair, theme: Theme) -> AsyncIterator[Updates]:
        pair.choosing = False
        yield {self._page.choosing_box: gr.update(visible=False)}
        async for updates in Duel(self._client, self._page, pair, theme).draw():
            yield updates


def _addresses(pair: DrawnPair) -> str:
    """Both ids in one text, for the page's script."""
    return " ".join(run_id or "-" for run_id in pair.run_ids)
