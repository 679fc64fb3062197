"""A deployment as a whole: what stays in Redis, who sees whom, and what an older or newer node makes of it."""

import asyncio
import json
import subprocess
import sys

import pytest

from backend.agents.agent import AgentOffer, UnknownAgentError
from backend.agents.worker_load import WorkerLoad
from backend.api.problems import known_problem
from backend.protocol.checks import check
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import DoneEvent, StatusEvent, TokenEvent
from backend.protocol.inputs import InputRequest
from backend.protocol.options import RunOptions
from backend.runs.records import RunRecord
from backend.runs.redis.announced_agents import AnnouncedAgents, WorkerAnnouncement
from backend.runs.redis.keys import Keys
from backend.runs.redis.oldest_runs import Turns
from backend.runs.store import StoreError, StoreUnreachableError, UnknownRunError
from tests.redis_server import RedisServer
from tests.runs.logs import a_record, a_run, an_ended_run, append, frames_of, stamped, the_end, words
from tests.runs.redis.conftest import MakeNode
from tests.runs.redis.nodes import LEASE_S, Node

pytestmark = pytest.mark.server

ENDED_RUNS = 300


async def names(node: Node) -> set[str]:
    found = await node.redis.command("KEYS", f"{node.keys.prefix}:*")
    return {each.decode() for each in found}


async def test_what_is_left_of_an_ended_run_is_its_record_and_its_log(make_node: MakeNode) -> None:
    worker = await make_node(takes_runs=True)
    run_ids = [await an_ended_run(worker.store, tokens=1) for _ in range(ENDED_RUNS)]
    kept = await names(worker)
    of_runs = {name for name in kept if "{run_" in name}
    assert of_runs == {worker.keys.run(run_id, part) for run_id in run_ids for part in ("h", "ev")}
    assert not {name for name in kept if name.endswith((":running", ":busy", ":people", ":suites"))}
    for run_id in run_ids:
        await worker.store.purge((await worker.store.record(run_id)).session_id)
    left = await names(worker)
    assert {name.rpartition(":")[2] for name in left} <= {"bytes", "ended", "number", "touch", "gone"}


async def test_an_end_that_its_worker_did_not_live_to_tidy_up_is_an_end(make_node: MakeNode) -> None:
    worker, other = await make_node(takes_runs=True), await make_node()
    run_id = await an_ended_run(worker.store)
    people = worker.keys.name("{q}", "people")
    await worker.redis.commands([("ZADD", worker.keys.name("running"), 0, run_id), ("ZADD", people, 0, run_id)])
    before = await frames_of(other.store, run_id)
    await other.look_after(LEASE_S)
    assert await other.claim() is None
    assert await frames_of(other.store, run_id) == before
    assert not await other.redis.command("EXISTS", worker.keys.name("running"), people)


async def test_a_reader_may_join_at_any_moment(make_node: MakeNode) -> None:
    web, worker, late = await make_node(), await make_node(), await make_node()
    record, _ = await web.web.accept(a_record())
    run_id = record.run_id
    readers = [asyncio.create_task(frames_of(web.store, run_id))]
    await web.web.queued.look()
    run = await worker.claim()
    assert run is not None
    await append(worker.store, run_id, stamped(TokenEvent(text="Up "), first_seq=2))
    await worker.store.writer.flush(run)
    readers.append(asyncio.create_task(frames_of(late.store, run_id)))
    asking = StatusEvent(
        step_id="q", step="asking", state="waiting", request=InputRequest(input_id="i", kind="text", prompt="Which?")
    )
    await append(worker.store, run_id, stamped(asking, first_seq=3))
    await worker.store.writer.flush(run)
    assert [each.state for each in (await late.store.snapshot(run_id)).stream.inputs] == ["open"]
    readers.append(asyncio.create_task(frames_of(late.store, run_id, Cursor(1, 2))))
    await asyncio.sleep(0)
    await worker.store.finish(run_id, [], the_end(4))
    for node in (web, late):
        await node.store.mirrors.refresh()
    whole = await frames_of((await make_node()).store, run_id)
    assert [await reader for reader in readers] == [whole, whole, whole[2:]]
    assert await frames_of(late.store, run_id, Cursor(1, 4)) == []
    with pytest.raises(UnknownRunError):
        await frames_of(late.store, "run_expired")


async def test_two_deployments_on_one_redis_see_nothing_of_each_other(
    make_node: MakeNode, redis_server: RedisServer
) -> None:
    one = await make_node(takes_runs=True)
    run_id = await an_ended_run(one.store, idempotency_key="k")
    other = await Node(redis_server.url, Keys("another"), takes_runs=True).open()
    try:
        with pytest.raises(UnknownRunError):
            await other.store.record(run_id)
        record, new = await other.store.submit(a_record(idempotency_key="k"))
        assert new
        assert [each.session_id for each in await other.store.sessions()] == [record.session_id]
    finally:
        await other.close()


async def test_a_run_may_wait_a_day_for_a_person(make_node: MakeNode) -> None:
    worker, other = await make_node(takes_runs=True), await make_node()
    run_id = await a_run(worker.store, words(1))
    await worker.events(run_id)
    for _ in range(24 * 12):
        other.time.at += 300
        await worker.node.beat()
        await other.lost_runs.look()
    stored = await other.store.stored(run_id)
    assert (stored.state, stored.owner, stored.record.attempt) == ("running", worker.store.node, 1)
    for part in ("h", "ev"):
        assert await worker.redis.command("TTL", worker.keys.run(run_id, part)) == -1


async def test_what_a_newer_node_adds_is_passed_over_and_passed_on(make_node: MakeNode) -> None:
    worker, reader = await make_node(takes_runs=True), await make_node()
    run_id = await a_run(worker.store, words(1))
    await worker.events(run_id)
    newer = b'id: 1-2\nevent: hologram\ndata: {"seq":2,"at_ms":20.0,"type":"hologram","rays":7}\n\n'
    await worker.store.append(run_id, 2, [newer])
    await worker.redis.commands(
        [
            ("HSET", worker.keys.run(run_id, "h"), "mood", "bright"),
            ("XADD", worker.keys.wake(reader.store.node), "*", "telepathy", "1"),
        ]
    )
    await worker.store.finish(run_id, [], the_end(3))
    assert (await reader.store.record(run_id)).outcome == "completed"
    assert (await frames_of(reader.store, run_id))[1] == newer
    assert isinstance((await reader.events(run_id))[-1], DoneEvent)


async def test_options_of_a_newer_node_are_left_out_and_the_run_is_taken(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    record = RunRecord.asked("Why?", "echo", RunOptions(seed=7))
    await web.web.accept(record)
    h = web.keys.run(record.run_id, "h")
    kept = json.loads(await web.redis.command("HGET", h, "record"))
    kept |= {"mood": "bright", "options": {"seed": 7, "on_abandon": "hibernate", "reasoning": "deep"}}
    await web.redis.command("HSET", h, "record", json.dumps(kept))
    run = await worker.claim()
    assert run is not None
    assert run.record.options == RunOptions(seed=7)


async def test_web_nodes_understand_a_worker_of_another_version_as_far_as_they_can(
    make_node: MakeNode, caplog: pytest.LogCaptureFixture
) -> None:
    web = await make_node()
    offers = [
        {"agent": "echo", "title": "Echo", "description": "Says it again.", "smell": "rose"},
        {"agent": "diver", "title": "Diver", "description": "Dives.", "steerable": {"pause": "submerged"}},
    ]
    newer = {"version": "99.0", "slots": 3, "ready": True, "offers": offers, "moods": [1]}
    unreadable = {"version": ["of", "lists"], "offers": 7}
    for node, said in (("newer", newer), ("unreadable", unreadable)):
        await web.redis.command("SADD", web.keys.name("workers"), node)
        await web.redis.command("SET", web.keys.node(node), json.dumps(said))
    agents = AnnouncedAgents(web.redis, web.keys, web.node.messages)
    for _ in range(2):
        await agents.look()
    assert (agents.ready, [offer.agent for offer in await agents.offers()]) == (True, ["echo"])
    assert agents.workers == (WorkerLoad(ready=True, slots=3, running=0),)
    assert [warning for warning in agents.warnings if "99.0" in warning]
    assert [record.message for record in caplog.records if "99.0" in record.message] == list(agents.warnings)


async def test_web_nodes_offer_what_workers_announce(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    agents = AnnouncedAgents(web.redis, web.keys, web.node.messages)
    await agents.look()
    assert (agents.ready, await agents.offers()) == (False, [])
    assert "playhead worker" in agents.warnings[0]
    said = WorkerAnnouncement(offers=[AgentOffer("echo", "Echo", "Says it again.")], ready=True).model_dump()

    async def describe() -> bytes:
        return WorkerAnnouncement.model_validate(said).model_dump_json().replace("{", '{"of_tomorrow":1,', 1).encode()

    async def answer(question: str, body: dict[str, object]) -> dict[str, object]:
        return {"unknown": f"There is no agent {body['agent']!r}."} if question == "find" else {"events": None}

    async def perform(run_id: str, verb: str, body: dict[str, object]) -> dict[str, object]:
        raise AssertionError((run_id, verb, body))

    worker.node.describe, worker.node.answer, worker.node.perform = describe, answer, perform
    await web.node.start()
    await worker.node.start()
    try:
        await agents.look()
        assert agents.ready
        assert [offer.agent for offer in await agents.offers()] == ["echo"]
        await agents.find("echo")
        with pytest.raises(UnknownAgentError, match="other"):
            await agents.find("other")
    finally:
        await worker.node.stop()
        await web.node.stop()
    await agents.look()
    assert not agents.ready


async def test_a_command_waits_for_a_worker_and_is_carried_out_once(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node()
    record, _ = await web.web.accept(a_record())
    done: list[tuple[str, str, object]] = []

    async def perform(run_id: str, verb: str, body: dict[str, object]) -> dict[str, object]:
        done.append((run_id, verb, body["n"]))
        return {"seen": len(done)}

    worker.node.perform = perform
    await web.messages_left(record.run_id)
    run = await worker.claim()
    assert run is not None
    await web.node.start()
    await worker.node.start()
    try:
        reply = await web.node.messages.ask_run(record.run_id, "say", {"n": 3})
        assert reply == {"seen": 3}
        assert [n for _, _, n in done] == [1, 2, 3]
        await worker.store.finish(record.run_id, [], the_end(1))
        assert await web.node.messages.ask_run(record.run_id, "say", {"n": 4}) is None
        with pytest.raises(UnknownRunError):
            await web.node.messages.ask_run("run_x", "say", {"n": 5})
    finally:
        await worker.node.stop()
        await web.node.stop()
    assert len(done) == 3


async def test_a_node_hears_again_where_its_stream_begins_at_an_earlier_time(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node(takes_runs=True)
    run_id = await a_run(worker.store, words(1))
    await worker.events(run_id)
    following = asyncio.create_task(frames_of(web.store, run_id))
    assert len(await web.events(run_id)) == 1
    wake = web.keys.wake(web.store.node)
    web.node._after[wake] = b"1796000000000-0"
    await web.redis.command("XADD", wake, "1795000000000-0", "g", run_id)
    await web.node.beat()
    await web.node._listen()
    assert len(await following) == 1
    assert web.node._after[wake] == b"1795000000000-0"


async def test_nobody_answers_for_ever(make_node: MakeNode) -> None:
    web = await make_node()
    web.node.messages._patience_s = 0.01
    with pytest.raises(StoreError, match="No worker"):
        await web.node.messages.ask_node("nobody", "find", {"agent": "x"})


async def test_a_stream_from_the_start_is_the_same_at_every_node(make_node: MakeNode) -> None:
    worker = await make_node(takes_runs=True)
    run_id = await a_run(worker.store, words(2500))
    await worker.store.finish(run_id, [], the_end(2501))
    frames = await frames_of(worker.store, run_id)
    assert await frames_of((await make_node()).store, run_id, START) == frames
    assert check(await (await make_node()).events(run_id)) == []


def test_a_redis_that_does_not_answer_is_worth_another_try() -> None:
    problem = known_problem(StoreUnreachableError("Redis does not answer: try again in a moment."))
    assert problem is not None
    assert (problem.status_code, "Retry-After" in (problem.headers or {})) == (503, True)
    full = known_problem(StoreError("The disk is full."))
    assert full is not None
    assert full.status_code == 507


async def test_commands_go_with_the_end_of_their_run(make_node: MakeNode) -> None:
    web, worker = await make_node(), await make_node(takes_runs=True)
    run_id = await a_run(worker.store)
    commands = worker.keys.run(run_id, "cmd")
    await web.messages_left(run_id)
    assert await web.redis.command("XLEN", commands) == 2
    await worker.store.finish(run_id, [], the_end(1))
    await web.messages_left(run_id)
    assert not await web.redis.command("EXISTS", commands)


def test_without_the_flag_nothing_of_redis_is_imported() -> None:
    program = (
        "import sys, backend.cli, backend.commands.serve, backend.commands.worker, backend.wiring, backend.api.app; "
        "print([name for name in sys.modules if name == 'redis' or name.startswith(('redis.', 'backend.runs.redis'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_one_node_at_a_time_removes_runs_and_what_is_deleted_is_not_counted_any_more(make_node: MakeNode) -> None:
    first, second = await make_node(takes_runs=True), await make_node()
    run_ids = [await an_ended_run(first.store) for _ in range(3)]
    turns = [Turns(node.redis, node.keys, node.store.node) for node in (first, second)]
    done: list[str] = []

    async def outer() -> None:
        done.append("first")
        await turns[1].take(inner)

    async def inner() -> None:
        done.append("second")

    await turns[0].take(outer)
    assert done == ["first"]
    await turns[1].take(inner)
    assert done == ["first", "second"]
    assert await second.store.kept_bytes() > 0
    for run_id in run_ids:
        await second.store.delete(run_id)
    assert await second.store.kept_bytes() == 0
