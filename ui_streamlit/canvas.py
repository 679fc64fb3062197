"""Draws a run into the page's slots, and only what changed."""

from collections.abc import Mapping

from streamlit.delta_generator import DeltaGenerator

from backend.desk.conversation_state import ConversationState
from backend.desk.player import SeenRun
from backend.present.answer.blocks import AnswerBlock
from backend.present.answer.formula_attributes import formulas_as_attributes
from backend.present.evidence.artifacts import artifacts_html
from backend.present.evidence.sources import sources_html
from backend.present.evidence.steps import steps_html
from backend.present.pages.panels import Panels, Slot
from backend.present.pages.problem import Problem
from backend.present.pages.status import metrics_html, status_html
from backend.present.pages.tabs import tabs_html
from backend.present.theme.palette import Theme
from backend.protocol.run_view import RunView
from ui_streamlit.results import ResultSlots
from ui_streamlit.run_slots import ReadingSlots, RunSlots
from ui_streamlit.run_strip import strip_news_html


class Canvas:
    """One pass's drawing. Finished answer blocks have elements of their own and are sent once."""

    def __init__(self, slots: RunSlots, theme: Theme, scope: str = "", drawn: Mapping[Slot, str] | None = None) -> None:
        """``scope`` distinguishes this run's markers and sources from those of another one on the page. ``drawn`` is
        what this pass has drawn already."""
        self._slots = slots
        self._panels = Panels(theme, scope)
        self._scope = scope
        self._results: ResultSlots | None = None
        self._blocks: list[tuple[DeltaGenerator, str]] = []
        self._drawn: dict[Slot, str] = dict(drawn or {})
        self._strip: object = None

    def draw_conversation(self, state: ConversationState) -> None:
        """Draw the changes for this state, if there are any: see ``tick``."""
        drawn = dict(self._drawn)
        self._draw_strip(state)
        if state.frame is not None:
            self._draw_run(state.frame.view, state.frame.elapsed_ms, state)
        else:
            self._draw_before_a_run(state)
        if drawn == self._drawn:
            self.tick()

    def draw_seen(self, run: SeenRun) -> None:
        """Draw the changes for this state of the run."""
        self.draw_view(run.view, run.elapsed_ms, still=run.still)

    def draw_view(self, view: RunView, elapsed_ms: float | None = None, *, still: bool = False) -> None:
        """Draw the changes for this view; ``elapsed_ms`` is its moment; ``still``: see ``Panels``."""
        self._draw_run(view, elapsed_ms, still=still)

    def tick(self) -> None:
        """A drawing call that changes nothing: a pass that nobody waits for any more ends here."""
        _fill(self._slots.status, self._drawn.get("status", ""))

    def _draw_run(
        self, view: RunView, elapsed_ms: float | None, state: ConversationState | None = None, *, still: bool = False
    ) -> None:
        """The question and the notice of the conversation's state, if there is one, take the place of the run's."""
        slots, changes = self._slots, self._panels.draw(view, elapsed_ms, still=still)
        if changes.answer is not None:
            self._answer(changes.answer)
        if changes.artifacts is not None and view.artifacts.items:
            if self._results is None:
                self._results = ResultSlots(slots.results, self._scope)
            self._results.draw(changes.artifacts)
        elif changes.results is not None and not view.artifacts.items:
            _fill(slots.results, changes.results)
            self._results = None
        fragments = changes.fragments()
        if state is not None:
            # The run knows nothing of its question's files, nor of trouble with the backend.
            fragments |= {"question": state.question_html, "notice": state.notice_html}
        for slot, fragment in fragments.items():
            self._fill(slot, fragment)

    def _draw_before_a_run(self, state: ConversationState) -> None:
        """The page at the moment of the click, before the backend has answered; or before anything was asked."""
        view = RunView.start(state.asked.text)
        if "steps" not in self._drawn:
            _fill(self._slots.results, artifacts_html(view))
        self._fill("steps", steps_html(view))
        self._fill("sources", sources_html(view))
        self._fill("question", state.question_html)
        self._fill("tabs", tabs_html(view))
        self._fill("metrics", metrics_html(view))
        self._fill("notice", state.notice_html)
        self._fill("status", _first_status(state))

    def _draw_strip(self, state: ConversationState) -> None:
        """The strip on the page is laid out with its first data."""
        shown = (state.turn, state.strip, state.running, bool(state.run_id), state.waiting)
        if self._slots.strip is not None and shown != self._strip:
            self._slots.strip.html(strip_news_html(state.strip_data))
        self._strip = shown

    def _fill(self, slot: Slot, fragment: str) -> None:
        if self._drawn.get(slot) != fragment:
            self._drawn[slot] = fragment
            element = getattr(self._slots, slot)
            if element is not None:
                _fill(element, fragment)

    def _answer(self, blocks: tuple[AnswerBlock, ...]) -> None:
        for index, block in enumerate(blocks):
            if index == len(self._blocks):
                # Not into an empty slot: the block is there from the pass before, and would vanish for a moment.
                self._blocks.append((self._slots.answer.html(formulas_as_attributes(block.html)), block.html))
            place, drawn = self._blocks[index]
            if drawn != block.html:
                place.html(formulas_as_attributes(block.html))
                self._blocks[index] = (place, block.html)
        for place, _ in self._blocks[len(blocks) :]:
            place.empty()
        del self._blocks[len(blocks) :]


def draw_question(reading: ReadingSlots, state: ConversationState) -> dict[Slot, str]:
    """A question that was just sent, before the rest of the page is laid out: a person waits for it. Returns what was
    drawn."""
    if state.frame is not None or not (status := _first_status(state)):
        return {}
    _fill(reading.question, state.question_html)
    _fill(reading.status, status)
    return {"question": state.question_html, "status": status}


def _first_status(state: ConversationState) -> str:
    return status_html(RunView.start(state.asked.text), 0.0) if state.running and not state.waiting else ""


def draw_notice(slot: DeltaGenerator, problem: Problem | None) -> None:
    """A designed state in a slot of its own, or none."""
    _fill(slot, problem.html if problem is not None else "")


def _fill(place: DeltaGenerator, fragment: str) -> None:
    if fragment:
        place.html(fragment)
    else:
        place.empty()
