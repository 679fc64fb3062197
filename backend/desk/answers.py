"""Answers to what a run asks, as a page's cards give them."""

import json

from pydantic import ValidationError

from backend.client.errors import ClientError, ProblemError
from backend.desk.control_channels import Channels
from backend.desk.conversation import Conversation
from backend.present.words import steering as words
from backend.protocol.inputs import GivenAnswer


class Answers:
    """Passes answers on, and notes on the conversation why one was not taken."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    async def answer(self, conversation: Conversation, said: str) -> None:
        """Answer a request of the conversation's run. ``said``: the JSON that the cards' script makes.

        That it was taken is shown by the run's own events; otherwise by ``ConversationState.answer_problems``."""
        turn, run_id = conversation.state.turn, conversation.state.run_id
        if not run_id or not conversation.state.rights.steers:
            return
        input_id = ""
        try:
            fields = json.loads(said)
            input_id = str(fields.pop("input_id"))
            await self._give(conversation.state.session_id, run_id, input_id, GivenAnswer.model_validate(fields))
        except (ValueError, ValidationError, AttributeError, KeyError, TypeError, RecursionError):
            problem = words.NOT_TAKEN
        except ClientError as error:
            problem = error.sentence
        else:
            problem = ""
        if conversation.state.turn == turn:
            conversation.note_problem(input_id, problem)

    async def _give(self, session_id: str, run_id: str, input_id: str, answer: GivenAnswer) -> None:
        calls = self._channels.calls(session_id)
        try:
            await calls.answer(run_id, input_id, answer)
        except ProblemError as error:
            if error.slug != "forged-participant" or answer.by is None:
                raise
            # The browser's ticket is of another server, or of an earlier key: the name alone is good.
            by = answer.by.model_copy(update={"id": None})
            await calls.answer(run_id, input_id, answer.model_copy(update={"by": by}))
