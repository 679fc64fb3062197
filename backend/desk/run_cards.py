"""The cards below an answer: what a run asks of people, and the messages that they sent to it."""

import json

from backend.desk.answers import Answers
from backend.desk.conversation import Conversation
from backend.desk.steering import SteeringDesk


class RunCards:
    """What a press on one of these cards does, for one backend."""

    def __init__(self, answers: Answers, steering: SteeringDesk) -> None:
        self._answers = answers
        self._steering = steering

    async def press(self, conversation: Conversation, said: str) -> None:
        """Carry it out. ``said``: the JSON that the cards' script makes. What cannot be done is said at its card."""
        message_id = _withdrawn(said)
        if message_id is None:
            await self._answers.answer(conversation, said)
            return
        turn = conversation.state.turn
        problem = await self._steering.withdraw(conversation, message_id)
        if conversation.state.turn == turn:
            conversation.note_problem(message_id, problem)


def _withdrawn(said: str) -> str | None:
    """The id of the message to take back; None if an answer is given."""
    try:
        return str(json.loads(said)["withdraw"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
