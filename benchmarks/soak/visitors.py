"""The people of a soak: they ask, watch, leave, come back, stall and steer. Each run is judged when it is over."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from backend.protocol.checks import check
from backend.protocol.events import DoneEvent, Event
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from tests.faults.deployment import Deployment, Watcher

MUST_BE_ZERO = (
    "LOST texts",
    "DOUBLED events",
    "NOT ONE done",
    "BROKEN rules",
    "FAILED watchers",
    "NODES THAT DID NOT STOP",
)
"""What may never be counted."""

TRIES = 60
"""How often a call is made again while a fault is under way, twice a second."""

ENDS_WITHIN_S = 300.0
"""A run that a watcher has not seen to its end by then counts as failed."""


@dataclass
class Visitors:
    """Has ``runs`` runs live. A run is deleted once it was looked at, so that what Redis keeps should not grow."""

    deployment: Deployment
    runs: int
    chance: random.Random = field(default_factory=lambda: random.Random(17))  # noqa: S311 - no secret
    live: set["asyncio.Task[None]"] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(MUST_BE_ZERO, 0)))
    reasons: list[str] = field(default_factory=list)
    lost_at: list[float] = field(default_factory=list)
    """When those who watched all the time saw that a run had lost its worker."""
    stopping: bool = False

    async def keep_busy(self) -> None:
        """Have so many runs live, until stopped."""
        while not self.stopping:
            while len(self.live) < self.runs and not self.stopping:
                task = asyncio.create_task(self._visit())
                self.live.add(task)
                task.add_done_callback(self.live.discard)
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.1)

    async def _visit(self) -> None:
        """One run, from its question to its deletion."""
        run_id = "none"
        try:
            asks = self.chance.random() < 0.05
            watcher = await (self.ask("asks", options={"may_ask": True}) if asks else self.ask("long"))
            run_id = watcher.run_id
            stays = await self._do_something(watcher, asks=asks)
            await watcher.end(ENDS_WITHIN_S)
            if stays and any(each.code == "worker_lost" for each in watcher.view.message.warnings):
                self.lost_at.append(time.monotonic())
            self._judge(watcher, await self._log_of(run_id))
            await self._delete(run_id)
        except Exception as error:  # noqa: BLE001 - counted
            self.seen["FAILED watchers"] += 1
            self.reasons.append(f"run {run_id}: {type(error).__name__} {error}")

    def leave(self, watcher: Watcher) -> None:
        """Watch no more, and have the run deleted."""
        if watcher.task is not None:
            watcher.task.cancel()
        deleting = asyncio.create_task(self._delete(watcher.run_id))
        self.live.add(deleting)
        deleting.add_done_callback(self.live.discard)

    async def _delete(self, run_id: str) -> None:
        await self._call(lambda: self.deployment.delete(f"/v1/runs/{run_id}", self.any_node()))

    def any_node(self) -> int:
        """The number of a web node."""
        return self.chance.randrange(len(self.deployment.web))

    async def ask(self, scenario: str, **fields: Any) -> Watcher:
        """A new run; asked again, with the same key, while a fault is under way."""
        key = f"soak-{self.chance.getrandbits(64):x}"
        body = {"question": "Why?", "agent": f"scripted:{scenario}", **fields}
        headers = {"Idempotency-Key": key}
        answer = await self._call(lambda: self.deployment.post("/v1/runs", self.any_node(), headers, **body))
        answer.raise_for_status()
        return self.deployment.watch(answer.json()["run_id"], ENDS_WITHIN_S)

    async def _do_something(self, watcher: Watcher, *, asks: bool) -> bool:
        """Whatever people do. Gives whether this one watched all the time."""
        chosen = self.chance.random()
        if asks:
            await self._answer(watcher)
        elif chosen < 0.3:
            await self._leave_and_return(watcher)
        elif chosen < 0.4:
            watcher.stall_s = self.chance.uniform(1, 10)
            self.seen["stalled"] += 1
        elif chosen < 0.55:
            await asyncio.sleep(self.chance.uniform(0, 10))
            for verb in ["cancel"] if self.chance.random() < 0.5 else ["pause", "resume"]:
                await self._steer(watcher, verb)
        return asks or chosen >= 0.4

    async def _leave_and_return(self, watcher: Watcher) -> None:
        """Stop watching for a while; the cursor is kept."""
        await asyncio.sleep(self.chance.uniform(0, 10))
        if watcher.task is not None and not watcher.task.done():
            watcher.task.cancel()
            await asyncio.wait({watcher.task})
            await asyncio.sleep(self.chance.uniform(0, 10))
            self.deployment.watch_on(watcher)
            self.seen["came back"] += 1

    async def _answer(self, watcher: Watcher) -> None:
        """Answer what the run asks, unless its worker was lost."""
        await watcher.until_asked()
        await asyncio.sleep(self.chance.uniform(0, 5))
        path = f"/inputs/{watcher.view.stream.inputs[0].input_id}"
        await self._steer(watcher, path.lstrip("/"), action="accept", value="left")

    async def _steer(self, watcher: Watcher, verb: str, **body: Any) -> None:
        path = f"/v1/runs/{watcher.run_id}/{verb}"
        answer = await self._call(lambda: self.deployment.post(path, self.any_node(), **body))
        self.seen[f"{verb.partition('/')[0]} {answer.status_code}"] += 1
        await asyncio.sleep(0.5)

    async def _log_of(self, run_id: str) -> list[Event]:
        found: list[Event] = []

        async def look() -> httpx2.Response:
            found[:] = await self.deployment.events(run_id, self.any_node())
            return httpx2.Response(200)

        await self._call(look)
        return found

    async def _call(self, call: Callable[[], Awaitable[httpx2.Response]]) -> httpx2.Response:
        """What a node answers, asked again while none does."""
        for _ in range(TRIES):
            try:
                answer = await call()
                if answer.status_code not in (429, 503):
                    return answer
            except (httpx2.HTTPError, AssertionError, IndexError):
                pass
            self.seen["called again"] += 1
            await asyncio.sleep(0.5)
        raise TimeoutError("no node answered")

    def _judge(self, watcher: Watcher, events: list[Event]) -> None:
        """Count what must not be."""
        whole = fold(RunView.start("Why?"), events)
        seqs = [each.item.seq for each in watcher.arrivals if each.item.type != "snapshot"]
        self.seen[f"ended {whole.stream.outcome}"] += 1
        self.seen["events shown"] += len(seqs)
        wrong = {
            "DOUBLED events": len(seqs) - len(set(seqs)),
            "LOST texts": int(watcher.view.message.answer != whole.message.answer),
            "NOT ONE done": int(sum(isinstance(event, DoneEvent) for event in events) != 1),
            "BROKEN rules": int(bool(check(events))),
        }
        self.seen.update(wrong)
        if any(wrong.values()):
            self.reasons.append(f"run {watcher.run_id}: {wrong} {check(events)}")
