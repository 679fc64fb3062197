"""How runs ended is counted once for each run, wherever it ended, and stays counted."""

from collections import Counter

from backend.protocol.events import DoneEvent, Outcome
from backend.runs.frames import encode_frames
from backend.runs.ids import new_session_id
from backend.runs.redis.connection import ScriptCall
from backend.runs.redis.ended_runs import EndedRuns
from backend.runs.redis.run_hash import end_fields
from backend.runs.run_counts import RunCounts
from tests.runs.logs import a_record, an_ended_run, append, the_end, words
from tests.runs.redis.conftest import MakeNode
from tests.runs.redis.nodes import LEASE_S, Node


async def ended_of(node: Node) -> Counter[Outcome]:
    """What a web node that has just started knows."""
    counts = RunCounts()
    await EndedRuns(node.redis, node.keys, counts).look()
    assert counts.ended_anywhere is not None
    return counts.ended_anywhere


async def test_every_way_to_end_counts_once(make_node: MakeNode) -> None:
    web, worker, finder, own = [await make_node() for _ in range(3)] + [await make_node(takes_runs=True)]
    assert await ended_of(web) == {}
    await an_ended_run(own.store)
    cancelled, _ = await web.web.accept(a_record(session_id=new_session_id()))
    assert await web.web.cancel(cancelled.run_id)
    await web.web.accept(a_record(session_id=new_session_id()))
    lost = await worker.claim()
    assert lost is not None
    await append(worker.store, lost.record.run_id, words(2))
    await worker.store.writer.flush(lost)
    worker.die()
    await finder.look_after(LEASE_S)
    assert await ended_of(web) == {"completed": 1, "cancelled": 1, "interrupted": 1}


def written(node: Node, run_id: str, done: DoneEvent) -> ScriptCall:
    """How a node writes the end of a run that has no other event; again, where the answer was lost."""
    names = tuple(node.keys.run(run_id, part) for part in ("h", "ev", "nodes", "gone", "cmd"))
    (frame,) = encode_frames([done], 1)
    return ScriptCall("append", names, (node.keys.prefix, run_id, node.store.node, 1, 1, 1, frame, *end_fields(done)))


async def test_an_end_that_is_written_twice_counts_once_and_outlives_its_run(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    record, _ = await web.web.accept(a_record())
    assert await worker.claim() is not None
    end = the_end(1, outcome="failed")
    end_it = written(worker, record.run_id, end)
    assert await worker.redis.scripts([end_it, end_it]) == [[b"ok"], [b"ok"]]
    assert await ended_of(web) == {"failed": 1}
    await web.store.delete(record.run_id)
    assert await ended_of(web) == {"failed": 1}
