"""A share on the Ask page: what it allows, the runs of its conversation, and those to come."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Final, Protocol

from backend.client.agent_replies import OfferedAgent
from backend.client.errors import ProblemError
from backend.client.replies import RunState
from backend.client.review_replies import SharedRuns
from backend.desk.abilities import abilities_of
from backend.desk.conversation import Conversation
from backend.desk.conversation_state import AskedQuestion, ConversationState
from backend.present.pages.conversation import EarlierTurn
from backend.protocol.roles import covers

LOOKS_EVERY_S: Final = 3.0
"""How often a page looks whether the conversation has another run, in seconds, once the one on it is over."""


class SharedCalls(Protocol):
    """The calls of the client that a shared conversation needs."""

    async def agents(self) -> tuple[OfferedAgent, ...]: ...  # noqa: D102 - said by the class

    async def run(self, run_id: str) -> RunState: ...  # noqa: D102 - said by the class

    async def shared_runs(self, share_id: str) -> SharedRuns: ...  # noqa: D102 - said by the class


class SharedConversation:
    """Opens what a share shows, and goes along with its conversation, for one backend."""

    def __init__(self, client: SharedCalls, most_turns: int, looks_every_s: float = LOOKS_EVERY_S) -> None:
        """``most_turns``: how many earlier runs are shown above the current one."""
        self._client = client
        self._most_turns = most_turns
        self._looks_every_s = looks_every_s

    async def open(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        """Show the run that the address names, or the latest, with those before it. Raises ``ClientError``."""
        opening = conversation.state.opening
        shared = await self._client.shared_runs(opening)
        run = await self._client.run(opening)
        names = [each.run_id for each in shared.runs]
        place = names.index(run.run_id) if run.run_id in names else 0
        earlier = [await self._client.run(name) for name in names[max(0, place - self._most_turns) : place]]
        abilities = {}
        if covers(shared.role, "steer"):
            try:
                abilities = abilities_of(await self._client.agents())
            except ProblemError:
                # A visitor without a token learns of no agents. What a run's agent can do, its answers say.
                abilities = {}
        if conversation.shows(serial):
            yield conversation.change(
                opening="",
                run_id=run.run_id,
                role=shared.role,
                conversation_shared=shared.conversation,
                asked=AskedQuestion(run.question, run.agent, run.options, run.attachments),
                earlier=_turns(earlier),
                abilities=abilities,
            )

    async def next_run(self, conversation: Conversation, serial: int) -> AsyncGenerator[ConversationState, None]:
        """Wait for the conversation's next run, and show it. Yields at every look, so that a page that has left ends.
        A page whose address names one run of a conversation stays with that."""
        if not (conversation.state.conversation_shared and "." not in conversation.state.named):
            return
        while conversation.shows(serial):
            state = conversation.state
            names = [each.run_id for each in (await self._client.shared_runs(state.named)).runs]
            after = names[names.index(state.run_id) + 1 :] if state.run_id in names else []
            if after and conversation.shows(serial) and state.frame is not None:
                await self._show(conversation, state, after)
                yield conversation.state
                return
            yield state
            await asyncio.sleep(self._looks_every_s)

    async def _show(self, conversation: Conversation, state: ConversationState, names: Sequence[str]) -> None:
        *passed, latest = [await self._client.run(name) for name in names]
        shown = () if state.frame is None else (EarlierTurn(state.run_id, state.frame.view, state.asked.attachments),)
        conversation.turn_over(
            keeps_showing=True,
            asked=AskedQuestion(latest.question, latest.agent, latest.options, latest.attachments),
            run_id=latest.run_id,
            earlier=(*state.earlier, *shown, *_turns(passed)),
        )


def _turns(runs: Sequence[RunState]) -> tuple[EarlierTurn, ...]:
    return tuple(EarlierTurn(each.run_id, each.view, each.attachments) for each in runs)
