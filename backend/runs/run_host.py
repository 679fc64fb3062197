"""The port by which the API starts and ends runs: on this server (``RunSupervisor``), or on workers elsewhere."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from backend.agents.agent import Turn
from backend.runs.records import RunRecord
from backend.runs.run_counts import RunCounts
from backend.runs.state import RunState
from backend.runs.steering.messages import SentMessage
from backend.runs.steering.run_steering import RunSteering


class RunHost(Protocol):
    """See ``RunSupervisor`` for what each method does and raises."""

    @property
    def stopping(self) -> bool:
        """Whether no run can be started any more."""
        ...

    @property
    def running(self) -> int:
        """How many runs are running here."""
        ...

    @property
    def counts(self) -> RunCounts:
        """What was accepted, refused and ended here."""
        ...

    def active(self) -> Iterator[RunState]:
        """The state of every run that is running here."""
        ...

    @property
    def watching_now(self) -> int:
        """How many watch runs that are under way, over connections to this server."""
        ...

    async def accept(self, record: RunRecord, history: Sequence[Turn] | None = None) -> tuple[RunRecord, bool]:
        """Keep a run and have it started."""
        ...

    async def cancel(self, run_id: str) -> bool:
        """Cancel a run, durably."""
        ...

    def steering(self, run_id: str) -> RunSteering | None:
        """What people do to the run, or None for one that is not running here."""
        ...

    async def inherit(self, run_id: str, messages: Sequence[SentMessage]) -> None:
        """Queue messages that were queued behind the run before this one."""
        ...

    async def active_in(self, session_id: str) -> RunRecord | None:
        """The conversation's latest run that is not over, or None."""
        ...

    def watching(self, run_id: str) -> AbstractContextManager[None]:
        """Count a watcher of the run for as long as the context lasts."""
        ...

    def watchers(self, run_id: str) -> int:
        """How many watch the run here."""
        ...

    async def ended(self, run_id: str) -> None:
        """Return once the run is no longer active here."""
        ...

    def elapsed_ms(self, run_id: str) -> float | None:
        """Milliseconds since the run was accepted, or None for one that is not running here."""
        ...

    async def interrupt(self, run_id: str, next_run_id: str) -> list[SentMessage]:
        """Cancel a run for the next one of its conversation, and return when it has ended."""
        ...

    async def delete(self, run_id: str) -> None:
        """Cancel the run if it is running, then delete it."""
        ...

    async def purge(self, session_id: str) -> None:
        """Cancel the session's running runs, then delete it."""
        ...

    async def drain(self, seconds: float) -> None:
        """Start nothing any more, and return when all runs of this server have ended, or after so many seconds."""
        ...

    async def shutdown(self) -> None:
        """Start nothing any more and end every run of this server as interrupted."""
        ...
