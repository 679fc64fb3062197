"""One pass over a conversation: its states drawn live, and the page started again if its widgets do not fit."""

from collections.abc import Generator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.desk.steering import controls_of
from ui_streamlit.ask.actions import draw_actions
from ui_streamlit.canvas import Canvas
from ui_streamlit.visit import Visit, put_into_address

States = Generator[ConversationState | None, None, None]


def first_to_draw(states: States, conversation: Conversation) -> ConversationState:
    """The state that the page is laid out for: with the run it was opened for, unless that takes longer than a tick."""
    for state in states:
        if state is None or not state.settling:
            break
    return conversation.state


class Showing:
    """Draws the states into a page that was laid out for the first of them."""

    def __init__(self, visit: Visit, conversation: Conversation, canvas: Canvas, row: DeltaGenerator | None) -> None:
        """``row``: the row for the actions on the run; None if there are none."""
        self._visit = visit
        self._conversation = conversation
        self._canvas = canvas
        self._row = row
        self._form: object = None
        self._actions: object = None

    def draw(self, state: ConversationState | None) -> None:
        """Draw the changes for this state; None for a tick. Ends the pass if the widgets above no longer fit."""
        if state is None:
            self._canvas.tick()
            return
        self._canvas.draw_conversation(state)
        if not state.shared:
            put_into_address(run=state.named)
        self._fit_widgets(state)

    def _fit_widgets(self, state: ConversationState) -> None:
        form = (
            *(state.turn, state.running, state.stopping, state.empty, state.earlier, state.choices, state.fields),
            *(state.written, state.chosen, state.refusals, state.inputs, controls_of(state), state.role),
        )
        actions = (state.run_id, state.ended, state.may_retry, state.may_continue, state.may_wait_longer)
        if self._form is None:
            self._form = form
        if self._row is not None and self._actions is None and (state.run_id or not state.pending or state.waiting):
            # Not while a question is on its way: the actions on its run come a moment later.
            self._actions = actions
            with self._row:
                draw_actions(self._visit, self._conversation, state)
        if form != self._form or self._actions not in (None, actions):
            st.rerun()
