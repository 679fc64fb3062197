"""How many runs a server has had since it was started, for its operator."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from backend.protocol.events import Outcome

RunRefusal = Literal["too-many-runs", "server-stopping"]


@dataclass(slots=True)
class RunCounts:
    """Counts that only grow. They know nothing of any single run."""

    accepted: int = 0
    """Runs that were started."""
    ended: Counter[Outcome] = field(default_factory=Counter)
    """Runs that have ended, by how they did."""
    ended_anywhere: Counter[Outcome] | None = None
    """Runs that have ended at all nodes of the deployment, since it began; None where this server is all of it."""
    removed: int = 0
    """Runs that were removed since they are no longer kept."""
    refused: Counter[RunRefusal] = field(default_factory=Counter)
    """Questions that no run was started for, by why."""
