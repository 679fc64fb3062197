"""Draws a run into the page's places, and only what changed."""

from streamlit.delta_generator import DeltaGenerator

from backend.client.frames import Frame
from backend.desk.player import SeenRun
from backend.present.answer.blocks import AnswerBlock
from backend.present.evidence.artifacts import artifacts_html
from backend.present.evidence.sources import sources_html
from backend.present.evidence.steps import steps_html
from backend.present.pages.notices import notice_html, question_html
from backend.present.pages.panels import Panels, Slot
from backend.present.pages.problem import Problem
from backend.present.pages.status import status_html
from backend.present.theme.palette import Theme
from backend.protocol.run_view import RunView
from ui_streamlit.results import ResultSlots
from ui_streamlit.run_slots import RunSlots


class Canvas:
    """One pass's drawing. Finished answer blocks have elements of their own and are sent once."""

    def __init__(self, places: RunSlots, theme: Theme, scope: str = "") -> None:
        """``scope`` tells this run's markers and sources from those of another one on the page."""
        self._places = places
        self._panels = Panels(theme, scope)
        self._scope = scope
        self._results: ResultSlots | None = None
        self._blocks: list[tuple[DeltaGenerator, str]] = []
        self._status = ""

    def draw(self, frame: Frame) -> None:
        """What this frame changes."""
        self.draw_view(frame.view, frame.elapsed_ms)

    def draw_seen(self, run: SeenRun) -> None:
        """What this sight of the run changes."""
        self.draw_view(run.view, run.elapsed_ms, still=run.still)

    def draw_view(self, view: RunView, elapsed_ms: float | None = None, *, still: bool = False) -> None:
        """What this view changes; ``elapsed_ms`` is the moment at which it was like this; ``still``: see ``Panels``."""
        places, changes = self._places, self._panels.draw(view, elapsed_ms, still=still)
        if changes.answer is not None:
            self._answer(changes.answer)
        if changes.artifacts is not None and view.artifacts.items:
            if self._results is None:
                self._results = ResultSlots(places.results, self._scope)
            self._results.draw(changes.artifacts)
        elif changes.results is not None and not view.artifacts.items:
            _fill(places.results, changes.results)
            self._results = None
        at: dict[Slot, DeltaGenerator] = {
            "question": places.asked,
            "steps": places.steps,
            "notice": places.notice,
            "warnings": places.warnings,
            "sources": places.sources,
        }
        for place, fragment in changes.fragments().items():
            if place == "status":
                self._draw_status(fragment)
            else:
                _fill(at[place], fragment)

    def starting(self, question: str) -> None:
        """The page at the moment of the click, before the backend has answered."""
        view = RunView.start(question)
        self._draw_status(status_html(view, 0.0))
        _fill(self._places.asked, question_html(question))
        self._evidence_of(view)

    def nothing(self) -> None:
        """The page before anything was asked."""
        self._evidence_of(RunView.start())

    def notice(self, problem: Problem) -> None:
        """A designed state, above what is on the page."""
        _fill(self._places.notice, notice_html(problem.notice, problem.sentence))

    def tick(self) -> None:
        """A drawing call that changes nothing: at it a pass ends that nobody waits for any more."""
        _fill(self._places.status, self._status)

    def _draw_status(self, fragment: str) -> None:
        self._status = fragment
        _fill(self._places.status, fragment)

    def _evidence_of(self, view: RunView) -> None:
        _fill(self._places.steps, steps_html(view))
        _fill(self._places.results, artifacts_html(view))
        _fill(self._places.sources, sources_html(view))

    def _answer(self, blocks: tuple[AnswerBlock, ...]) -> None:
        for index, block in enumerate(blocks):
            if index == len(self._blocks):
                # Not into an empty place: the block stands there from the pass before, and would vanish for a moment.
                self._blocks.append((self._places.answer.html(block.html), block.html))
            place, drawn = self._blocks[index]
            if drawn != block.html:
                place.html(block.html)
                self._blocks[index] = (place, block.html)
        for place, _ in self._blocks[len(blocks) :]:
            place.empty()
        del self._blocks[len(blocks) :]


def draw_notice(slot: DeltaGenerator, problem: Problem | None) -> None:
    """A designed state in a slot of its own, or none."""
    _fill(slot, problem.html if problem is not None else "")


def _fill(place: DeltaGenerator, fragment: str) -> None:
    if fragment:
        place.html(fragment)
    else:
        place.empty()
