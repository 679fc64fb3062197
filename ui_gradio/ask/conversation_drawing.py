"""From the states of a conversation to updates of the Ask page's widgets."""

import gradio as gr

from backend.desk.conversation_state import ConversationState
from backend.desk.steering import controls_of
from backend.present.answer.markdown_export import export_markdown
from backend.present.pages.addresses import run_parameter
from backend.present.pages.conversation import earlier_turns_html
from backend.present.pages.copy_button import copy_button_html
from backend.present.pages.run_buttons import run_buttons_html
from backend.present.pages.status import status_html
from backend.present.theme.palette import Theme
from backend.present.words import ask as words_ask, pages as words_pages, run as words
from backend.protocol.run_view import RunView
from ui_gradio.ask.layout import AskPage
from ui_gradio.ask.steering import phase_of
from ui_gradio.drawing import Drawing, Updates, blank
from ui_gradio.navigation import in_a_row, link_html


class ConversationDrawing:
    """Draws the states of one conversation, one after the other, for one event of the page."""

    def __init__(self, page: AskPage, theme: Theme, known: ConversationState) -> None:
        """``known``: the state that the page shows already. Its parts of the run are drawn once more all the same."""
        self._page = page
        self._theme: Theme = theme
        self._known = known
        self._run: Drawing | None = None
        self._drawn: dict[str, object] = {}

    def updates(self, state: ConversationState) -> Updates:
        """The changes of the page for this state."""
        updates = self._run_panels(state)
        if self._changed("buttons", _what_fits(state)):
            updates |= buttons(self._page, state)
        if self._changed("run_buttons", (state.turn, state.run_id, state.role)):
            rights = state.rights
            updates[self._page.run_buttons] = run_buttons_html(
                state.run_id, comments=rights.comments, shares=rights.shares
            )
        if self._changed("written", state.written):
            updates[self._page.written] = state.written.html
        updates |= self._fields(state)
        if self._changed("attachments", (state.chosen, state.refusals)):
            updates |= self._page.attachments.drawn(state)
        if self._changed("rights", (state.header_html, state.rights_html)):
            updates |= {self._page.header: state.header_html, self._page.rights: state.rights_html}
        if not state.shared:
            updates |= self._address(state)
        self._known = state
        return updates

    def _run_panels(self, state: ConversationState) -> Updates:
        panels, updates = self._page.panels, Updates()
        if self._changed("question", (state.turn, state.asked.text)) or self._run is None:
            self._run = Drawing(panels, self._theme)
            earlier = earlier_turns_html(state.earlier, comments=state.rights.comments, shares=state.rights.shares)
            updates = {**blank(panels, state.asked.text), panels.earlier: earlier}
        if self._changed("strip", (state.turn, state.strip, state.running, bool(state.run_id), state.waiting)):
            updates[self._page.strip] = state.strip_data
        if state.frame is not None:
            updates |= self._run.view(state.frame.view, state.frame.elapsed_ms)
        elif self._changed("connecting", (state.turn, connecting := state.running and not state.waiting)):
            updates[panels.status] = status_html(RunView.start(state.asked.text)) if connecting else ""
        # The run's own notice of its end is one part of the whole notice; it knows nothing of the question's files.
        updates.pop(panels.notice, None)
        updates.pop(panels.asked, None)
        if self._changed("asked", state.question_html):
            updates[panels.asked] = state.question_html
        if self._changed("inputs", state.inputs):
            updates[self._page.inputs] = state.inputs_html
        if self._changed("notice", state.notice_html):
            updates[panels.notice] = state.notice_html
        return updates

    def _fields(self, state: ConversationState) -> Updates:
        page, known, updates = self._page, self._known, Updates()
        filled = state.fields if state.fields.change != known.fields.change else None
        if self._changed("placeholder", state.empty):
            placeholder = words.QUESTION_PLACEHOLDER if state.empty else words_ask.FOLLOW_UP_PLACEHOLDER
            updates[page.question] = gr.update(placeholder=placeholder)
        choices = [(choice.title, choice.name) for choice in state.choices]
        if filled is not None and filled.agent is not None:
            # Both at once: a name that comes before its choices is shown without its title, and stays so.
            updates[page.agent] = gr.update(choices=choices, value=filled.agent)
        elif state.choices != known.choices:
            updates[page.agent] = gr.update(choices=choices)
        return updates

    def _address(self, state: ConversationState) -> Updates:
        return {self._page.run_id: state.named} if state.named != self._known.named else {}

    def _changed(self, name: str, value: object) -> bool:
        """True if this value differs from the last one drawn under that name."""
        if name in self._drawn and self._drawn[name] == value:
            return False
        self._drawn[name] = value
        return True


def buttons(page: AskPage, state: ConversationState) -> Updates:
    """Stop while something runs, else Ask; and the actions on the run, if there is one.

    Which of the two it is comes with the run's texts, and the page's style shows the one that fits. As a change of the
    button it would wait to be fetched: one request later, and after all other work of the browser. When a page opens,
    that is Plotly's script, seconds on a busy machine.
    """
    return {
        page.phase: phase_of(state),
        page.stop: gr.update(value=words.STOPPING if state.stopping else words.STOP, interactive=not state.stopping),
        page.new_conversation: gr.update(visible=state.rights.asks and not state.empty),
        page.go_on: gr.update(visible=state.may_continue),
        page.wait_longer: gr.update(visible=state.may_wait_longer),
        page.retry: gr.update(
            visible=state.may_retry,
            variant="secondary" if state.may_continue or state.may_wait_longer else "primary",
        ),
        page.after_run: _after_run(state),
        **page.steering.drawn(state),
    }


def _what_fits(state: ConversationState) -> tuple[object, ...]:
    """The facts that the buttons depend on. They are drawn once more with the first part of the answer: if they appear
    together with the row around them, a button may stay away."""
    answering = state.frame is not None and bool(state.frame.view.message.answer)
    asking = state.turn, state.running, state.stopping, state.empty, state.outcome, state.may_retry
    return *asking, answering, controls_of(state), state.role, state.writes


def _after_run(state: ConversationState) -> str:
    if state.running or not state.run_id or state.frame is None:
        return ""
    copy = copy_button_html(export_markdown(state.frame.view), "ph-answer-markdown")
    return in_a_row(copy, link_html("replay", words_pages.OPEN_IN_REPLAY, **run_parameter(state.run_id)))
