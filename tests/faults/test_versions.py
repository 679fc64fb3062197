"""Nodes of this version beside newer ones, whose part the test plays: case 14 of docs/scale.md."""

import json
from pathlib import Path
from typing import Any

from backend.protocol.events import DoneEvent
from backend.runs.frames import encode_frames
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from tests.faults.deployment import answer_of, warnings_of
from tests.faults.one_of_each import deployed
from tests.redis_server import running_redis
from tests.runs.logs import a_record, the_end, words
from tests.runs.redis.nodes import Node

HOLOGRAM = b'id: 1-2\nevent: hologram\ndata: {"seq":2,"at_ms":20.0,"type":"hologram","rays":7}\n\n'


async def test_14_readers_pass_over_what_a_newer_worker_writes(folder: Path) -> None:
    with running_redis(folder / "redis") as redis:
        async with deployed(folder, redis) as (deployment, _):
            newer = await Node(redis.url, Keys(), takes_runs=True).open()
            record, _ = await newer.store.submit(a_record())
            watcher = deployment.watch(record.run_id)
            run = newer.store.owned[record.run_id]
            for seq, frame in enumerate([words_frame(1), HOLOGRAM, words_frame(3)], start=1):
                await newer.store.append(record.run_id, seq, [frame])
            await newer.redis.command("HSET", newer.keys.run(record.run_id, "h"), "mood", "bright")
            await newer.store.writer.flush(run)
            await newer.store.finish(record.run_id, [], the_end(4))
            await watcher.end()
            assert watcher.view.message.answer == "word1 word3 "
            assert watcher.view.stream.gaps == ()
            whole = await deployment.http.get(f"{deployment.web[0].address}/v1/runs/{record.run_id}/events")
            assert HOLOGRAM in whole.content
            await newer.close()


def words_frame(seq: int) -> bytes:
    """One word."""
    return b"".join(encode_frames(words(1, seq), 1))


async def test_14_workers_carry_out_what_they_know_of_a_newer_web_nodes_wishes(folder: Path) -> None:
    with running_redis(folder / "redis") as redis:
        async with deployed(folder, redis) as (deployment, _):
            connection, keys = RedisConnection(redis.url), Keys()
            newer = await Node(redis.url, keys).open()
            (worker,) = await connection.command("SMEMBERS", keys.name("workers"))
            said = json.loads(await connection.command("GET", keys.node(worker.decode())))
            said["offers"][0]["aura"], said["preparations"] = "blue", [{"name": "x", "state": "dreaming"}]
            await connection.command("SADD", keys.name("workers"), "of-tomorrow")
            await connection.command("SET", keys.node("of-tomorrow"), json.dumps(said), "EX", 60)
            await newer.node.start()
            record = a_record(agent="scripted:words")
            await newer.store.submit_run(record, None)
            await of_tomorrow(connection, keys, record.run_id)
            watcher = deployment.watch(record.run_id)
            await watcher.until(tokens=3)
            wishes: dict[str, dict[str, Any]] = {
                "teleport": {},
                "pause": {"by": {"aura": "blue"}},
                "send": {"message": {}},
            }
            for verb, body in wishes.items():
                reply = await newer.node.messages.ask_run(record.run_id, verb, body)
                assert reply is not None
                assert reply["problem"]["status"] == 501
            assert "unknown" in await newer.node.messages.ask_node(worker.decode(), "sing", {"agent": "scripted:words"})
            events = await deployment.sound(watcher)
            assert isinstance(events[-1], DoneEvent)
            assert (events[-1].outcome, warnings_of(events)) == ("completed", [])
            offered = await deployment.http.get(f"{deployment.web[0].address}/v1/agents")
            assert "scripted:words" in offered.text
            assert answer_of(await deployment.sound(await deployment.ask("thinks"))) == "Here it is."
            await newer.node.stop()
            await newer.close()
            await connection.close()


async def of_tomorrow(redis: RedisConnection, keys: Keys, run_id: str) -> None:
    """Add to a queued run what a newer node may keep of it."""
    name = keys.run(run_id, "h")
    record: dict[str, Any] = json.loads(await redis.command("HGET", name, "record"))
    record["mood"], record["options"]["telepathy"] = "bright", True
    await redis.command("HSET", name, "record", json.dumps(record), "mood", "bright")
