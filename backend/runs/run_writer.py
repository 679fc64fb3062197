"""The only hand that writes into a run's log: it numbers and times what the agent yields, and ends the run
once."""

from collections.abc import Sequence

from backend.agents.clock import Clock
from backend.protocol.ending import Ending, Tally, end_run
from backend.protocol.events import TokenEvent, stamp, stamp_time
from backend.protocol.run_view import StepView
from backend.protocol.sse import encode_stamped
from backend.runs.records import RunRecord
from backend.runs.screening import ScreenedDraft
from backend.runs.store import RunStore


class RunWriter:
    """Stamps and appends for one run. ``accepted_at`` is in seconds of ``clock``; ``tally`` has counted what is in the
    log before."""

    def __init__(
        self, store: RunStore, record: RunRecord, clock: Clock, accepted_at: float, tally: Tally | None = None
    ) -> None:
        self._store = store
        self._run_id = record.run_id
        self._attempt = record.attempt
        self._clock = clock
        self._accepted_at = accepted_at
        self._tally = tally or Tally()

    @property
    def steps(self) -> Sequence[StepView]:
        """The steps so far."""
        return self._tally.steps

    @property
    def last_seq(self) -> int:
        """The last event's number; 0 before the first."""
        return self._tally.last_seq

    async def write(self, drafts: Sequence[ScreenedDraft], at: float) -> None:
        """Append drafts that were yielded at that moment (seconds of the clock). Raises what ``RunStore.append``
        raises; nothing of this call is counted then. Does not wait where the store does not."""
        tally, attempt = self._tally, self._attempt
        at_ms = stamp_time(max(tally.last_at_ms, (at - self._accepted_at) * 1000))
        first_seq = tally.last_seq + 1
        frames = [
            encode_stamped(draft.type, body, seq, at_ms, attempt)
            for seq, (draft, body) in enumerate(drafts, start=first_seq)
        ]
        await self._store.append(self._run_id, first_seq, frames)
        for seq, (draft, _) in enumerate(drafts, start=first_seq):
            if type(draft) is TokenEvent:
                tally.add_token(draft.text, seq, at_ms)
            else:
                tally.add([stamp(draft, seq, at_ms)])

    async def write_token(self, text: str, body: str, at: float) -> None:
        """As ``write``, for a token with this text and this ``event_body``: nearly all events are one."""
        tally, attempt = self._tally, self._attempt
        at_ms = stamp_time(max(tally.last_at_ms, (at - self._accepted_at) * 1000))
        seq = tally.last_seq + 1
        await self._store.append(self._run_id, seq, (encode_stamped("token", body, seq, at_ms, attempt),))
        tally.add_token(text, seq, at_ms)

    async def end(self, ending: Ending) -> None:
        """Close what is open and write ``done``. Raises what ``RunStore.finish`` raises."""
        at_ms = (self._clock.now() - self._accepted_at) * 1000
        closing, done = end_run(self._tally, ending, at_ms)
        await self._store.finish(self._run_id, closing, done)
