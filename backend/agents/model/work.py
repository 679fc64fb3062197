"""What one run with a model carries with it: where its drafts go, and what its tools work on."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from backend.agents.clock import Clock
from backend.agents.documents.library import Library
from backend.agents.model.naming import ModelName
from backend.agents.model.narration import Narration
from backend.agents.model.sources import Sources
from backend.protocol.events import Draft


@dataclass(slots=True)
class Work:
    """The work of one run."""

    model: ModelName
    library: Library
    clock: Clock
    tell: Callable[[Draft], Awaitable[None]]
    """Passes a draft on; waits while its reader is behind."""
    sources: Sources
    narration: Narration
    artifacts: dict[str, int] = field(default_factory=dict)
    """How many artifacts of each kind of tool were made, to give each an id of its own."""

    async def tell_all(self, drafts: Iterable[Draft]) -> None:
        """Pass these on in their order."""
        for draft in drafts:
            await self.tell(draft)

    def artifact_id(self, kind: str) -> str:
        """The next id of that kind, such as ``chart-2``."""
        self.artifacts[kind] = self.artifacts.get(kind, 0) + 1
        return f"{kind}-{self.artifacts[kind]}"
