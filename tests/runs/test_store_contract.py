"""What every adapter of the store port does."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from backend.protocol.cursor import START, Cursor
from backend.protocol.events import StatusEvent, TokenEvent
from backend.protocol.options import RunOptions
from backend.protocol.sse import encode_event
from backend.protocol.view import RunView, fold
from backend.runs.ids import new_session_id
from backend.runs.log import BATCH_BYTES, BATCH_FRAMES
from backend.runs.records import RunRecord
from backend.runs.store import (
    KeyReusedError,
    RunStore,
    UnknownCursorError,
    UnknownRunError,
    UnknownSessionError,
)
from tests.fakes import settle, turn
from tests.runs.logs import a_record, a_run, an_ended_run, append, frames_of, stamped, the_end, words


def as_submitted(record: RunRecord) -> RunRecord:
    """The record without the worker, which a store of many machines knows once one has the run."""
    return replace(record, worker="")


async def test_a_submitted_run_is_known(store: RunStore) -> None:
    record = a_record(question="Warum? \u2028 שלום", options=RunOptions(speed=4, seed=7))
    assert await store.submit(record) == (record, True)
    assert as_submitted(await store.record(record.run_id)) == record
    assert tuple(map(as_submitted, (await store.session(record.session_id)).runs)) == (record,)
    assert (await store.snapshot(record.run_id)).message.question == record.question
    assert await store.events(record.run_id) == []


async def test_who_looks_for_a_run_while_it_is_submitted_follows_it_to_its_end(store: RunStore) -> None:
    async def follow(run_id: str) -> bool:
        while True:
            try:
                async with aclosing(store.follow(run_id, START)) as batches:
                    return [batch.ended async for batch in batches][-1]
            except UnknownRunError:
                await asyncio.sleep(0)

    for _ in range(40):
        record = a_record()
        following = asyncio.create_task(follow(record.run_id))
        await turn()
        await store.submit(record)
        await append(store, record.run_id, words(3))
        await store.finish(record.run_id, [], the_end(4))
        async with asyncio.timeout(30):
            assert await following


async def test_the_same_key_finds_the_same_run(store: RunStore) -> None:
    first = a_record(idempotency_key="k")
    await store.submit(first)
    again = a_record(idempotency_key="k", session_id=first.session_id)
    kept, new = await store.submit(again)
    assert (as_submitted(kept), new) == (first, False)
    with pytest.raises(UnknownRunError):
        await store.record(again.run_id)


async def test_the_same_key_without_a_session_finds_the_run_that_began_one(store: RunStore) -> None:
    first = a_record(idempotency_key="k")
    await store.submit(first)
    kept, new = await store.submit(a_record(idempotency_key="k"))
    assert (as_submitted(kept), new) == (first, False)
    assert len(await store.sessions()) == 1


async def test_the_same_key_finds_the_run_as_it_is_now(store: RunStore) -> None:
    run_id = await an_ended_run(store, idempotency_key="k")
    kept, new = await store.submit(a_record(idempotency_key="k"))
    assert (kept.run_id, kept.outcome, kept.last_seq, new) == (run_id, "completed", 4, False)


@pytest.mark.parametrize(
    "other",
    [{"question": "What?"}, {"agent": "other"}, {"options": RunOptions(seed=1)}],
    ids=lambda fields: next(iter(fields)),
)
async def test_a_key_is_refused_for_another_request(store: RunStore, other: dict[str, object]) -> None:
    first = a_record(idempotency_key="k")
    await store.submit(first)
    with pytest.raises(KeyReusedError, match="new key"):
        await store.submit(a_record(idempotency_key="k", session_id=first.session_id, **other))


async def test_a_key_is_refused_for_another_session(store: RunStore) -> None:
    elsewhere = a_record()
    await store.submit(elsewhere)
    first = a_record(idempotency_key="k")
    await store.submit(first)
    with pytest.raises(KeyReusedError):
        await store.submit(a_record(idempotency_key="k", session_id=elsewhere.session_id))


async def test_a_key_of_a_later_run_is_refused_without_its_session(store: RunStore) -> None:
    first = a_record()
    await store.submit(first)
    await store.submit(a_record(idempotency_key="k", session_id=first.session_id))
    with pytest.raises(KeyReusedError):
        await store.submit(a_record(idempotency_key="k"))


async def test_many_submit_the_same_key_at_once_and_one_run_comes_of_it(store: RunStore) -> None:
    results = await asyncio.gather(*(store.submit(a_record(idempotency_key="k")) for _ in range(20)))
    assert sum(new for _, new in results) == 1
    assert len({record.run_id for record, _ in results}) == 1


async def test_events_are_visible_as_soon_as_append_returns(store: RunStore) -> None:
    run_id = await a_run(store, words(2))
    assert await store.events(run_id) == words(2)
    assert (await store.record(run_id)).last_seq == 2
    async with aclosing(store.follow(run_id, START)) as batches:
        batch = await anext(batches)
    assert batch.frames == tuple(encode_event(event, 1) for event in words(2))
    assert (batch.cursor, batch.ended) == (Cursor(1, 2), False)


async def test_a_follower_gets_what_is_there_then_what_comes_then_the_end(store: RunStore) -> None:
    run_id = await a_run(store, words(3))
    follower = asyncio.create_task(frames_of(store, run_id))
    late = asyncio.create_task(frames_of(store, run_id, Cursor(1, 2)))
    await settle()
    for event in words(40, first_seq=4):
        await append(store, run_id, [event])
        await turn()
    await store.finish(run_id, [], the_end(44))
    whole = [encode_event(event, 1) for event in [*words(43), the_end(44)]]
    assert await follower == whole
    assert await late == whole[2:]
    assert await frames_of(store, run_id) == whole


async def test_followers_share_one_encoded_frame(store: RunStore) -> None:
    run_id = await an_ended_run(store)
    first, second = await frames_of(store, run_id), await frames_of(store, run_id)
    assert all(one is other for one, other in zip(first, second, strict=True))


async def test_a_follower_that_leaves_disturbs_nobody(store: RunStore) -> None:
    run_id = await a_run(store, words(1))
    leaving = asyncio.create_task(frames_of(store, run_id))
    staying = asyncio.create_task(frames_of(store, run_id))
    await settle()
    leaving.cancel()
    await store.finish(run_id, [], the_end(2))
    assert len(await staying) == 2
    assert leaving.cancelled()


async def test_a_cursor_at_done_has_nothing_to_follow(store: RunStore) -> None:
    run_id = await an_ended_run(store, tokens=3)
    assert await frames_of(store, run_id, Cursor(1, 4)) == []


async def test_which_cursors_are_known(store: RunStore) -> None:
    run_id = await a_run(store, words(2))
    known = [START, Cursor(1, 0), Cursor(7, 0), Cursor(1, 1), Cursor(1, 2)]
    unknown = [Cursor(1, 3), Cursor(2, 1), Cursor(0, 1), Cursor(1, 10**14)]
    assert [await store.knows(run_id, cursor) for cursor in known] == [True] * len(known)
    assert [await store.knows(run_id, cursor) for cursor in unknown] == [False] * len(unknown)
    with pytest.raises(UnknownCursorError, match="1-3"):
        await frames_of(store, run_id, Cursor(1, 3))


async def test_batches_are_bounded_and_the_loop_turns_between_them(store: RunStore) -> None:
    run_id = await a_run(store, words(5000))
    await store.finish(run_id, [], the_end(5001))
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await turn()

    turning = asyncio.create_task(turn())
    batches = [batch async for batch in store.follow(run_id, START)]
    turning.cancel()
    assert all(len(batch.frames) <= BATCH_FRAMES for batch in batches)
    assert all(sum(map(len, batch.frames)) <= BATCH_BYTES for batch in batches)
    assert [batch.ended for batch in batches] == [False] * (len(batches) - 1) + [True]
    assert [batch.cursor.seq for batch in batches][-1] == 5001
    assert turns >= len(batches) - 1


async def test_a_huge_frame_makes_a_batch_of_its_own(store: RunStore) -> None:
    huge = TokenEvent(text="x" * 2 * BATCH_BYTES)
    run_id = await a_run(store, stamped(TokenEvent(text="a"), huge, huge, TokenEvent(text="b")))
    await store.finish(run_id, [], the_end(5))
    sizes = [len(batch.frames) async for batch in store.follow(run_id, START)]
    assert sizes == [1, 1, 1, 2]


@pytest.mark.parametrize("first_seq", [1, 2, 4, 0])
async def test_events_that_do_not_continue_the_log_are_refused(store: RunStore, first_seq: int) -> None:
    run_id = await a_run(store, words(2))
    with pytest.raises(ValueError, match="seq"):
        await append(store, run_id, words(2, first_seq))
    assert await store.events(run_id) == words(2)


async def test_finish_adds_the_closing_events_and_done(store: RunStore) -> None:
    run_id = await a_run(store, stamped(StatusEvent(step_id="a", step="retrieving")))
    closing = stamped(StatusEvent(step_id="a", step="retrieving", state="failed"), first_seq=2)
    await store.finish(run_id, closing, the_end(3, outcome="timed_out"))
    record = await store.record(run_id)
    assert (record.ended, record.outcome, record.last_seq) == (True, "timed_out", 3)
    assert [event.type for event in await store.events(run_id)] == ["status", "status", "done"]
    assert (await store.session(record.session_id)).runs == (record,)


async def test_the_first_done_is_final(store: RunStore) -> None:
    run_id = await an_ended_run(store, tokens=1)
    before = await frames_of(store, run_id)
    await store.finish(run_id, words(1, 3), the_end(4, outcome="failed"))
    assert await frames_of(store, run_id) == before
    assert (await store.record(run_id)).outcome == "completed"
    with pytest.raises(ValueError, match=r"ended|follow done"):
        await append(store, run_id, words(1, 3))


async def test_the_snapshot_is_the_fold_of_the_events(store: RunStore) -> None:
    run_id = await a_run(store, words(700), question="Why?")
    assert await store.snapshot(run_id) == fold(RunView.start("Why?"), words(700))
    await append(store, run_id, words(10, 701))
    await store.finish(run_id, [], the_end(711))
    assert await store.snapshot(run_id) == fold(RunView.start("Why?"), [*words(710), the_end(711)])


async def test_a_cancel_is_noted_until_the_run_ends(store: RunStore) -> None:
    run_id = await a_run(store)
    assert await store.request_cancel(run_id)
    assert await store.request_cancel(run_id)
    assert (await store.record(run_id)).cancel_requested
    await store.finish(run_id, [], the_end(1, outcome="cancelled"))
    assert not await store.request_cancel(run_id)
    assert (await store.record(run_id)).outcome == "cancelled"


async def test_what_is_not_there_is_said_to_be_unknown(store: RunStore) -> None:
    for call in (
        store.record("run_x"),
        store.events("run_x"),
        store.snapshot("run_x"),
        store.knows("run_x", START),
        store.append("run_x", 1, [b""]),
        store.finish("run_x", [], the_end(1)),
        store.request_cancel("run_x"),
        frames_of(store, "run_x"),
    ):
        with pytest.raises(UnknownRunError, match="run_x"):
            await call
    with pytest.raises(UnknownSessionError, match="ses_x"):
        await store.session("ses_x")
    with pytest.raises(UnknownSessionError, match="ses_x"):
        await store.purge("ses_x")


async def test_sessions_come_latest_first_and_runs_in_order(store: RunStore) -> None:
    assert await store.sessions() == []
    one, two, three = (new_session_id() for _ in range(3))
    first = await an_ended_run(store, session_id=one, question="First?")
    await an_ended_run(store, session_id=two)
    await an_ended_run(store, session_id=three)
    second = await an_ended_run(store, session_id=one, question="Second?")
    assert [session.session_id for session in await store.sessions()] == [one, three, two]
    assert [session.session_id for session in await store.sessions(limit=2)] == [one, three]
    assert all(session.runs == () for session in await store.sessions())
    session = await store.session(one)
    assert [run.run_id for run in session.runs] == [first, second]
    assert session.title == "First?"
    assert session.created_at == session.runs[0].created_at


async def test_a_purged_session_is_gone(store: RunStore) -> None:
    run_id = await an_ended_run(store, idempotency_key="k")
    session_id = (await store.record(run_id)).session_id
    other = await an_ended_run(store)
    await store.purge(session_id)
    with pytest.raises(UnknownRunError):
        await store.record(run_id)
    with pytest.raises(UnknownSessionError):
        await store.session(session_id)
    assert (await store.record(other)).ended
    assert (await store.submit(a_record(idempotency_key="k")))[1]


async def test_a_purge_lets_followers_of_a_running_run_go(store: RunStore) -> None:
    run_id = await a_run(store, words(2))
    follower = asyncio.create_task(frames_of(store, run_id))
    await settle()
    await store.purge((await store.record(run_id)).session_id)
    assert len(await follower) == 2
    with pytest.raises(UnknownRunError):
        await append(store, run_id, words(1, 3))
    with pytest.raises(UnknownRunError):
        await store.finish(run_id, [], the_end(3))
