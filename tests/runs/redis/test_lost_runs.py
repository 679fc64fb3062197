"""A worker is lost: every watcher learns of it, no text that was shown is lost, and there is exactly one done."""

import asyncio
from collections.abc import Sequence

import pytest

from backend.protocol.attempts import resumed_after
from backend.protocol.checks import check
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import (
    CitationEvent,
    DoneEvent,
    Draft,
    ErrorEvent,
    StatusEvent,
    TokenEvent,
    WarningEvent,
)
from backend.protocol.inputs import InputRequest
from backend.protocol.run_view import RunView
from backend.protocol.sse import Decoder
from backend.protocol.view import fold
from backend.runs.frames import encode_frames
from backend.runs.redis import store
from backend.runs.redis.connection import ScriptCall
from backend.runs.redis.mirror import CutLogError
from backend.runs.redis.owned_run import LostLeaseError
from backend.runs.store import StoreError
from tests.runs.logs import a_run, append, frames_of, stamped, the_end, words
from tests.runs.redis.conftest import MakeNode
from tests.runs.redis.nodes import LEASE_S, Node

STEP = StatusEvent(step_id="a", step="retrieving")
ASKING = StatusEvent(
    step_id="q", step="asking", state="waiting", request=InputRequest(input_id="inp_1", kind="text", prompt="Which?")
)


def ids(frames: list[bytes]) -> list[str]:
    return [message.id for message in Decoder().feed(b"".join(frames))]


async def lost(make_node: MakeNode, *drafts: Draft) -> tuple[Node, str]:
    """A run of a worker that is gone, and the node that notices."""
    worker, other = await make_node(takes_runs=True), await make_node()
    run_id = await a_run(worker.store, stamped(*drafts), question="Why?")
    await worker.store.record(run_id)
    worker.die()
    return other, run_id


@pytest.mark.parametrize(
    ("drafts", "outcome"),
    [
        ((STEP, TokenEvent(text="Up ")), "interrupted"),
        ((STEP, CitationEvent(citation_id="c", number=1)), "interrupted"),
        ((STEP, ASKING), "interrupted"),
    ],
    ids=["text was shown", "a source was shown", "a person was asked"],
)
async def test_what_was_shown_is_kept_and_the_run_ends(
    make_node: MakeNode, drafts: tuple[Draft, ...], outcome: str
) -> None:
    node, run_id = await lost(make_node, *drafts)
    before = await node.events(run_id)
    await node.look_after(LEASE_S)
    events = await node.events(run_id)
    assert events[: len(before)] == before
    assert [each.code for each in events if isinstance(each, WarningEvent)] == ["worker_lost"]
    assert resumed_after(events[len(before)]) == Cursor(1, len(before))
    assert check(events) == []
    assert (await node.store.record(run_id)).outcome == outcome
    assert isinstance(events[-1], DoneEvent)
    assert events[-1].partial == isinstance(drafts[1], TokenEvent)


async def test_a_run_that_had_shown_nothing_begins_again_and_fails_after_two_workers(make_node: MakeNode) -> None:
    node, run_id = await lost(make_node, STEP)
    await node.look_after(LEASE_S)
    assert (await node.store.stored(run_id)).state == "queued"
    second = await make_node()
    run = await second.claim()
    assert run is not None
    assert (run.record.run_id, run.attempt) == (run_id, 2)
    second.die()
    await node.look_after(LEASE_S)
    events = await node.events(run_id)
    assert [each.code for each in events if isinstance(each, ErrorEvent)] == ["worker_lost"]
    assert check(events) == []
    assert (await node.store.record(run_id)).outcome == "failed"
    assert await node.claim() is None


async def test_a_cancelled_run_ends_cancelled(make_node: MakeNode) -> None:
    node, run_id = await lost(make_node, STEP)
    assert await node.web.cancel(run_id)
    await node.look_after(LEASE_S)
    assert (await node.store.record(run_id)).outcome == "cancelled"


async def test_a_worker_that_shows_a_sign_of_life_keeps_its_run(make_node: MakeNode) -> None:
    worker, other = await make_node(takes_runs=True), await make_node()
    run_id = await a_run(worker.store, words(1))
    for _ in range(5):
        await other.look_after(LEASE_S * 0.7)
        await worker.node.beat()
    assert (await other.store.stored(run_id)).owner == worker.store.node


async def test_one_look_never_takes_a_run_however_long_the_node_was_away(make_node: MakeNode) -> None:
    node, run_id = await lost(make_node, TokenEvent(text="a"))
    node.time.at += 100 * LEASE_S
    await node.lost_runs.look()
    assert (await node.store.stored(run_id)).state == "running"


async def test_many_nodes_notice_and_one_ends_the_run(make_node: MakeNode) -> None:
    node, run_id = await lost(make_node, TokenEvent(text="a"))
    others = [await make_node() for _ in range(4)]
    await asyncio.gather(*(each.look_after(LEASE_S) for each in [node, *others]))
    events = await node.events(run_id)
    assert sum(isinstance(event, DoneEvent) for event in events) == 1
    assert check(events) == []


async def test_a_zombie_is_refused_everything(make_node: MakeNode) -> None:
    zombie, other = await make_node(takes_runs=True), await make_node()
    run_id = await a_run(zombie.store, words(2))
    await zombie.store.record(run_id)
    abandoned: list[str] = []
    zombie.store.when_lost = abandoned.append
    await other.look_after(LEASE_S)
    ended = await frames_of(other.store, run_id)
    run = zombie.store.owned[run_id]
    await append(zombie.store, run_id, words(1, 3))
    with pytest.raises(LostLeaseError):
        await zombie.store.writer.flush(run)
    assert abandoned == [run_id]
    zombie.store.owned[run_id] = run
    run.failure, run.pending = None, []
    await zombie.node.beat()
    assert run_id not in zombie.store.owned
    zombie.store.owned[run_id] = run
    run.failure = None
    with pytest.raises(StoreError):
        await zombie.store.finish(run_id, [], the_end(3))
    assert await frames_of(other.store, run_id) == ended
    assert ids(ended)[:2] == ["1-1", "1-2"]
    assert ids(ended)[2:] == [f"2-{seq}" for seq in range(3, len(ended) + 1)]


async def test_a_reader_elsewhere_sees_the_run_to_its_end(make_node: MakeNode) -> None:
    node, run_id = await lost(make_node, STEP, TokenEvent(text="Up "))
    reader = await make_node()
    following = asyncio.create_task(frames_of(reader.store, run_id))
    late = asyncio.create_task(frames_of(reader.store, run_id, Cursor(1, 2)))
    await node.look_after(LEASE_S)
    await reader.store.mirrors.refresh()
    whole = await following
    assert ids(whole) == [str(Cursor(1, 1)), str(Cursor(1, 2)), *[f"2-{seq}" for seq in range(3, len(whole) + 1)]]
    assert await late == whole[2:]
    assert fold(RunView.start("Why?"), await reader.events(run_id)).message.answer == "Up "


async def test_a_lost_end_of_the_log_lets_readers_go_to_begin_anew(make_node: MakeNode) -> None:
    node, run_id = await lost(make_node, *(TokenEvent(text=f"{at} ") for at in range(6)))
    reader = await make_node()
    following = asyncio.create_task(frames_of(reader.store, run_id))
    assert await reader.store.knows(run_id, Cursor(1, 6))
    log = node.keys.run(run_id, "ev")
    await node.redis.commands([("XDEL", log, "1-5", "1-6"), ("HSET", node.keys.run(run_id, "h"), "last_seq", 4)])
    await node.look_after(LEASE_S)
    await reader.store.mirrors.refresh()
    assert len(await following) == 6
    assert not await reader.store.knows(run_id, Cursor(1, 6))
    events = await reader.events(run_id)
    assert (await reader.store.record(run_id)).attempt == 2
    assert resumed_after(events[4]) == Cursor(1, 4)
    assert check(events) == []


async def test_a_worker_brings_back_what_redis_lost(make_node: MakeNode) -> None:
    worker, reader = await make_node(takes_runs=True), await make_node()
    run_id = await a_run(worker.store, words(3), question="Why?")
    assert len(await worker.events(run_id)) == 3
    names = [worker.keys.run(run_id, part) for part in ("h", "ev", "nodes")]
    await worker.redis.command("DEL", *names, worker.keys.name("running"))
    await append(worker.store, run_id, words(2, 4))
    await worker.store.finish(run_id, [], the_end(6))
    assert (await reader.store.snapshot(run_id)).message.answer == "word1 word2 word3 word4 word5 "
    assert ids(await frames_of(reader.store, run_id, START)) == [f"1-{seq}" for seq in range(1, 7)]
    assert (await reader.store.record(run_id)).outcome == "completed"


async def test_an_append_whose_answer_was_lost_is_carried_out_once(make_node: MakeNode) -> None:
    worker = await make_node(takes_runs=True)
    run_id = await a_run(worker.store, words(1))
    await worker.events(run_id)
    (frame,) = encode_frames(words(1, 2), 1)
    await worker.redis.command("XADD", worker.keys.run(run_id, "ev"), "1-2", "f", frame)
    await append(worker.store, run_id, words(2, 2))
    assert await worker.events(run_id) == words(3)
    await worker.store.finish(run_id, [], the_end(4))
    assert ids(await frames_of((await make_node()).store, run_id)) == ["1-1", "1-2", "1-3", "1-4"]


async def test_deleted_is_not_lost(make_node: MakeNode) -> None:
    worker, other = await make_node(takes_runs=True), await make_node()
    run_id = await a_run(worker.store, words(1))
    record = await worker.store.record(run_id)
    await other.store.delete(run_id)
    await append(worker.store, run_id, words(1, 2))
    with pytest.raises(StoreError):
        await worker.store.writer.flush(worker.store.owned[run_id])
    assert not await other.is_known(record)


@pytest.mark.parametrize("jump_ms", [60_000, -3_600_000], ids=["a minute on", "an hour back"])
async def test_the_clock_of_redis_may_jump(make_node: MakeNode, jump_ms: int) -> None:
    node, run_id = await lost(make_node, STEP, TokenEvent(text="Up "))
    submitted = (await node.store.stored(run_id)).at_ms
    await node.redis.command("HSET", node.keys.run(run_id, "h"), "at", submitted - jump_ms)
    await node.look_after(LEASE_S)
    events = await node.events(run_id)
    assert check(events) == []
    assert events[-1].at_ms >= max(20.0, jump_ms)
    assert (await node.store.record(run_id)).outcome == "interrupted"


async def test_a_node_that_stops_does_not_wait_for_ever_for_redis(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "CLOSED_WITHIN_S", 0.01)
    worker = await make_node(takes_runs=True)
    run_id = await a_run(worker.store)
    await worker.store.writer.stop()
    await append(worker.store, run_id, words(1))
    with pytest.raises(StoreError, match="other nodes"):
        await worker.store.close()


@pytest.mark.parametrize("lost_end", [False, True], ids=["the log is whole", "its end is lost"])
async def test_the_node_that_ends_a_lost_run_lets_its_own_readers_know(make_node: MakeNode, lost_end: bool) -> None:
    node, run_id = await lost(make_node, *(TokenEvent(text=f"{at} ") for at in range(4)))
    following = asyncio.create_task(frames_of(node.store, run_id))
    assert await node.store.knows(run_id, Cursor(1, 4))
    await asyncio.sleep(0)
    if lost_end:
        await node.redis.command("XDEL", node.keys.run(run_id, "ev"), "1-4")
    await node.look_after(LEASE_S)
    seen = ids(await asyncio.wait_for(following, 5.0))
    assert seen[:4] == ["1-1", "1-2", "1-3", "1-4"]
    assert (len(seen) > 4) == (not lost_end)


async def test_a_log_that_somebody_cut_is_said_to_be_and_keeps_no_other_run_from_being_found(
    make_node: MakeNode,
) -> None:
    node, cut = await lost(make_node, *(TokenEvent(text=f"{at} ") for at in range(4)))
    await node.redis.command("XTRIM", node.keys.run(cut, "ev"), "MAXLEN", 2)
    worker = await make_node(takes_runs=True)
    whole = await a_run(worker.store, words(2))
    await worker.events(whole)
    worker.die()
    for _ in range(2):
        await node.look_after(LEASE_S)
    assert (await node.store.record(whole)).outcome == "interrupted"
    with pytest.raises(CutLogError):
        await (await make_node()).store.events(cut)


async def test_what_could_not_be_written_for_a_defect_is_written_later(make_node: MakeNode) -> None:
    worker = await make_node(takes_runs=True)
    run_id = await a_run(worker.store, words(1))
    await worker.events(run_id)
    scripts = worker.redis.scripts
    failures = iter([RuntimeError("a defect of the client")])

    async def failing_once(calls: Sequence[ScriptCall]) -> list[object]:
        for failure in failures:
            raise failure
        return await scripts(calls)

    worker.redis.scripts = failing_once  # type: ignore[method-assign]
    await append(worker.store, run_id, words(1, 2))
    await worker.store.finish(run_id, [], the_end(3))
    assert ids(await frames_of((await make_node()).store, run_id)) == ["1-1", "1-2", "1-3"]


async def test_a_worker_that_cannot_say_what_it_has_keeps_its_runs(make_node: MakeNode) -> None:
    worker, finder = await make_node(takes_runs=True), await make_node()
    run_id = await a_run(worker.store, words(1))

    async def fail() -> bytes:
        raise ValueError("an agent's provider failed")

    worker.node.describe = fail
    await finder.lost_runs.look()
    for _ in range(2):
        with pytest.raises(ValueError, match="provider failed"):
            await worker.node.beat()
        finder.time.at += LEASE_S
        await finder.lost_runs.look()
    assert run_id in worker.store.owned
    assert (await worker.store.record(run_id)).outcome is None
