"""Messages that people send to a run, from the moment they are accepted until they are delivered or returned. Pure."""

from dataclasses import dataclass
from typing import Literal

from backend.agents.person import PersonMessage
from backend.protocol.events import StatusEvent
from backend.protocol.inputs import STEERING, Person
from backend.runs.steering.refusals import SteeringRefusal

MessageMode = Literal["steer", "queue"]
"""``steer`` = the agent reads it while it works; ``queue`` = it is the conversation's next question."""

MessageState = Literal["waiting", "delivered", "withdrawn", "returned"]

MAX_WAITING = 50
"""Messages of one run that may wait at a time."""


WITHDRAWN = "withdrawn"
"""The reason of a message that its sender took back."""


@dataclass(slots=True)
class SentMessage:
    """A message and what became of it. ``delivered_to`` is a step, or the run that it began."""

    message_id: str
    text: str
    mode: MessageMode
    by: Person | None
    state: MessageState = "waiting"
    delivered_to: str | None = None


class MessageBox:
    """The messages of one run, in the order in which they came."""

    def __init__(self) -> None:
        self._sent: dict[str, SentMessage] = {}

    def find(self, message_id: str) -> SentMessage:
        """The message. Raises ``SteeringRefusal`` (``unknown-message``)."""
        try:
            return self._sent[message_id]
        except KeyError:
            raise unknown_message() from None

    def accepted_before(self, message: SentMessage) -> SentMessage | None:
        """The same message, if it was accepted before. Raises ``SteeringRefusal`` where its id has another text."""
        known = self._sent.get(message.message_id)
        if known is not None and (known.text, known.mode) != (message.text, message.mode):
            raise message_reused()
        return known

    def accept(self, message: SentMessage) -> StatusEvent:
        """Keep the message; gives the status that says so. Raises ``SteeringRefusal`` where too many wait."""
        if len(self.waiting()) >= MAX_WAITING:
            sentence = f"{MAX_WAITING} messages wait already: withdraw one, or wait until the agent reads them."
            raise SteeringRefusal("too-many-messages", sentence)
        self._sent[message.message_id] = message
        return _status(message, "started")

    def waiting(self, mode: MessageMode | None = None) -> list[SentMessage]:
        """Those that wait, of one mode or of both."""
        return [sent for sent in self._sent.values() if sent.state == "waiting" and mode in (None, sent.mode)]

    def withdraw(self, message_id: str) -> list[StatusEvent]:
        """Take a message back. Raises ``SteeringRefusal`` for one that was delivered, or is unknown."""
        sent = self.find(message_id)
        if sent.state == "delivered":
            raise already_delivered(sent.delivered_to)
        return [self._return(sent, "withdrawn", WITHDRAWN)] if sent.state == "waiting" else []

    def deliver(self, step_id: str | None) -> tuple[list[PersonMessage], list[StatusEvent]]:
        """Give the agent what it may read now. ``step_id`` is its open step."""
        waiting = self.waiting("steer")
        statuses = [self._delivered(sent, step_id) for sent in waiting]
        return [PersonMessage(sent.message_id, sent.text, sent.by) for sent in waiting], statuses

    def close(self, next_run: str | None, reason: str) -> tuple[list[SentMessage], list[StatusEvent]]:
        """What the end of the run does: queued messages go to the next run, if there will be one, and everything else
        returns to its sender. Gives the queued ones as well."""
        queued = self.waiting("queue") if next_run is not None else []
        statuses = [self._delivered(sent, next_run) for sent in queued]
        statuses += [self._return(sent, "returned", reason) for sent in self.waiting()]
        return queued, statuses

    @staticmethod
    def _delivered(sent: SentMessage, to: str | None) -> StatusEvent:
        sent.state, sent.delivered_to = "delivered", to
        return _status(sent, "finished")

    @staticmethod
    def _return(sent: SentMessage, state: MessageState, reason: str) -> StatusEvent:
        sent.state = state
        return StatusEvent(step_id=sent.message_id, step=STEERING, state="cancelled", reason=reason)


def unknown_message() -> SteeringRefusal:
    """For an id that no message had."""
    return SteeringRefusal("unknown-message", "Message not found: it was never sent to this run.")


def message_reused() -> SteeringRefusal:
    """For an id that another message had."""
    return SteeringRefusal("message-reused", "This message_id was used for another message: send a new one.")


def already_delivered(to: str | None) -> SteeringRefusal:
    """For a message that cannot be taken back any more."""
    return SteeringRefusal("already-delivered", "The message was delivered: it cannot be withdrawn.", delivered_to=to)


def _status(sent: SentMessage, state: Literal["started", "finished"]) -> StatusEvent:
    if state == "finished":
        return StatusEvent(step_id=sent.message_id, step=STEERING, state=state, delivered_to=sent.delivered_to)
    return StatusEvent(step_id=sent.message_id, step=STEERING, detail=sent.text, by=sent.by, mode=sent.mode)
