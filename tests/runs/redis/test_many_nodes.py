"""Fifty nodes of one deployment on clocks that the test moves: who gets a run, who is woken, and what looking costs."""

import asyncio
from collections import Counter

from backend.protocol.options import RunOptions
from backend.runs.ids import new_session_id
from tests.runs.logs import a_record, a_run, append, the_end, words
from tests.runs.redis.conftest import MakeNode
from tests.runs.redis.nodes import LEASE_S, Node

NODES = 50
LOOKS = 3
SUITE = RunOptions(background=True)


async def calls(node: Node) -> Counter[str]:
    """How often each command was carried out by Redis so far."""
    stats = await node.redis.command("INFO", "commandstats")
    return Counter({name.removeprefix("cmdstat_"): each["calls"] for name, each in stats.items()})


async def test_fifty_workers_share_the_queue_fairly_and_take_each_run_once(make_node: MakeNode) -> None:
    web, workers = await make_node(), [await make_node() for _ in range(NODES)]
    web.web._most_queued = 1000
    sessions = [new_session_id() for _ in range(20)]
    asked: dict[str, int] = {}
    for session in sessions[:1]:
        for _ in range(30):
            asked[(await web.web.accept(a_record(session_id=session, options=SUITE)))[0].run_id] = 0
    for session in sessions[1:]:
        for turn in range(1, 5):
            asked[(await web.web.accept(a_record(session_id=session)))[0].run_id] = turn
    taken = [await worker.claim() for worker in workers]
    turns = Counter(asked[run.record.run_id] for run in taken if run is not None)
    assert turns == {1: 19, 2: 19, 3: 12}, "nobody gets a third run before everybody has two, and suites wait"
    rest = [run for _ in range(2) for run in await asyncio.gather(*(worker.claim() for worker in workers))]
    all_taken = [run.record.run_id for run in [*taken, *rest] if run is not None]
    assert sorted(all_taken) == sorted(asked)


async def test_an_event_wakes_only_the_nodes_that_read_its_run(make_node: MakeNode) -> None:
    worker, nodes = await make_node(takes_runs=True), [await make_node() for _ in range(NODES)]
    run_id = await a_run(worker.store, words(1))
    await worker.events(run_id)
    for node in nodes:
        await node.node.beat()
    readers = nodes[:3]
    for node in readers:
        await node.events(run_id)
    await append(worker.store, run_id, words(20, 2))
    await worker.store.writer.flush(worker.store.owned[run_id])
    await worker.store.finish(run_id, [], the_end(22))
    woken = [await node.redis.command("XLEN", node.keys.wake(node.store.node)) for node in nodes]
    assert (woken[:3], sum(woken[3:])) == ([2, 2, 2], 0), "one wake-up for the events of a tick, one for the end"


async def test_looking_for_lost_runs_costs_each_node_one_command(make_node: MakeNode) -> None:
    worker, nodes = await make_node(takes_runs=True), [await make_node() for _ in range(NODES)]
    run_ids = [await a_run(worker.store, words(1)) for _ in range(40)]
    for run_id in run_ids:
        await worker.events(run_id)
    before = await calls(worker)
    for _ in range(LOOKS):
        await worker.node.beat()
        for node in nodes:
            await node.lost_runs.look()
    used = await calls(worker) - before
    assert used["zrange"] == LOOKS * NODES
    assert used["hmget"] == LOOKS * len(run_ids), "those of the beats: nothing that moves is looked at closely"
    worker.die()
    await asyncio.gather(*(node.look_after(LEASE_S) for node in nodes))
    assert {(await nodes[0].store.record(run_id)).outcome for run_id in run_ids} == {"interrupted"}
