"""One Redis for long, for two, or the wrong one: cases 17, 18 and 20 of docs/scale.md."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.store import RedisStore
from tests.faults.deployment import PLAYHEAD, Deployment, answer_of
from tests.faults.one_of_each import deployed
from tests.redis_server import running_redis
from tests.runs.logs import an_ended_run

ENDED_RUNS = 10_000
AT_ONCE = 100


@pytest.mark.parametrize("command", ["serve", "worker"])
async def test_17_a_redis_that_evicts_is_refused_at_the_start(folder: Path, command: str) -> None:
    with running_redis(folder / "redis", "--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru") as redis:
        options = [command, "--redis", redis.url, "--data", folder / "data", *(("--port", "0") * (command == "serve"))]
        ended = await asyncio.to_thread(
            subprocess.run, [PLAYHEAD, *options], capture_output=True, text=True, timeout=60
        )
        assert ended.returncode == 1
        assert "maxmemory-policy allkeys-lru" in ended.stderr
        assert "Traceback" not in ended.stderr


async def used_by(redis: RedisConnection) -> int:
    """Bytes that Redis has in use."""
    text = await redis.command("INFO", "memory")
    return int(text["used_memory"])


async def end_runs(store: RedisStore, count: int) -> list[str]:
    """So many runs that are over."""
    return await asyncio.gather(*(an_ended_run(store, tokens=20) for _ in range(count)))


async def test_18_ten_thousand_ended_runs_cost_only_what_is_kept_of_each(folder: Path) -> None:
    with running_redis(folder / "redis") as redis:
        async with deployed(folder, redis) as (deployment, _):
            connection, keys = RedisConnection(redis.url), Keys()
            store = RedisStore(RedisConnection(redis.url), keys)
            await store.open()
            used, run_ids = [await used_by(connection)], list[str]()
            for done in range(0, ENDED_RUNS, AT_ONCE):
                run_ids += await end_runs(store, AT_ONCE)
                if (done + AT_ONCE) % (ENDED_RUNS // 2) == 0:
                    used.append(await used_by(connection))
            first, second = used[1] - used[0], used[2] - used[1]
            assert abs(second - first) < 0.15 * first, "a later run costs more than an earlier one"
            for queue in (keys.name("{q}", "people"), keys.name("{q}", "suites"), keys.name("running")):
                assert not await connection.command("EXISTS", queue)
            assert answer_of(await deployment.sound(await deployment.ask("thinks"))) == "Here it is."
            listed = (await deployment.http.get(f"{deployment.web[0].address}/v1/runs")).json()
            assert len(listed["runs"]) > 0
            assert listed["next"]
            for at in range(0, ENDED_RUNS, AT_ONCE):
                await asyncio.gather(*(store.delete(run_id) for run_id in run_ids[at : at + AT_ONCE]))
            left = await connection.command("KEYS", f"{keys.prefix}:{{run_*")
            assert {each.rpartition(b":")[2] for each in left} <= {b"h", b"ev", b"gone"}
            assert sum(not each.endswith(b":gone") for each in left) == 2, "only the run of the deployment is left"
            assert await used_by(connection) - used[0] < 0.15 * (used[2] - used[0])
            await store.close()
            await connection.close()


async def test_20_two_deployments_share_a_redis_and_see_nothing_of_each_other(folder: Path) -> None:
    with running_redis(folder / "redis") as redis:
        async with (
            deployed(folder / "one", redis) as (one, _),
            deployed(folder / "two", redis, options=("--redis-prefix", "another")) as (two, _),
        ):
            key = {"Idempotency-Key": "the same"}
            both: list[Deployment] = [one, two]
            started = [
                await each.post("/v1/runs", headers=key, question="Why?", agent="scripted:thinks") for each in both
            ]
            assert [answer.status_code for answer in started] == [201, 201]
            ids = [answer.json()["run_id"] for answer in started]
            for each, run_id, other in zip(both, ids, reversed(ids), strict=True):
                assert answer_of(await each.sound(each.watch(run_id))) == "Here it is."
                assert (await each.http.get(f"{each.web[0].address}/v1/runs/{other}")).status_code == 404
                listed = await each.http.get(f"{each.web[0].address}/v1/runs")
                assert [run["run_id"] for run in listed.json()["runs"]] == [run_id]
            two.workers.pop().kill()
            assert answer_of(await one.sound(await one.ask("thinks"))) == "Here it is."
