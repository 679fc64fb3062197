"""The only hand that writes into a run's log: it numbers and times what the agent yields, and ends the run
once."""

from collections.abc import Sequence

from backend.agents.clock import Clock
from backend.protocol.ending import Ending, Tally, end_run
from backend.protocol.events import Draft, stamp
from backend.runs.store import RunStore


class RunWriter:
    """Stamps and appends for one run. ``accepted_at`` is in seconds of ``clock``."""

    def __init__(self, store: RunStore, run_id: str, clock: Clock, accepted_at: float) -> None:
        self._store = store
        self._run_id = run_id
        self._clock = clock
        self._accepted_at = accepted_at
        self._tally = Tally()

    async def write(self, drafts: Sequence[tuple[Draft, float]]) -> None:
        """Append drafts, each with the moment it was yielded (seconds of the clock). Raises what
        ``RunStore.append`` raises; nothing of this call is counted then."""
        events = []
        at_ms = self._tally.last_at_ms
        for seq, (draft, at) in enumerate(drafts, start=self._tally.last_seq + 1):
            at_ms = max(at_ms, (at - self._accepted_at) * 1000)
            events.append(stamp(draft, seq, at_ms))
        await self._store.append(self._run_id, events)
        self._tally.add(events)

    async def end(self, ending: Ending) -> None:
        """Close what is open and write ``done``. Raises what ``RunStore.finish`` raises."""
        at_ms = (self._clock.now() - self._accepted_at) * 1000
        closing, done = end_run(self._tally, ending, at_ms)
        await self._store.finish(self._run_id, closing, done)
