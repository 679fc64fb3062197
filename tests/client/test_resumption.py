"""A log whose end was lost, and that a later attempt continues: its readers see what stands, once, to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from hypothesis import given, settings, strategies as st

from backend.client.followed_run import Patience, follow_source
from backend.client.resumption import Arrival, Backoff, Resumption
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import DoneEvent, KnownEvent, TokenEvent, stamp
from backend.protocol.run_view import RunView, SnapshotEvent
from backend.protocol.sse import encode_event
from backend.protocol.view import fold, reduce
from tests.fakes import turn
from tests.protocol.test_attempts import later_attempt
from tests.strategies import runs

QUESTION = "Is it rising?"
WORDS: list[KnownEvent] = [stamp(TokenEvent(text=f"{place} "), place, float(place)) for place in range(1, 9)]


@dataclass
class Failover:
    """An event source whose log loses its end after some connections, and is continued by a later attempt."""

    first: list[KnownEvent]
    kept: int
    later: list[KnownEvent]
    lengths: list[int]
    """How many events each connection carries; the first so many are before the failover."""
    before: int
    snapshots: int = 0
    cursors: list[Cursor] = field(default_factory=list)

    @property
    def _failed_over(self) -> bool:
        return len(self.cursors) > self.before

    def _log(self) -> list[tuple[Cursor, KnownEvent]]:
        first = self.first[: self.kept] if self._failed_over else self.first[:-1]
        later = self.later if self._failed_over else []
        return [(Cursor(1, event.seq), event) for event in first] + [(Cursor(2, event.seq), event) for event in later]

    @asynccontextmanager
    async def connect(self, cursor: Cursor) -> AsyncIterator[AsyncIterator[bytes] | None]:
        self.cursors.append(cursor)
        yield self._chunks(cursor, self.lengths.pop(0) if self.lengths else 1_000_000)

    async def _chunks(self, cursor: Cursor, length: int) -> AsyncIterator[bytes]:
        log = self._log()
        known = [each for each, _ in log]
        if cursor.seq and cursor not in known:
            view, at = await self.snapshot()
            yield encode_event(SnapshotEvent(seq=at.seq, at_ms=view.stream.last_at_ms, view=view), at.attempt)
            return
        for at, event in [each for each in log if each[0].seq > cursor.seq][:length]:
            yield encode_event(event, at.attempt)

    async def snapshot(self) -> tuple[RunView, Cursor]:
        self.snapshots += 1
        log = self._log()
        return fold(RunView.start(QUESTION), [event for _, event in log]), log[-1][0] if log else START


async def no_wait(_: float) -> None:
    await turn()


@settings(deadline=None)
@given(runs(), runs(), st.lists(st.integers(0, 8), max_size=6), st.integers(0, 4), st.data())
def test_a_reader_beyond_the_lost_end_sees_what_stands(
    first: list[KnownEvent], second: list[KnownEvent], lengths: list[int], before: int, data: st.DataObject
) -> None:
    kept = data.draw(st.integers(0, len(first) - 1))
    later = later_attempt(first, kept, second)
    source = Failover(first, kept, later, lengths, min(before, len(lengths)))

    async def read() -> list[Arrival]:
        items = follow_source(source, Resumption(), Patience(sleep=no_wait))
        return [item async for item in items if isinstance(item, Arrival)]

    view = RunView.start(QUESTION)
    arrivals = asyncio.run(read())
    for arrival in arrivals:
        view = reduce(view, arrival.item)
    whole = fold(RunView.start(QUESTION), [*first[:kept], *later])
    assert (view.message, view.artifacts) == (whole.message, whole.artifacts)
    assert (view.stream.outcome, view.stream.last_seq) == (whole.stream.outcome, whole.stream.last_seq)
    assert (view.stream.duplicates, view.stream.gaps) == (0, ())
    assert sum(isinstance(arrival.item, DoneEvent) for arrival in arrivals) <= 1


def fed(state: Resumption, *frames: bytes) -> list[int]:
    return [arrival.item.seq for frame in frames for arrival in state.feed(frame)]


def test_a_lower_number_of_a_later_attempt_asks_for_a_snapshot_and_is_not_a_duplicate() -> None:
    state = Resumption(backoff=Backoff())
    later = later_attempt(WORDS, 5, [stamp(TokenEvent(text="x"), 1, 0.0), stamp(DoneEvent(), 2, 0.0)])
    assert fed(state, *(encode_event(event, 1) for event in WORDS)) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert fed(state, encode_event(later[0], 2)) == []
    assert (state.needs_snapshot, state.duplicates, state.cursor) == (True, 0, Cursor(1, 8))
    view = fold(RunView.start(QUESTION), [*WORDS[:5], *later[:1]])
    assert state.repair(view, Cursor(2, 6)) is not None
    state.connected()
    assert fed(state, *(encode_event(event, 2) for event in later)) == [7, 8]
    assert (state.finished, state.duplicates) == (True, 1)


def test_an_attempt_that_continues_where_the_reader_is_needs_no_snapshot() -> None:
    state = Resumption(Cursor(1, 8))
    assert fed(state, *(encode_event(event, 2) for event in later_attempt(WORDS, 8, [stamp(DoneEvent(), 1, 0.0)]))) == [
        9,
        10,
    ]


def test_what_an_earlier_attempt_still_sends_is_dropped() -> None:
    state = Resumption(Cursor(2, 5))
    assert fed(state, encode_event(WORDS[6], 1)) == []
    assert (state.duplicates, state.needs_snapshot) == (1, False)


def test_a_snapshot_of_an_earlier_attempt_brings_nothing_new() -> None:
    state = Resumption(Cursor(2, 5))
    assert state.repair(fold(RunView.start(QUESTION), WORDS), Cursor(1, 8)) is None
