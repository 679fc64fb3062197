"""A run that this node has: what was written and what of it Redis has."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.protocol.events import DoneEvent
from backend.runs.log import RunLog
from backend.runs.records import RunRecord
from backend.runs.store import StoreError

MOST_PENDING_BYTES = 16 * 1024 * 1024
"""The most bytes of one run that wait for Redis; beyond that the run cannot continue."""


class LostLeaseError(StoreError):
    """The run is another node's now."""

    def __init__(self) -> None:
        super().__init__("Another worker continues this run, since this one did not answer for too long.")


@dataclass(slots=True, weakref_slot=True, eq=False)
class OwnedRun:
    """A run of this node. ``log`` has what Redis has, ``pending`` what follows."""

    record: RunRecord
    log: RunLog
    attempt: int
    renewed: float
    """When it was last certain that the run is this node's, on the node's monotonic clock."""
    pending: list[bytes] = field(default_factory=list)
    pending_bytes: int = 0
    failure: StoreError | None = None
    """Why nothing more can be kept."""
    finishing: bool = False
    done: DoneEvent | None = None
    """The end, once it is among what is pending."""
    followers: int = 0
    """How many nodes have readers of the run."""
    last_command: str = "0-0"
    """The last command that was carried out."""

    @property
    def next_seq(self) -> int:
        """The number of the next event."""
        return len(self.log.frames) + len(self.pending) + 1

    def add(self, frames: Sequence[bytes]) -> None:
        """More frames, to be sent to Redis."""
        self.pending.extend(frames)
        self.pending_bytes += sum(map(len, frames))
        if self.pending_bytes > MOST_PENDING_BYTES and self.done is None:
            self.failure = StoreError("Redis takes nothing for too long: the run cannot continue.")

    def kept(self, count: int) -> None:
        """Redis has so many of the pending frames now."""
        frames, self.pending = self.pending[:count], self.pending[count:]
        self.pending_bytes -= sum(map(len, frames))
        ended = self.done is not None and not self.pending
        self.log.append(len(self.log.frames) + 1, frames, self.attempt, ended=ended)
