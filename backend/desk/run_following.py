"""A run followed to its end on the Ask page, and after it the run of what was queued behind it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from backend.client.errors import ProblemError
from backend.desk.control_channels import Channels
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import AskedQuestion, ConversationState
from backend.desk.followed_strip import FollowedStrip
from backend.desk.next_question import BETWEEN_LOOKS_S, begun, next_question
from backend.desk.question_calls import QuestionCalls
from backend.desk.written_question import put_back
from backend.present.pages.conversation import EarlierTurn
from backend.present.pages.problem import problem_of


class RunFollowing:
    """Follows the runs of conversations, for one backend."""

    def __init__(self, client: QuestionCalls, channels: Channels, between_looks_s: float = BETWEEN_LOOKS_S) -> None:
        """``between_looks_s``: see ``begun``."""
        self._client = client
        self._channels = channels
        self._between_looks_s = between_looks_s

    async def follow(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        """Follow the run to its end, and the runs of what was queued behind it."""
        while True:
            if conversation.state.running:
                async with aclosing(self._follow_run(conversation, serial)) as states:
                    async for state in states:
                        yield state
            # A run that was over when the page was opened is the past that was asked for: the page stays with it.
            if not (conversation.live and conversation.shows(serial)):
                return
            ended = conversation.state
            if not await self._move_on(conversation, serial):
                if conversation.shows(serial) and conversation.state is not ended:
                    yield conversation.state
                return

    async def _move_on(self, conversation: Conversation, serial: int) -> bool:
        """Show the run of the question that was queued behind this one; False if there is none."""
        state = conversation.state
        following = next_question(state.frame.view) if state.frame is not None else None
        if state.frame is None or not state.ended or following is None:
            return False
        try:
            run = await begun(self._client, following.run_id, self._between_looks_s)
        except ProblemError as error:
            if conversation.shows(serial):
                # It could not begin: the question is for its sender to ask again.
                conversation.live = False
                conversation.change(problem=problem_of(error), written=put_back(following.question))
            return False
        if not conversation.shows(serial):
            return False
        conversation.turn_over(
            keeps_showing=True,
            asked=AskedQuestion(run.question, run.agent, run.options),
            run_id=run.run_id,
            named=run.run_id,
            earlier=(*state.earlier, EarlierTurn(state.run_id, state.frame.view, state.asked.attachments)),
        )
        conversation.fresh = True
        return True

    async def _follow_run(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        state = conversation.state
        # A run that was just started is followed from its first event; all events of another one come in one frame.
        question, conversation.fresh = state.asked.text if conversation.fresh else None, False
        # A page that may steer the run keeps the channel for it open.
        async with (
            self._channels.kept_open("" if state.shared else state.session_id),
            aclosing(self._client.frames(state.run_id, question=question)) as frames,
        ):
            strip = FollowedStrip(self._client, state.run_id)
            async for frame in frames:
                if not conversation.shows(serial):
                    return
                conversation.live = conversation.live or not frame.view.ended
                strip.take(frame)
                # Whoever stops at the last frame of a run does not follow it again: the strip is whole with it.
                if strip.behind and frame.view.ended:
                    await strip.catch_up()
                    if not conversation.shows(serial):
                        return
                yield conversation.change(frame=frame, strip=strip.model or conversation.state.strip)
                if strip.behind and await strip.catch_up() and conversation.shows(serial):
                    yield conversation.change(strip=strip.model)
