"""How a run comes onto the table of the Replay page: by the address, from the list, from a file."""

from collections.abc import AsyncIterator

import gradio as gr

from backend.client.errors import BackendGone, ClientError
from backend.client.replies import RunSummary
from backend.client.run_client import RunClient
from backend.present.markup import fragment
from backend.present.pages.addresses import FIRST, MOMENT, RUN, SHARE, moment_ms
from backend.present.pages.problem import Problem, problem_of, recording_of_backend, recording_of_file
from backend.present.pages.run_titles import run_title
from backend.present.theme.palette import Theme
from backend.present.timeline.figure import timeline_figure
from backend.present.timeline.text import timeline_text_html
from backend.present.words import pages as words_pages, replay as words_replay
from backend.protocol.recordings import Recording
from ui_gradio.drawing import Drawing, Updates, blank, plot_data
from ui_gradio.navigation import in_a_row, link_html
from ui_gradio.playback_controls import Moving
from ui_gradio.problems import wait_for_backend
from ui_gradio.replay.layout import ReplayPage
from ui_gradio.replay.opened_run import Table

LATEST_RUNS = 50
"""Offered in the list; the others are found in the history."""


class Opening:
    """The handlers that open a run, for one backend."""

    def __init__(self, client: RunClient, page: ReplayPage, moving: Moving) -> None:
        self._client = client
        self._page = page
        self._moving = moving

    async def arrive(self, table: Table, theme: Theme, request: gr.Request) -> AsyncIterator[Updates]:
        """Open what the address names. While the backend is not there the page says so and begins again by itself."""
        page, asked = self._page, request.query_params
        opened_id = asked.get(RUN) or asked.get(SHARE) or ""
        while True:
            try:
                yield {page.choice: gr.update(choices=run_choices((await self._client.runs(limit=LATEST_RUNS)).runs))}
                if opened_id:
                    yield await self._open_run(table, opened_id, theme, moment_ms(asked.get(MOMENT, "")))
            except BackendGone as error:
                yield {page.panels.notice: problem_of(error).html}
                await wait_for_backend(self._client)
                yield {page.panels.notice: Problem("nothing_to_replay").html}
            except ClientError as error:
                yield {page.panels.notice: problem_of(error).html}
                return
            else:
                return

    async def choose(self, table: Table, run_id: str | None, theme: Theme) -> Updates:
        """Open a run of the list."""
        if not run_id:
            return {self._page.moving.moment: gr.skip()}
        return {**await self._open_run(table, run_id, theme, 0.0), self._page.choice: None}

    async def refresh(self, table: Table, theme: Theme) -> Updates:
        """Load new events of a run that was not over."""
        return await self._open_run(table, table.opened_id, theme, table.position_ms())

    async def upload(self, table: Table, data: bytes, theme: Theme) -> Updates:
        """Open a recording from a file; it stays in this tab."""
        return self._put(table, recording_of_file(data), "", theme, 0.0)

    async def open_another(self) -> Updates:
        """Show the list again, with what was asked since."""
        page = self._page
        try:
            runs = (await self._client.runs(limit=LATEST_RUNS)).runs
        except ClientError:
            return {page.opening: gr.update(visible=True)}
        return {page.opening: gr.update(visible=True), page.choice: gr.update(choices=run_choices(runs), value=None)}

    async def _open_run(self, table: Table, opened_id: str, theme: Theme, at_ms: float) -> Updates:
        try:
            found = recording_of_backend(await self._client.recording(opened_id))
        except BackendGone:
            raise
        except ClientError as error:
            found = problem_of(error, opened_id)
        return self._put(table, found, opened_id, theme, at_ms)

    def _put(self, table: Table, recording: Recording | Problem, opened_id: str, theme: Theme, at_ms: float) -> Updates:
        page = self._page
        if isinstance(recording, Problem):
            return {page.panels.notice: recording.html}
        table.open(recording, opened_id, Drawing(page.panels, theme), at_ms)
        unfinished = table.unfinished
        hint = words_replay.STILL_RUNNING if unfinished else "" if opened_id else words_replay.TEMPORARY_LINK
        return {
            **blank(page.panels, table.playback.question),
            **page.review.offered(whether=bool(table.run_id)),
            page.opening: gr.update(visible=False),
            page.open_another: gr.update(visible=True),
            page.links: _links(table),
            page.hint: str(fragment('<p class="ph ph-hint">{}</p>', hint)) if hint else "",
            page.refresh: gr.update(visible=unfinished),
            page.moving.play: words_replay.PLAY,
            page.timeline: plot_data(timeline_figure(table.playback.events, theme=theme)),
            page.timeline_text: str(timeline_text_html(table.playback.events)),
            **self._moving.at_the_playhead(table),
        }


def run_choices(runs: tuple[RunSummary, ...]) -> list[tuple[str, str]]:
    """Runs to choose from, each in one line."""
    return [(run_title(run.question, run.agent, run.created_at, run.outcome), run.run_id) for run in runs]


def _links(table: Table) -> str:
    if not table.run_id:
        return ""
    return in_a_row(
        link_html("ask", words_pages.OPEN_IN_ASK, **{RUN: table.run_id}),
        link_html("compare", words_pages.OPEN_IN_COMPARE, **{FIRST: table.run_id}),
    )
