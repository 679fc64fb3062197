"""Answers to what a run asks, as a page's cards give them."""

import json
from typing import Protocol

from pydantic import ValidationError

from backend.client.errors import ClientError
from backend.client.replies import AnsweredInput
from backend.desk.conversation import Conversation
from backend.present.pages.input_cards import AnswerProblem
from backend.present.words import steering as words
from backend.protocol.inputs import GivenAnswer


class AnswerCalls(Protocol):
    """The call of the client that answering needs. See ``RunClient``."""

    async def answer(self, run_id: str, input_id: str | None, answer: GivenAnswer) -> AnsweredInput: ...  # noqa: D102


class Answers:
    """Passes answers on, and notes on the conversation why one was not taken."""

    def __init__(self, client: AnswerCalls) -> None:
        self._client = client

    async def answer(self, conversation: Conversation, said: str) -> None:
        """Answer a request of the conversation's run. ``said``: the JSON that the cards' script makes.

        That it was taken is shown by the run's own events; otherwise by ``ConversationState.answer_problems``."""
        turn, run_id = conversation.state.turn, conversation.state.run_id
        if not run_id or conversation.state.shared:
            return
        input_id = ""
        try:
            fields = json.loads(said)
            input_id = str(fields.pop("input_id"))
            await self._client.answer(run_id, input_id, GivenAnswer.model_validate(fields))
        except (ValueError, ValidationError, AttributeError, KeyError, TypeError, RecursionError):
            problem = words.NOT_TAKEN
        except ClientError as error:
            problem = error.sentence
        else:
            problem = ""
        if conversation.state.turn == turn:
            known = dict(conversation.state.answer_problems)
            before = known.pop(input_id, None)
            if problem:
                known[input_id] = AnswerProblem(problem, before.times + 1 if before else 1)
            conversation.change(answer_problems=known)
