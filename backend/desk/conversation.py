"""One tab's memory of its conversation, and how it is changed."""

from dataclasses import replace
from typing import Any

from backend.client.replies import KnownFile
from backend.desk.conversation_state import ConversationState, FieldValues
from backend.present.pages.input_cards import AnswerProblem
from backend.protocol.options import RunOptions


class Conversation:
    """One tab's memory. It is changed on the event loop only, by ``Questions``; pages read its ``state``.

    ``serial`` counts the showings: each showing of this conversation stops once another has begun.
    """

    def __init__(self) -> None:
        self.state = ConversationState()
        self.serial = 0
        self.key = ""
        """The idempotency key of the last question."""
        self.unsent: tuple[str, str, RunOptions, tuple[KnownFile, ...]] | None = None
        """Text, agent, options and files of a question that is back in its field, since the backend did not answer."""
        self.fresh = False
        """True if nothing of the run has been seen, because it was started just now."""
        self.live = False
        """True if the page has seen this run before its end."""

    @property
    def run_id(self) -> str:
        """The run on the page."""
        return self.state.run_id

    def change(self, **changes: Any) -> ConversationState:
        """Change these fields of the state; returns the new state."""
        self.state = replace(self.state, **changes)
        return self.state

    def note_problem(self, name: str, sentence: str) -> None:
        """Note why the last answer to the request of that id was not taken, or a message not withdrawn; empty = it
        was."""
        known = dict(self.state.answer_problems)
        before = known.pop(name, None)
        if sentence:
            known[name] = AnswerProblem(sentence, before.times + 1 if before else 1)
        self.change(answer_problems=known)

    def show(self) -> int:
        """Begin another showing; returns its number."""
        self.serial += 1
        return self.serial

    def shows(self, serial: int) -> bool:
        """True if that showing is still the newest."""
        return self.serial == serial

    def fill(self, *, agent: str) -> FieldValues:
        """The next values of the page's fields, for ``change``."""
        return FieldValues(self.state.fields.change + 1, agent)

    def turn_over(self, *, keeps_showing: bool = False, **changes: Any) -> None:
        """Clear the page of the run it shows, and change these fields of the state. ``keeps_showing``: what follows is
        a part of the showing that is under way."""
        if not keeps_showing:
            self.show()
        self.fresh, self.live = False, False
        cleared: dict[str, Any] = {
            "turn": self.state.turn + 1,
            "pending": False,
            "opening": "",
            "run_id": "",
            "frame": None,
            "strip": None,
            "lost": False,
            "stopping": False,
            "problem": None,
            "answer_problems": {},
            "sent": frozenset(),
        }
        self.change(**{**cleared, **changes})
