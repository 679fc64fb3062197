"""Frames: what matters at once, tokens together, ticks in silence, nothing left behind."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from backend.client.errors import ProblemError
from backend.client.followed_run import ConnectionChange
from backend.client.frames import ElapsedTime, Frame, FrameBuffer, paced_frames
from backend.client.resumption import Arrival
from backend.protocol.events import (
    ArtifactEvent,
    CitationEvent,
    DoneEvent,
    ErrorEvent,
    StatusEvent,
    TokenEvent,
    UnknownEvent,
    WarningEvent,
)
from backend.protocol.run_view import RunView, SnapshotEvent
from backend.protocol.view import fold
from tests.fakes import turn

NEVER_S = 3600.0
URGENT: list[Any] = [
    StatusEvent(seq=3, step="retrieving", step_id="a"),
    CitationEvent(seq=3, citation_id="c1", number=1, title="10-Q"),
    ArtifactEvent(seq=3, artifact_id="x", kind="value", content={"value": 1}),
    WarningEvent(seq=3, code="dated", message="Old."),
    ErrorEvent(seq=3, code="x", message="Stopped."),
    DoneEvent(seq=3),
    SnapshotEvent(seq=3, view=RunView.start("q")),
    ConnectionChange("reconnecting", "The connection closed."),
]


class Feed:
    """Items that a test hands out by hand, and whether whoever read them has left."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[list[Any] | Exception | None] = asyncio.Queue()
        self.closed = asyncio.Event()

    def give(self, *items: Any) -> None:
        self._queue.put_nowait(list(items))

    def end(self, error: Exception | None = None) -> None:
        self._queue.put_nowait(error)

    async def items(self) -> AsyncGenerator[Any, None]:
        try:
            while (batch := await self._queue.get()) is not None:
                if isinstance(batch, Exception):
                    raise batch
                for item in batch:
                    yield item if isinstance(item, ConnectionChange) else Arrival(item, "")
        finally:
            self.closed.set()


@asynccontextmanager
async def watching(feed: Feed, **pace: float) -> AsyncIterator[AsyncGenerator[Frame, None]]:
    """Frames that never come by the passing of time, unless ``pace`` says so."""
    slow = {"token_interval_s": NEVER_S, "tick_s": NEVER_S} | pace
    async with asyncio.timeout(30), aclosing(paced_frames(feed.items(), RunView.start("q"), **slow)) as frames:
        yield frames


async def test_the_first_frame_comes_before_anything_has() -> None:
    async with watching(Feed()) as frames:
        frame = await anext(frames)
    assert frame.view.stream.phase == "connecting"
    assert frame.view.message.question == "q"


@pytest.mark.parametrize("item", URGENT, ids=lambda item: type(item).__name__)
async def test_what_matters_is_drawn_at_once(item: Any) -> None:
    feed = Feed()
    async with watching(feed) as frames:
        await anext(frames)
        feed.give(TokenEvent(seq=1, text="a"))
        assert (await anext(frames)).view.message.answer == "a"
        feed.give(TokenEvent(seq=2, text="b"), item)
        frame = await anext(frames)
    assert frame.urgent
    if not isinstance(item, SnapshotEvent):
        assert frame.view.message.answer == "ab"


async def test_only_the_first_token_with_text_is_urgent() -> None:
    feed = Feed()
    async with watching(feed, token_interval_s=0.001) as frames:
        await anext(frames)
        urgent = []
        for seq, text in enumerate(["", "a", "b", "c"], 1):
            feed.give(TokenEvent(seq=seq, text=text))
            urgent.append((await anext(frames)).urgent)
    assert urgent == [False, True, False, False]


async def test_tokens_that_come_together_are_one_frame() -> None:
    feed = Feed()
    feed.give(*(TokenEvent(seq=seq, text="word ") for seq in range(1, 2001)))
    feed.give(DoneEvent(seq=2001))
    feed.end()
    async with watching(feed) as frames:
        drawn = [frame async for frame in frames]
    assert len(drawn) <= 3
    assert drawn[-1].view.message.answer == "word " * 2000
    assert drawn[-1].view.ended


async def test_a_slow_reader_gets_fewer_frames_and_none_that_is_old() -> None:
    feed = Feed()
    async with watching(feed, token_interval_s=0.001) as frames:
        await anext(frames)
        feed.give(TokenEvent(seq=1, text="a"))
        await anext(frames)
        for seq in range(2, 100):
            feed.give(TokenEvent(seq=seq, text="b"))
            await turn()
        feed.give(DoneEvent(seq=100))
        feed.end()
        await feed.closed.wait()
        rest = [frame async for frame in frames]
    assert len(rest) == 1
    assert rest[0].view.stream.last_seq == 100


async def test_ticks_carry_the_same_view_and_a_later_time() -> None:
    feed = Feed()
    async with watching(feed, tick_s=0.005) as frames:
        first, second, third = [await anext(frames) for _ in range(3)]
    assert second.view is first.view
    assert third.view is first.view
    assert first.elapsed_ms < second.elapsed_ms < third.elapsed_ms
    assert not second.urgent


async def test_an_unknown_event_waits_for_the_next_frame() -> None:
    feed = Feed()
    async with watching(feed) as frames:
        await anext(frames)
        feed.give(UnknownEvent(seq=1, type="thinking"))
        feed.give(DoneEvent(seq=2))
        frame = await anext(frames)
    assert frame.view.stream.last_seq == 2


async def test_an_error_comes_after_the_frame_of_what_came_before_it() -> None:
    feed = Feed()
    feed.give(TokenEvent(seq=1, text="a"), TokenEvent(seq=2, text="b"))
    feed.end(ProblemError(404, "unknown-run", "It was deleted."))
    async with watching(feed) as frames:
        await anext(frames)
        assert (await anext(frames)).view.message.answer == "ab"
        with pytest.raises(ProblemError):
            await anext(frames)


async def test_closing_the_frames_closes_the_stream() -> None:
    feed = Feed()
    feed.give(ConnectionChange("open"))
    async with watching(feed) as frames:
        await anext(frames)
        await anext(frames)
        assert not feed.closed.is_set()
    assert feed.closed.is_set()


async def test_cancelling_the_reader_closes_the_stream() -> None:
    feed = Feed()
    reached = asyncio.Event()

    async def read() -> None:
        async with watching(feed) as frames:
            async for _ in frames:
                reached.set()

    task = asyncio.create_task(read())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert feed.closed.is_set()


async def test_why_it_reconnects_is_told_until_it_is_open_again() -> None:
    feed = Feed()
    notes, phases = [], []
    async with watching(feed) as frames:
        await anext(frames)
        for item in (
            ConnectionChange("open"),
            ConnectionChange("reconnecting", "The connection closed."),
            ConnectionChange("open"),
        ):
            feed.give(item)
            frame = await anext(frames)
            notes.append(frame.connection_note)
            phases.append(frame.view.stream.phase)
    assert notes == [None, "The connection closed.", None]
    assert phases == ["open", "reconnecting", "open"]


def test_a_snapshot_is_always_drawn_anew_and_keeps_the_question() -> None:
    buffer = FrameBuffer(RunView.start("Is it rising?"), 0)
    for phase in range(5):
        buffer.take(ConnectionChange("reconnecting" if phase % 2 else "open", None), 0)
    before = buffer.frame(0).view
    events = [TokenEvent(seq=1, text="other"), TokenEvent(seq=2, text=" text")]
    buffer.take(Arrival(SnapshotEvent(seq=2, view=fold(RunView(), events)), ""), 0)
    after = buffer.frame(0).view
    assert after.stream.revision > before.stream.revision
    assert after.message.revision > before.message.revision
    assert (after.message.question, after.message.answer) == ("Is it rising?", "other text")


def test_elapsed_time_follows_the_event_that_was_delayed_least() -> None:
    elapsed = ElapsedTime(1000.0)
    assert elapsed.at(1500.0) == 500.0
    elapsed.observe(100.0, 1900.0)
    assert elapsed.at(2000.0) == 1000.0
    elapsed.observe(3000.0, 2100.0)
    assert elapsed.at(2200.0) == 3100.0


def test_elapsed_time_of_a_replay_runs_at_its_speed() -> None:
    fast = ElapsedTime(0.0, rate=4.0)
    fast.observe(400.0, 100.0)
    assert fast.at(200.0) == 800.0
    at_once = ElapsedTime(0.0, rate=0.0)
    at_once.observe(400.0, 100.0)
    assert at_once.at(5000.0) == 400.0


def test_elapsed_time_stands_still_at_the_end() -> None:
    buffer = FrameBuffer(RunView.start("q"), 0)
    buffer.take(Arrival(DoneEvent(seq=1, at_ms=820.0, latency_ms=819.0), ""), 900)
    assert buffer.frame(900).elapsed_ms == 819.0
    assert buffer.frame(99_000).elapsed_ms == 819.0
