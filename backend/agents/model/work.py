"""The state of one run with a model: the receiver of its drafts, and the data for its tools."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from backend.agents.agent import RunContext
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
    context: RunContext
    send: Callable[[Draft], Awaitable[None]]
    """Passes a draft on; waits if its reader is slow."""
    sources: Sources
    narration: Narration
    flush: Callable[[], Awaitable[None]]
    """Returns once everything sent before has reached the log."""
    attached: Library | None = None
    """The files of the conversation that are documents; None without any."""
    artifacts: dict[str, int] = field(default_factory=dict)
    """The number of artifacts of each kind of tool, for unique ids."""

    async def send_all(self, drafts: Iterable[Draft]) -> None:
        """Pass these on in order."""
        for draft in drafts:
            await self.send(draft)

    def artifact_id(self, kind: str) -> str:
        """The next id of that kind, such as ``chart-2``."""
        self.artifacts[kind] = self.artifacts.get(kind, 0) + 1
        return f"{kind}-{self.artifacts[kind]}"
