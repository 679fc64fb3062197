"""The port by which the API knows agents: those of this process (``AgentCatalogue``), or those of workers elsewhere."""

from collections.abc import Callable, Sequence
from typing import Protocol

from backend.agents.agent import AgentOffer, RunRequest
from backend.agents.catalogue import ProviderProgress
from backend.agents.worker_load import WorkerLoad
from backend.protocol.events import KnownEvent


class OfferedAgents(Protocol):
    """See ``AgentCatalogue`` for what each method does and raises."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for the operator."""
        ...

    @property
    def preparations(self) -> tuple[ProviderProgress, ...]:
        """The progress of each provider."""
        ...

    @property
    def ready(self) -> bool:
        """Whether every provider is prepared, or left out."""
        ...

    @property
    def workers(self) -> tuple[WorkerLoad, ...]:
        """The workers elsewhere; none where the agents are those of this process."""
        ...

    async def prepare(self, report: Callable[[ProviderProgress], None] = lambda _: None) -> None:
        """Prepare every provider."""
        ...

    async def offers(self) -> list[AgentOffer]:
        """Every agent that can be run now."""
        ...

    async def find(self, agent: str) -> object:
        """Return if there is an agent of that name."""
        ...

    async def plan(self, agent: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """The events that a run would send on a perfect machine, or None if they cannot be known."""
        ...

    async def nearest(self, agent: str, limit: int = 5) -> list[str]:
        """The names on offer that look most like this one."""
        ...
