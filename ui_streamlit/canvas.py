"""Draws a run into the page's places, and only what changed."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.client.frames import Frame
from backend.present.answer import AnswerBlock
from backend.present.artifacts import ArtifactView, artifacts_html
from backend.present.page import notice_html, question_html
from backend.present.palette import Theme
from backend.present.panels import Panels
from backend.present.sources import sources_html
from backend.present.status import status_html
from backend.present.steps import steps_html
from backend.protocol.run_view import RunView
from ui_streamlit.layout import Page


class Canvas:
    """One pass's drawing. Finished answer blocks have elements of their own and are sent once."""

    def __init__(self, page: Page, theme: Theme) -> None:
        self._page = page
        self._panels = Panels(theme)
        self._blocks: list[tuple[DeltaGenerator, str]] = []

    def draw(self, frame: Frame) -> None:
        """What this frame changes."""
        page, changes = self._page, self._panels.draw(frame.view, frame.elapsed_ms)
        if changes.answer is not None:
            self._answer(changes.answer)
        if changes.artifacts is not None:
            self._artifacts(changes.artifacts)
        if changes.results is not None and not frame.view.artifacts.items:
            _fill(page.results, changes.results)
        # The status comes last: what it says has been drawn when it says so.
        for place, fragment in (
            (page.asked, changes.question),
            (page.steps, changes.steps),
            (page.notice, changes.notice),
            (page.warnings, changes.warnings),
            (page.sources, changes.sources),
            (page.status, changes.status),
        ):
            if fragment is not None:
                _fill(place, fragment)

    def starting(self, question: str) -> None:
        """The page at the moment of the click, before the backend has answered."""
        view = RunView.start(question)
        _fill(self._page.status, status_html(view, 0.0))
        _fill(self._page.asked, question_html(question))
        _fill(self._page.steps, steps_html(view))
        _fill(self._page.results, artifacts_html(view))
        _fill(self._page.sources, sources_html(view))

    def notice(self, notice: str, sentence: str | None = None) -> None:
        """A designed state instead of a run."""
        view = RunView.start()
        _fill(self._page.notice, notice_html(notice, sentence))
        _fill(self._page.steps, steps_html(view))
        _fill(self._page.results, artifacts_html(view))
        _fill(self._page.sources, sources_html(view))

    def _answer(self, blocks: tuple[AnswerBlock, ...]) -> None:
        for index, block in enumerate(blocks):
            if index == len(self._blocks):
                # Not into an empty place: the block stands there from the pass before, and would vanish for a moment.
                self._blocks.append((self._page.answer.html(block.html), block.html))
            place, drawn = self._blocks[index]
            if drawn != block.html:
                place.html(block.html)
                self._blocks[index] = (place, block.html)
        for place, _ in self._blocks[len(blocks) :]:
            place.empty()
        del self._blocks[len(blocks) :]

    def _artifacts(self, artifacts: tuple[ArtifactView, ...]) -> None:
        """Each chart as Streamlit's own, with its data below it; everything else as a fragment."""
        with self._page.results.container(gap="xsmall"):
            # Charts first, as in the Gradio page: retrieved passages are long.
            for artifact in sorted(artifacts, key=lambda artifact: artifact.figure is None):
                if artifact.figure is not None:
                    self._chart(artifact)
                if artifact.html:
                    _html(artifact.html)

    def _chart(self, artifact: ArtifactView) -> None:
        st.plotly_chart(artifact.figure, theme=None, config={"displayModeBar": False}, alt=artifact.title)


def _fill(place: DeltaGenerator, fragment: str) -> None:
    if fragment:
        place.html(fragment)
    else:
        place.empty()


def _html(fragment: str) -> None:
    st.html(fragment)
