"""Ending a run that has no agent any more, or never had one."""

from collections.abc import Sequence

from backend.protocol.attempts import beginning
from backend.protocol.cursor import Cursor
from backend.protocol.ending import Ending, Tally, closing_statuses, end_run
from backend.protocol.events import ErrorEvent, KnownEvent, WarningEvent, stamp
from backend.protocol.steps import waits_for_person
from backend.runs.frames import encode_frames
from backend.runs.redis.owned_run import OwnedRun
from backend.runs.redis.store import RedisStore

WORKER_LOST = "worker-lost"
"""Why what was open was closed when a worker was lost."""

MOST_LOST = 2
"""A run that has lost so many workers has failed: perhaps it is the run that ends them."""

_WARNING = "The worker of this run was lost"


def warning_of(sentence: str) -> WarningEvent:
    """The warning that every watcher gets when a worker is lost."""
    return WarningEvent(code="worker_lost", message=f"{_WARNING}: {sentence}")


def lost_ending(tally: Tally, lost: int, *, cancelled: bool) -> Ending | None:
    """How a run ends whose worker was lost; None where it can begin again, since nothing was shown or asked yet."""
    if cancelled:
        return Ending("cancelled", last_words=(warning_of("it was being cancelled."),), reason=WORKER_LOST)
    if tally.tokens or tally.citations or tally.artifacts:
        words = (warning_of("its answer so far is kept. Ask again for a whole one."),)
        return Ending("interrupted", last_words=words, reason=WORKER_LOST)
    if any(map(waits_for_person, tally.steps)) or tally.person.inputs:
        words = (warning_of("it had asked something of a person. Ask again."),)
        return Ending("interrupted", last_words=words, reason=WORKER_LOST)
    if lost >= MOST_LOST:
        message = f"{lost} workers were lost while they worked on this run, so it was not tried again."
        error = ErrorEvent(code="worker_lost", message=message, retryable=True)
        return Ending("failed", error, (warning_of("it is not tried again."),), reason=WORKER_LOST)
    return None


async def tally_of(run: OwnedRun) -> Tally:
    """What the run has sent so far."""
    tally = Tally()
    tally.add(await run.log.events())
    return tally


async def end_owned(
    store: RedisStore, run: OwnedRun, ending: Ending, at_ms: float, after: Cursor | None = None
) -> None:
    """End a run of this node. ``after``: the attempt begins with this end, after that event. Raises ``StoreError``."""
    tally = await tally_of(run)
    events, done = end_run(tally, ending, at_ms)
    if after is not None and events:
        events[0] = beginning(events[0], run.attempt, after)
    elif after is not None:
        done = beginning(done, run.attempt, after)
    await store.finish(run.record.run_id, events, done)


async def begin_again(
    store: RedisStore, run: OwnedRun, at_ms: float, after: Cursor, warning: WarningEvent, reason: str
) -> None:
    """Warn of a new attempt and close what the one before left open, for that reason. Raises ``StoreError``."""
    tally = await tally_of(run)
    at_ms = max(at_ms, tally.last_at_ms)
    first = stamp(warning, tally.last_seq + 1, at_ms)
    events: list[KnownEvent] = [beginning(first, run.attempt, after)]
    for status in closing_statuses(tally.steps, Ending("cancelled", reason=reason)):
        events.append(stamp(status, tally.last_seq + 1 + len(events), at_ms))
    await add_events(store, run, events)


async def add_events(store: RedisStore, run: OwnedRun, events: Sequence[KnownEvent]) -> None:
    """Add stamped events and return when Redis has them. Raises ``StoreError``."""
    await store.append(run.record.run_id, events[0].seq, encode_frames(events, run.attempt))
    await store.writer.flush(run)
