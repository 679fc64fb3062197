"""Whatever a connection does, every event is handed out once and the last picture is the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from backend.client.errors import BackendGone, ProblemError, StreamLost
from backend.client.followed_run import ConnectionChange, Patience, follow_source
from backend.client.frames import paced_frames
from backend.client.resumption import Arrival, Backoff, Resumption, StreamItem
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import DoneEvent, KnownEvent, StatusEvent, TokenEvent, stamp
from backend.protocol.run_view import RunView, SnapshotEvent
from backend.protocol.view import fold, reduce
from tests.client.sources import BadSource, Connection, Fault
from tests.fakes import turn
from tests.strategies import runs

QUESTION = "Is it rising?"
DRAFTS: list[KnownEvent] = [
    StatusEvent(step_id="a", step="retrieving"),
    *(TokenEvent(text=f"word{index} ") for index in range(10)),
    StatusEvent(step_id="a", step="retrieving", state="finished"),
    DoneEvent(),
]
RUN: list[KnownEvent] = [stamp(event, seq, seq * 10.0) for seq, event in enumerate(DRAFTS, 1)]

faults: st.SearchStrategy[Fault] = st.sampled_from(["none", "none", "none", "skip", "garble", "beat"])


def connections(lossless: bool) -> st.SearchStrategy[Connection]:
    return st.builds(
        Connection,
        length=st.integers(0, 8),
        rewind=st.integers(0, 4),
        faults=st.just(()) if lossless else st.lists(faults, max_size=8).map(tuple),
        repeats=st.lists(st.integers(0, 2), max_size=8).map(tuple),
        chunk=st.sampled_from([1, 7, 64, 1_000_000]),
        refused=st.booleans(),
    )


async def no_wait(seconds: float) -> None:
    await turn()


async def followed(source: Any, after: Cursor = START, patience: Patience | None = None) -> list[Any]:
    items = follow_source(source, Resumption(after), patience or Patience(sleep=no_wait))
    return [got.item if isinstance(got, Arrival) else got async for got in items]


def seen(view: RunView) -> dict[str, Any]:
    return view.model_dump(
        exclude={part: {"duplicates", "gaps", "revision"} for part in ("stream", "message", "artifacts")}
    )


def view_of(items: list[StreamItem | ConnectionChange]) -> RunView:
    view = RunView.start(QUESTION)
    for item in items:
        view = view.with_phase(item.phase) if isinstance(item, ConnectionChange) else reduce(view, item)
    return view


def events_of(items: list[Any]) -> list[Any]:
    return [item for item in items if not isinstance(item, ConnectionChange)]


@settings(deadline=None)
@given(runs(), st.lists(connections(lossless=True), max_size=12))
def test_cuts_and_repeats_lose_and_double_nothing(log: list[KnownEvent], script: list[Connection]) -> None:
    source = BadSource(log, list(script))
    items = events_of(asyncio.run(followed(source)))
    assert items == log
    assert source.snapshots == 0


@settings(deadline=None)
@given(runs(), st.lists(connections(lossless=False), max_size=12), st.integers(0, 3))
def test_skips_and_garbage_end_in_the_same_view(log: list[KnownEvent], script: list[Connection], lead: int) -> None:
    source = BadSource(log, list(script), snapshot_lead=lead)
    items = asyncio.run(followed(source))
    stamps = [item.seq for item in events_of(items)]
    assert stamps == sorted(set(stamps))
    view = view_of(items)
    assert seen(view) == seen(fold(RunView.start(QUESTION), log))
    assert view.stream.gaps == ()


@given(runs(), st.lists(connections(lossless=False), max_size=8))
@settings(max_examples=40, deadline=None)
def test_the_last_frame_is_the_same_whatever_the_connection_did(
    log: list[KnownEvent], script: list[Connection]
) -> None:
    async def last_view() -> RunView:
        items = follow_source(BadSource(log, list(script)), Resumption(), Patience(sleep=no_wait))
        revisions = (-1, -1, -1)
        async with aclosing(paced_frames(items, RunView.start(QUESTION), token_interval_s=0)) as frames:
            async for frame in frames:
                view = frame.view
                now = (view.stream.revision, view.message.revision, view.artifacts.revision)
                assert all(later >= earlier for earlier, later in zip(revisions, now, strict=True))
                revisions = now
        return view

    assert seen(asyncio.run(last_view())) == seen(fold(RunView.start(QUESTION), log))


@pytest.mark.parametrize("length", range(1, len(RUN)))
async def test_a_connection_cut_after_every_so_many_events(length: int) -> None:
    source = BadSource(RUN, [Connection(length=length)] * (2 * len(RUN)))
    assert events_of(await followed(source)) == RUN
    assert source.cursors[1:] == [Cursor(1, n) for n in range(length, len(RUN), length)]


async def test_a_lost_stream_is_told_and_opened_again_behind_the_last_event() -> None:
    items = await followed(BadSource(RUN, [Connection(length=5)]))
    changes = [item for item in items if isinstance(item, ConnectionChange)]
    assert [change.phase for change in changes] == ["open", "reconnecting", "open"]
    assert changes[1].note == "The connection closed before the run ended."


async def test_a_skipped_event_is_made_good_by_a_snapshot() -> None:
    source = BadSource(RUN, [Connection(faults=("none", "none", "skip"))])
    items = events_of(await followed(source))
    snapshot = items[2]
    assert isinstance(snapshot, SnapshotEvent)
    assert snapshot.view.message.answer == fold(RunView(), RUN[: snapshot.seq]).message.answer
    assert [item.seq for item in items[3:]] == list(range(snapshot.seq + 1, len(RUN) + 1))
    assert source.snapshots == 1


async def test_nothing_follows_the_last_cursor() -> None:
    items = await followed(BadSource(RUN), Cursor(1, len(RUN)))
    assert events_of(items) == []


async def test_no_content_before_done_is_not_believed() -> None:
    class Emptied(BadSource):
        @asynccontextmanager
        async def connect(self, cursor: Cursor) -> AsyncIterator[AsyncIterator[bytes] | None]:
            async with super().connect(cursor) as chunks:
                yield None if cursor != START else chunks

    source = Emptied(RUN, [Connection(length=4)], snapshot_lead=len(RUN))
    items = events_of(await followed(source))
    assert items[:4] == RUN[:4]
    assert isinstance(items[-1], SnapshotEvent)
    assert items[-1].view.ended


async def test_a_snapshot_that_is_not_further_is_waited_for() -> None:
    waits: list[float] = []

    async def counted(seconds: float) -> None:
        waits.append(seconds)
        source.snapshot_lead = len(waits) // 3

    class Behind(BadSource):
        async def snapshot(self) -> tuple[RunView, Cursor]:
            self.sent = 2
            return await super().snapshot()

    script = [
        Connection(faults=("none", "none", "skip"), length=5),
        *[Connection(faults=("skip",), length=3)] * 40,
    ]
    source = Behind(RUN, script)
    items = await followed(source, patience=Patience(sleep=counted))
    assert seen(view_of(items)) == seen(fold(RunView.start(QUESTION), RUN))
    assert len(waits) >= 3


async def test_a_backend_that_stays_away_is_given_up_at_last() -> None:
    now = 0.0

    async def pass_time(seconds: float) -> None:
        nonlocal now
        now += seconds

    class Gone(BadSource):
        @asynccontextmanager
        async def connect(self, cursor: Cursor) -> AsyncIterator[AsyncIterator[bytes] | None]:
            raise StreamLost("Nobody answers.")
            yield None

    patience = Patience(give_up_after_s=60.0, now=lambda: now, sleep=pass_time)
    with pytest.raises(BackendGone, match=r"^Nobody answers\. Gave up after \d+ s\.$"):
        await followed(Gone(RUN), patience=patience)
    assert 40 <= now <= 60


async def test_patience_begins_anew_after_every_recovery() -> None:
    now = 0.0

    async def pass_time(seconds: float) -> None:
        nonlocal now
        now += seconds + 3.0

    script = [part for _ in RUN for part in (Connection(length=1), Connection(refused=True))]
    patience = Patience(give_up_after_s=10.0, now=lambda: now, sleep=pass_time)
    assert events_of(await followed(BadSource(RUN, script), patience=patience)) == RUN
    assert now > 10


async def test_a_refusal_ends_the_stream() -> None:
    class Refusing(BadSource):
        @asynccontextmanager
        async def connect(self, cursor: Cursor) -> AsyncIterator[AsyncIterator[bytes] | None]:
            raise ProblemError(404, "unknown-run", "There is no such run.")
            yield None

    with pytest.raises(ProblemError, match="There is no such run"):
        await followed(Refusing(RUN))


async def test_closing_closes_the_connection() -> None:
    source = BadSource(RUN)
    async with aclosing(follow_source(source, Resumption(), Patience(sleep=no_wait))) as items:
        async for item in items:
            if isinstance(item, Arrival) and isinstance(item.item, TokenEvent):
                break
    assert source.closed == 1


def test_back_off_grows_with_jitter_to_its_cap_and_starts_anew() -> None:
    ceilings: list[float] = []

    def highest(low: float, high: float) -> float:
        assert low == 0
        ceilings.append(high)
        return high

    backoff = Backoff(base_s=0.1, cap_s=2.0, uniform=highest)
    assert [round(backoff.next_s(), 3) for _ in range(7)] == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    backoff.reset()
    assert backoff.next_s() == pytest.approx(0.1)


def test_back_off_waits_as_long_as_the_server_asks_but_not_for_ever() -> None:
    backoff = Backoff(base_s=0.1, cap_s=5.0)
    assert backoff.next_s(3.0) == 3.0
    assert backoff.next_s(10.0**9) == 5.0


def test_the_servers_retry_is_the_least_wait() -> None:
    state = Resumption(backoff=Backoff(uniform=lambda low, high: low))
    state.feed(b'retry: 1500\nid: 1-1\ndata: {"type":"token","seq":1,"text":"a"}\n\n')
    assert state.wait_s() == 1.5
    assert state.wait_s(asked_s=0.0) == 0.0


async def test_every_event_comes_with_its_json_as_it_was_sent() -> None:
    sent = '{"text": "a",  "at_ms":1, "seq":1, "type":"token", "note":null}'
    state = Resumption()
    [arrival] = state.feed(f"id: 1-1\nevent: token\ndata: {sent}\n\n".encode())
    assert arrival.data == sent
