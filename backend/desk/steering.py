"""Steering the run on the page: paused and resumed as far as its agent can, and sent messages while it works."""

from typing import NamedTuple

from backend.client.errors import ClientError, ProblemError
from backend.desk.abilities import Abilities
from backend.desk.control_channels import Channels, MessageMode
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import ConversationState
from backend.present.pages.question_checks import question_problem
from backend.present.words import messages as words_messages, steering as words


class Controls(NamedTuple):
    """What a page offers while its run works, beside Stop.

    ``pause`` is the button's text, which says what a pause of this agent does; empty where there is nothing to pause.
    ``resumes``: the run is paused, and Resume takes the place of Pause. ``queues``: what is written can be asked after
    this run; ``steers``: the agent can read it now.
    """

    pause: str = ""
    hint: str = ""
    resumes: bool = False
    queues: bool = False
    steers: bool = False


NO_CONTROLS = Controls()


def controls_of(state: ConversationState) -> Controls:
    """What this state of the page offers."""
    if not state.run_id or not state.running or not state.rights.steers or state.stopping or state.frame is None:
        return NO_CONTROLS
    able = state.abilities.get(state.agent, Abilities())
    paused = state.frame.view.stream.activity == "paused"
    pause, hint = words.PAUSE.get(able.pause, ""), words.PAUSE_HINTS.get(able.pause, "")
    return Controls(pause, hint, paused, queues=True, steers=able.messages)


class SteeringDesk:
    """What a press of these buttons does, for one backend. That it was done is shown by the run's own events."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    async def pause(self, conversation: Conversation) -> str:
        """Pause the run on the page. Returns a sentence to show in passing if it could not be paused."""
        return await self._change(conversation, pauses=True)

    async def resume(self, conversation: Conversation) -> str:
        """Continue the run on the page. Returns a sentence to show in passing if it could not be continued."""
        return await self._change(conversation, pauses=False)

    async def send(self, conversation: Conversation, text: str, mode: MessageMode) -> str:
        """Send what was written to the run on the page, which then empties its field. Returns a sentence to show in
        passing if it was not accepted: then the text belongs in that field still."""
        state = conversation.state
        if not text.strip():
            return words_messages.EMPTY
        problem = question_problem(text)
        if problem:
            return problem
        if not (state.rights.steers and state.run_id and state.running):
            return words_messages.TOO_LATE
        try:
            sent = await self._channels.calls(state.session_id).send_message(state.run_id, text, mode)
        except ClientError as error:
            ended = isinstance(error, ProblemError) and error.slug == "run-ended"
            return words_messages.TOO_LATE if ended else error.sentence
        conversation.change(sent=conversation.state.sent | {sent.message_id})
        return ""

    async def withdraw(self, conversation: Conversation, message_id: str) -> str:
        """Take a message back that the agent has not read. Returns why that cannot be done; empty once it is done."""
        state = conversation.state
        if not (state.rights.steers and state.run_id):
            return ""
        try:
            await self._channels.calls(state.session_id).withdraw_message(state.run_id, message_id)
        except ClientError as error:
            return error.sentence
        return ""

    async def _change(self, conversation: Conversation, *, pauses: bool) -> str:
        state = conversation.state
        if not (state.rights.steers and state.run_id and state.running):
            return ""
        try:
            calls = self._channels.calls(state.session_id)
            await (calls.pause if pauses else calls.resume)(state.run_id)
        except ClientError as error:
            return error.sentence
        return ""
