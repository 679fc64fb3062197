"""Workers that are killed, stand still, are drained: cases 6, 9, 12, 15 and 21 of docs/scale.md."""

import asyncio
import signal
import time

from backend.protocol.events import DoneEvent
from tests.faults.deployment import LEASE_S, Deployment, answer_of, warnings_of

WITHIN_S = 2 * LEASE_S + 4
"""Two looks at least a lease apart, a beat, and a loaded machine."""


async def test_09_a_worker_that_is_killed_costs_no_text_and_every_watcher_learns_of_it(deployment: Deployment) -> None:
    watchers = [await deployment.ask("words", node=at % 2) for at in range(4)]
    for watcher in watchers:
        await watcher.until(tokens=8)
    shown = [watcher.view.message.answer for watcher in watchers]
    deployment.workers.pop(0).kill()
    killed = time.monotonic()
    lost = 0
    for watcher, before in zip(watchers, shown, strict=True):
        events = await deployment.sound(watcher)
        assert answer_of(events).startswith(before)
        if warnings_of(events):
            lost += 1
            assert isinstance(events[-1], DoneEvent)
            assert (events[-1].outcome, events[-1].partial) == ("interrupted", True)
    assert lost > 0
    assert time.monotonic() - killed < WITHIN_S + 6
    await deployment.start(web=(), workers=("",))


async def test_09_a_run_that_had_shown_nothing_begins_again(deployment: Deployment) -> None:
    watchers = [await deployment.ask("thinks", node=at % 2) for at in range(4)]
    for watcher in watchers:
        await watcher.until_step("retrieving")
    deployment.workers.pop(0).kill()
    begun_again = 0
    for watcher in watchers:
        events = await deployment.sound(watcher)
        assert answer_of(events) == "Here it is."
        assert isinstance(events[-1], DoneEvent)
        assert events[-1].outcome == "completed"
        begun_again += warnings_of(events) == ["worker_lost"]
    assert begun_again > 0
    await deployment.start(web=(), workers=("",))


async def test_09_a_worker_that_stood_still_is_refused_when_it_continues(deployment: Deployment) -> None:
    watchers = [await deployment.ask("words", node=at % 2) for at in range(4)]
    for watcher in watchers:
        await watcher.until(tokens=5)
    zombie = deployment.workers[0]
    zombie.send(signal.SIGSTOP)
    ended = [await deployment.sound(watcher) for watcher in watchers]
    assert any(warnings_of(events) for events in ended)
    zombie.send(signal.SIGCONT)
    again = await deployment.ask("thinks")
    await deployment.sound(again)
    for watcher, events in zip(watchers, ended, strict=True):
        assert await deployment.events(watcher.run_id, node=1) == events


async def test_21_a_worker_that_stands_still_for_less_than_a_lease_keeps_its_runs(deployment: Deployment) -> None:
    watchers = [await deployment.ask("words", node=at % 2) for at in range(4)]
    for watcher in watchers:
        await watcher.until(tokens=3)
    for worker in deployment.workers:
        worker.send(signal.SIGSTOP)
    await asyncio.sleep(LEASE_S / 3)
    for worker in deployment.workers:
        worker.send(signal.SIGCONT)
    for watcher in watchers:
        events = await deployment.sound(watcher)
        assert warnings_of(events) == []
        assert answer_of(events).endswith("fifty")


async def test_12_what_people_do_reaches_a_run_at_any_node_and_after_its_worker(deployment: Deployment) -> None:
    watcher = await deployment.ask("asks", options={"may_ask": True})
    await watcher.until_asked()
    asked = watcher.view.stream.inputs[0]
    path = f"/v1/runs/{watcher.run_id}/inputs/{asked.input_id}"
    replies = await asyncio.gather(
        deployment.post(path, node=0, action="accept", value="left"),
        deployment.post(path, node=1, action="accept", value="right"),
    )
    assert sorted(reply.status_code for reply in replies) == [200, 409]
    won = next(reply for reply in replies if reply.status_code == 200).json()["answer"]["value"]
    assert answer_of(await deployment.sound(watcher)) == f"{won} it is."
    late = await deployment.post(path, node=0, action="accept", value=won)
    assert late.status_code == 200, "the same answer again, after the end"


async def test_12_an_answer_to_a_dead_worker_is_refused_and_the_request_stays_readable(deployment: Deployment) -> None:
    watcher = await deployment.ask("asks", options={"may_ask": True})
    await watcher.until_asked()
    asked = watcher.view.stream.inputs[0]
    for worker in deployment.workers:
        worker.kill()
    deployment.workers.clear()
    path = f"/v1/runs/{watcher.run_id}/inputs/{asked.input_id}"
    reply = await deployment.post(path, action="accept", value="left")
    assert (reply.status_code, reply.json()["type"].rpartition(":")[2]) == (409, "run-ended")
    events = await deployment.sound(watcher)
    assert isinstance(events[-1], DoneEvent)
    assert events[-1].outcome == "interrupted"
    assert watcher.view.stream.inputs[0].request.prompt == "Which one?"
    waiting = await deployment.ask("thinks")
    await waiting.until_step("queued")
    cancelled = await deployment.post(f"/v1/runs/{waiting.run_id}/cancel", node=1)
    assert cancelled.status_code in (200, 202)
    events = await deployment.sound(waiting)
    assert isinstance(events[-1], DoneEvent)
    assert events[-1].outcome == "cancelled"
    await deployment.start(web=(), workers=("", ""))


async def test_15_a_worker_that_is_asked_to_stop_lets_its_runs_end_or_hands_them_over(deployment: Deployment) -> None:
    short = [await deployment.ask("thinks", node=at % 2) for at in range(2)]
    waiting = [await deployment.ask("asks", options={"may_ask": True}) for _ in range(2)]
    paused = [await deployment.ask("words", node=at % 2) for at in range(2)]
    for watcher in paused:
        await watcher.until(tokens=2)
        assert (await deployment.post(f"/v1/runs/{watcher.run_id}/pause", node=1)).status_code == 200
    for watcher in short:
        await watcher.until_step("retrieving")
    for watcher in waiting:
        await watcher.until_asked()
    leaving = deployment.workers
    deployment.workers = []
    for worker in leaving:
        worker.send(signal.SIGTERM)
    for watcher in paused:
        events = await deployment.sound(watcher)
        assert isinstance(events[-1], DoneEvent)
        assert (events[-1].outcome, events[-1].partial) == ("interrupted", True)
        assert warnings_of(events), "those who watch a paused run are warned"
    for worker in leaving:
        assert await asyncio.to_thread(worker.process.wait, 20) == 0
    await deployment.start(web=(), workers=("", ""))
    for watcher in waiting:
        await watcher.until_asked(times=2)
        path = f"/v1/runs/{watcher.run_id}/inputs/{watcher.view.stream.inputs[1].input_id}"
        assert (await deployment.post(path, action="accept", value="left")).status_code == 200
    for watcher in [*short, *waiting]:
        events = await deployment.sound(watcher)
        assert answer_of(events) in ("Here it is.", "left it is.")
        assert isinstance(events[-1], DoneEvent)
        assert events[-1].outcome == "completed"
        assert "worker_lost" not in warnings_of(events)


async def test_a_web_node_that_is_killed_costs_nothing(deployment: Deployment) -> None:
    watchers = [await deployment.ask("words", node=at % 2) for at in range(4)]
    for watcher in watchers:
        await watcher.until(tokens=5)
    deployment.web[1].kill()
    for watcher in watchers:
        events = await deployment.sound(watcher)
        assert (warnings_of(events), answer_of(events).endswith("fifty")) == ([], True)
    deployment.web.pop(1)
    await deployment.start(web=("",), workers=())
