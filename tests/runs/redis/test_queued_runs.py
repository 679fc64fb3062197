"""The queue: fair, people before suites, its places shown, and never lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from backend.protocol.checks import check
from backend.protocol.events import StatusEvent
from backend.protocol.options import RunOptions
from backend.runs.ids import new_session_id
from backend.runs.redis.queued_runs import QUEUE_STEP, QueuedRuns
from backend.runs.redis.run_end import tally_of
from backend.runs.redis.worker import leaving_queue
from backend.runs.start_refusals import ServerStoppingError, TooManyRunsError
from tests.runs.logs import a_record, an_ended_run, the_end
from tests.runs.redis.conftest import MakeNode
from tests.runs.redis.nodes import LEASE_S, Node, cursors

SUITE = RunOptions(background=True)


async def asked(node: Node, session: str, **fields: object) -> str:
    record, _ = await node.web.accept(a_record(session_id=session, **fields))
    return record.run_id


async def claimed(node: Node) -> list[str]:
    found = []
    while (run := await node.claim()) is not None:
        found.append(run.record.run_id)
    return found


def places(events: Sequence[object]) -> list[str | None]:
    return [each.detail for each in events if isinstance(each, StatusEvent) and each.step_id == QUEUE_STEP]


async def test_nobody_waits_for_all_of_anothers_runs_and_people_come_before_suites(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    ana, bo, suite = (new_session_id() for _ in range(3))
    s1 = await asked(web, suite, options=SUITE)
    a1, a2 = await asked(web, ana), await asked(web, ana)
    b1, b2 = await asked(web, bo), await asked(web, bo)
    assert await claimed(worker) == [a1, b1, a2, b2, s1]


async def test_a_person_with_many_conversations_does_not_keep_others_waiting(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    ana = [await asked(web, new_session_id(), owner="ana") for _ in range(3)]
    bo = [await asked(web, new_session_id(), owner="bo") for _ in range(2)]
    assert await claimed(worker) == [ana[0], bo[0], ana[1], bo[1], ana[2]]
    for run_id in (*ana, *bo[:1]):
        await worker.store.finish(run_id, [], the_end(1))
    await web.store.delete(bo[1])
    assert await web.redis.command("EXISTS", web.keys.name("busy")) == 0


async def test_a_conversation_whose_runs_are_over_is_first_again(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    ana, bo = new_session_id(), new_session_id()
    first = await asked(web, ana)
    assert await worker.claim() is not None
    b1 = await asked(web, bo)
    a2 = await asked(web, ana)
    await worker.store.finish(first, [], the_end(1))
    a3 = await asked(web, ana)
    assert await claimed(worker) == [b1, a2, a3]
    assert await web.redis.command("HGETALL", web.keys.name("busy")) == {ana.encode(): b"2", bo.encode(): b"1"}


async def test_the_place_is_said_whenever_it_changes_and_the_step_ends_with_the_queue(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    runs = [await asked(web, new_session_id()) for _ in range(3)]
    await web.web.queued.look()
    await web.web.queued.look()
    await worker.claim()
    await web.web.queued.look()
    await worker.claim()
    run = await worker.claim()
    assert run is not None
    assert places(await web.events(runs[2])) == ["2 runs are ahead of it.", "1 run is ahead of it."]
    leaving = leaving_queue(await tally_of(run), 60_000.0)
    assert [event.seq for event in leaving] == [3]
    await worker.store.finish(run.record.run_id, leaving, the_end(4).model_copy(update={"at_ms": 70_000.0}))
    assert check(await web.events(runs[2])) == []
    assert places(await web.events(runs[1])) == ["1 run is ahead of it.", "It is next."]


async def test_a_queued_run_that_is_cancelled_ends_at_once(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    run_id = await asked(web, new_session_id())
    await web.web.queued.look()
    assert await web.web.cancel(run_id)
    assert not await web.web.cancel(run_id)
    assert (await web.store.record(run_id)).outcome == "cancelled"
    assert check(await web.events(run_id)) == []
    assert await worker.claim() is None


async def test_a_queue_that_is_deleted_is_made_again(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    run_ids = [await asked(web, new_session_id()) for _ in range(2)]
    await web.redis.command("DEL", web.keys.name("{q}", "people"), web.keys.name("running"))
    await web.web.queued.look()
    assert await claimed(worker) == run_ids


LISTS = (("{q}", "people"), ("{q}", "suites"), ("queued",), ("running",), ("busy",), ("looked",))


async def lose(node: Node, *lists: tuple[str, ...]) -> None:
    """Delete lists that all nodes share."""
    await node.redis.command("DEL", *(node.keys.name(*each) for each in lists))


async def test_runs_that_no_list_has_any_more_are_searched_for_in_the_history(make_node: MakeNode) -> None:
    web, worker, other = await make_node(), await make_node(), await make_node(takes_runs=True)
    for _ in range(3):
        await an_ended_run(other.store)
    suite, session = await asked(web, new_session_id(), options=SUITE), new_session_id()
    people = [await asked(web, session) for _ in range(3)]
    for _ in range(3):
        await an_ended_run(other.store)
    await lose(web, *LISTS)
    queued = QueuedRuns(web.redis, web.keys, 0.0, searched_per_look=2)
    for _ in range(7):
        await queued.look()
    assert places(await web.events(suite)) == ["3 runs are ahead of it."]
    assert not await web.redis.command("EXISTS", web.keys.name("searched"))
    assert await claimed(worker) == [*people, suite]


async def test_a_run_whose_lost_worker_no_list_names_is_found(make_node: MakeNode) -> None:
    web, worker, finder = await make_node(), await make_node(), await make_node()
    run_id = await asked(web, new_session_id())
    assert await worker.claim() is not None
    worker.die()
    await lose(web, ("running",))
    await web.web.queued.look()
    await finder.look_after(LEASE_S)
    assert await claimed(finder) == [run_id]


async def test_counts_of_runs_that_nobody_has_are_forgotten_and_others_stay(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    run_id = await asked(web, session := new_session_id())
    await web.redis.command("HSET", web.keys.name("busy"), "somebody", 7)
    assert await worker.claim() is not None
    for _ in range(3):
        await web.web.queued.look()
    assert await web.redis.command("HGET", web.keys.name("busy"), session) == b"1"
    await worker.store.finish(run_id, [], the_end(1))
    for _ in range(3):
        await web.web.queued.look()
    assert not await web.redis.command("EXISTS", web.keys.name("busy"))


async def test_a_list_that_is_whole_makes_nobody_search(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    for _ in range(2):
        await web.web.queued.look()
    assert not await web.redis.command("EXISTS", web.keys.name("searched"))
    await asked(web, new_session_id())
    await web.web.queued.look()
    assert await worker.claim() is not None
    await web.web.queued.look()
    assert not await web.redis.command("EXISTS", web.keys.name("searched"))


async def test_another_node_looks_after_what_a_lost_one_had_accepted(make_node: MakeNode) -> None:
    gone, other, worker = await make_node(), await make_node(), await make_node()
    run_ids = [await asked(gone, new_session_id(), options=SUITE) for _ in range(2)]
    run_ids.insert(0, await asked(gone, new_session_id()))
    await gone.web.queued.look()
    await other.redis.command("DEL", *(other.keys.name("{q}", each) for each in ("people", "suites")))
    await other.web.queued.look()
    assert await worker.claim() is not None
    await other.web.queued.look()
    assert await claimed(worker) == run_ids[1:]
    assert places(await other.events(run_ids[2])) == ["2 runs are ahead of it.", "1 run is ahead of it."]
    assert await other.redis.command("ZRANGE", other.keys.name("queued"), 0, -1) == [b""]


async def test_a_run_that_a_lost_worker_gave_back_shows_its_place_in_its_new_attempt(make_node: MakeNode) -> None:
    web, worker, finder = await make_node(), await make_node(), await make_node()
    first, second = [await asked(web, new_session_id()) for _ in range(2)]
    await web.web.queued.look()
    assert await worker.claim() is not None
    worker.die()
    await finder.look_after(LEASE_S)
    await web.web.queued.look()
    events = await web.events(first)
    assert places(events) == ["It is next.", None, "It is next."]
    assert [each.state for each in events if isinstance(each, StatusEvent)] == ["started", "cancelled", "started"]
    assert places(await web.events(second))[-1] == "1 run is ahead of it."
    run = await worker.claim()
    assert run is not None
    assert cursors(run.log) == [(1, 1), (2, 2), (2, 3), (2, 4)]
    leaving = leaving_queue(await tally_of(run), 60_000.0)
    await worker.store.finish(first, leaving, the_end(6).model_copy(update={"at_ms": 70_000.0}))
    assert check(await web.events(first)) == []


async def test_nodes_that_look_at_once_say_a_place_once(make_node: MakeNode) -> None:
    nodes = [await make_node() for _ in range(4)]
    run_ids = [await asked(nodes[0], new_session_id()) for _ in range(3)]
    await asyncio.gather(*(node.web.queued.look() for node in nodes))
    for run_id in run_ids:
        assert len(places(await nodes[0].events(run_id))) == 1


async def test_nodes_take_turns_to_look_and_a_clock_that_went_back_keeps_nobody_from_it(make_node: MakeNode) -> None:
    web = await make_node()
    patient = [QueuedRuns(web.redis, web.keys, every_s=3600.0) for _ in range(2)]
    run_ids = [await asked(web, new_session_id())]
    await patient[0].look()
    run_ids.append(await asked(web, new_session_id()))
    await patient[1].look()
    assert [len(await web.events(run_id)) for run_id in run_ids] == [1, 0]
    seconds, _ = await web.redis.command("TIME")
    await web.redis.command("SET", web.keys.name("looked"), (int(seconds) + 3600) * 1000)
    await patient[1].look()
    assert [len(await web.events(run_id)) for run_id in run_ids] == [1, 1]


async def test_two_workers_claim_at_once_and_each_run_has_one(make_node: MakeNode) -> None:
    web = await make_node()
    run_ids = [await asked(web, new_session_id()) for _ in range(5)]
    workers = [await make_node() for _ in range(4)]
    taken = [each for found in await asyncio.gather(*map(claimed, workers)) for each in found]
    assert sorted(taken) == sorted(run_ids)


async def test_a_submit_that_is_sent_again_is_one_run(make_node: MakeNode) -> None:
    web, other, worker = await make_node(), await make_node(), await make_node()
    record = a_record(idempotency_key="k")
    assert await web.web.accept(record) == (record, True)
    assert await web.store.submit_run(record, None) == (record, True), "a try whose answer was lost"
    again, new = await other.web.accept(replace(a_record(), idempotency_key="k", session_id=record.session_id))
    assert (again.run_id, new) == (record.run_id, False)
    assert await claimed(worker) == [record.run_id]


async def test_a_full_queue_says_when_to_come_back(make_node: MakeNode) -> None:
    web = await make_node()
    for _ in range(5):
        await asked(web, new_session_id())
    with pytest.raises(TooManyRunsError, match="5 questions wait") as refused:
        await asked(web, new_session_id())
    assert refused.value.retry_after_s > 0
    await web.web.drain(1.0)
    with pytest.raises(ServerStoppingError):
        await asked(web, new_session_id())
