"""What people do while Redis fails: answers, pauses, messages and runs that wait for a worker."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.faults.deployment import Deployment, Watcher, answer_of, eventually, warnings_of
from tests.faults.one_of_each import deployed
from tests.redis_server import running_redis


async def is_known(deployment: Deployment, watcher: Watcher) -> bool:
    """Whether the run can be steered: its worker has brought it back."""
    address = f"{deployment.web[0].address}/v1/runs/{watcher.run_id}"
    return (await deployment.http.get(address)).status_code == 200


async def runs_of(deployment: Deployment, watcher: Watcher) -> list[dict[str, Any]]:
    """The runs of a watched run's conversation."""
    web = deployment.web[0].address
    run = (await deployment.http.get(f"{web}/v1/runs/{watcher.run_id}")).json()
    session = (await deployment.http.get(f"{web}/v1/sessions/{run['session_id']}")).json()
    runs: list[dict[str, Any]] = session["runs"]
    return runs


@pytest.mark.parametrize("aof", [True, False], ids=["with AOF", "without"])
async def test_01_runs_that_wait_for_people_outlive_a_restart_of_redis(folder: Path, aof: bool) -> None:
    with running_redis(folder / "redis", aof=aof) as redis:
        async with deployed(folder, redis, slots=3) as (deployment, _):
            asking = await deployment.ask("asks", options={"may_ask": True})
            paused, steered = [await deployment.ask("words") for _ in range(2)]
            await asking.until_asked()
            for watcher in (paused, steered):
                await watcher.until(tokens=3)
                assert (await deployment.post(f"/v1/runs/{watcher.run_id}/pause")).status_code == 200
            message = await deployment.post(
                f"/v1/runs/{steered.run_id}/messages", text="And then?", mode="queue", message_id="msg_and_then"
            )
            assert message.status_code in (200, 201, 202), message.text
            redis.kill()
            await asyncio.to_thread(redis.start)
            for watcher in (asking, paused, steered):
                await eventually(partial(is_known, deployment, watcher))
            path = f"/v1/runs/{asking.run_id}/inputs/{asking.view.stream.inputs[0].input_id}"
            answer = await deployment.post(path, action="accept", value="This")
            assert answer.status_code == 200, answer.text
            for watcher in (paused, steered):
                resumed = await deployment.post(f"/v1/runs/{watcher.run_id}/resume")
                assert resumed.status_code == 200, resumed.text
            for watcher, said in ((asking, "This it is."), (paused, "fifty"), (steered, "fifty")):
                events = await deployment.sound(watcher)
                assert (warnings_of(events), answer_of(events)[-len(said) :]) == ([], said)
            (follow_up,) = [each for each in await runs_of(deployment, steered) if each["question"] == "And then?"]
            assert answer_of(await deployment.sound(deployment.watch(follow_up["run_id"]))).endswith("fifty")
