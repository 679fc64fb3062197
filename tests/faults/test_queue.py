"""The queue with a run that ends its workers, and a queue that is deleted: cases 13 and 16 of docs/scale.md."""

import asyncio
from pathlib import Path

from backend.protocol.events import DoneEvent, ErrorEvent
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from tests.faults.deployment import Deployment, answer_of, eventually, warnings_of
from tests.faults.one_of_each import deployed
from tests.faults.strange_agents import strange_agents
from tests.redis_server import RedisServer, running_redis

RUNS = 12
"""More than the slots of the deployment."""


async def replaced(deployment: Deployment) -> None:
    """Return when the worker is gone, and another one is there."""
    worker = deployment.workers.pop()
    await asyncio.to_thread(worker.process.wait, 60)
    await deployment.start(web=(), workers=("",), slots=1)


async def test_13_a_run_that_ends_its_workers_fails_after_two_and_the_queue_continues(folder: Path) -> None:
    environment = strange_agents(folder)
    with running_redis(folder / "redis") as redis:
        async with deployed(folder, redis, worker_environment=environment, slots=1) as (deployment, _):
            poisoned = await deployment.ask_agent("poison")
            waiting = await deployment.ask("thinks")
            await replaced(deployment)
            await replaced(deployment)
            events = await deployment.sound(poisoned)
            assert isinstance(events[-1], DoneEvent)
            assert events[-1].outcome == "failed"
            assert [each.code for each in events if isinstance(each, ErrorEvent)] == ["worker_lost"]
            assert warnings_of(events) == ["worker_lost", "worker_lost"]
            assert answer_of(await deployment.sound(waiting)) == "Here it is."


async def test_16_the_queue_is_deleted_while_runs_are_active(deployment: Deployment, redis: RedisServer) -> None:
    watchers = [await deployment.ask("words", node=at % 2) for at in range(RUNS)]
    for watcher in watchers[:8]:
        await watcher.until(tokens=1)
    await watchers[-1].until_step("queued")
    connection, keys = RedisConnection(redis.url), Keys()
    gone = [keys.name("{q}", "people"), keys.name("{q}", "suites"), keys.name("{q}", "news")]
    await connection.command("DEL", *gone, *map(keys.name, ("queued", "running", "busy", "looked")))
    for watcher in watchers:
        events = await deployment.sound(watcher)
        assert (warnings_of(events), answer_of(events).endswith("fifty")) == ([], True)

    async def nothing_is_left() -> bool:
        return not await connection.command("EXISTS", *gone[:2], keys.name("running"), keys.name("busy"))

    await eventually(nothing_is_left)
    await connection.close()


async def test_16_the_node_that_took_the_questions_is_killed_and_the_queue_is_deleted(folder: Path) -> None:
    with running_redis(folder / "redis") as redis:
        async with deployed(folder, redis, slots=1) as (deployment, _):
            await deployment.start(web=("",), workers=())
            watchers = [await deployment.ask("asks", options={"may_ask": True}) for _ in range(3)]
            await watchers[0].until_asked()
            await watchers[2].until_detail("1 run is ahead of it.")
            deployment.web.pop(0).kill()
            connection, keys = RedisConnection(redis.url), Keys()
            await connection.command("DEL", keys.name("{q}", "people"), keys.name("{q}", "news"))
            for at, watcher in enumerate(watchers):
                await watcher.until_asked()
                if at == 1:
                    await watchers[2].until_detail("It is next.")
                asked = watcher.view.stream.inputs[0]
                path = f"/v1/runs/{watcher.run_id}/inputs/{asked.input_id}"
                answer = await deployment.post(path, action="accept", value="This")
                assert answer.status_code == 200, answer.text
                assert answer_of(await deployment.sound(watcher)) == "This it is."
            await connection.close()
