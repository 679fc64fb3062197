"""What a store has to do, for its operator."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.runs.event_lag import EventLag


@dataclass(frozen=True, slots=True)
class StoreLoad:
    """A store at one moment."""

    unsaved_runs: int = 0
    """Runs with events that are kept in the journal and not in the tables yet."""
    waiting_writes: int = 0
    """Writes that somebody waits for."""
    errors: Mapping[str, int] = field(default_factory=dict)
    """Reads and writes that failed since the store was opened, by ``read``, ``write`` and ``journal``."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """The bytes of each of its files, by ``database``, ``log`` and ``journal``."""
    lag: EventLag = field(default_factory=EventLag)
