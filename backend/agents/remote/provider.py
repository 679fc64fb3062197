"""Offers the agent ``remote``, if the settings name one."""

import asyncio
import os
from collections.abc import Sequence

from backend.agents.agent import AgentEnvironment, AgentOffer, Progress, RunRequest, UnknownAgentError, refuse_variant
from backend.agents.person import HELD
from backend.agents.remote.agent import Habits, RemoteAgent
from backend.dialects.addresses import KEY_VARIABLE, MODEL_VARIABLE, RemoteAddress, remote_address, remote_key
from backend.dialects.registry import DIALECTS
from backend.network.http_client import tls
from backend.protocol.events import KnownEvent
from backend.protocol.thinking_models import thinks_by_name


class RemoteProvider:
    """The one agent of this family; none if no address is set. No request can choose another address."""

    def __init__(self, address: RemoteAddress | None, key: str | None = None, *, show_reasoning: bool = False) -> None:
        """``show_reasoning``: readers may see what its model thinks."""
        self._address = address
        self._key = key
        self._habits = Habits(begins_in_thought=address is not None and thinks_by_name(address.model))
        self._show_reasoning = show_reasoning

    @property
    def name(self) -> str:
        """``remote``."""
        return "remote"

    async def prepare(self, progress: Progress) -> Sequence[str]:
        """Make the TLS context for every connection to the agent, so that no run waits for it."""
        if self._address is not None:
            await asyncio.to_thread(tls)
        return ()

    async def offers(self) -> Sequence[AgentOffer]:
        """The agent, if there is one."""
        if self._address is None:
            return ()
        return [
            AgentOffer(
                agent="remote",
                title="Remote agent",
                description=f"Plays the agent at {self._address.host}, which speaks {self._address.dialect}. "
                "Questions are sent there.",
                steerable=HELD,
            )
        ]

    async def open(self, variant: str) -> RemoteAgent:
        """The agent. Raises ``UnknownAgentError`` for any variant, or if no address is set."""
        refuse_variant(self.name, variant)
        if self._address is None:
            raise UnknownAgentError("No remote agent is named: start the server with --remote DIALECT:URL.")
        return RemoteAgent(self._address, self._key, self._habits, show_reasoning=self._show_reasoning)

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """None: nobody knows the answer in advance."""
        return None


def provide(environment: AgentEnvironment) -> RemoteProvider:
    """Entry point of ``playhead.agents``. Raises ``AddressError``."""
    setting = environment.settings.remote
    if setting is None:
        return RemoteProvider(None)
    address = remote_address(setting, DIALECTS, os.environ.get(MODEL_VARIABLE))
    return RemoteProvider(
        address, remote_key(os.environ.get(KEY_VARIABLE)), show_reasoning=environment.settings.show_reasoning
    )
