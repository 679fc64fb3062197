"""The faults of a soak, one after the other, and how long each takes to be over."""

import asyncio
import signal
import subprocess
import time
from bisect import bisect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.soak.link import Link
from benchmarks.soak.visitors import Visitors
from tests.faults.deployment import Deployment, Part
from tests.redis_server import RedisServer

CALM_S: Final = 10.0
"""The pause between a fault that is over and the next one."""

PROBE_S: Final = 60.0
"""After this time without an answer a fault counts as never over."""


@dataclass
class Hurts:
    """Hurts the second web node, the second worker and Redis; the first ones live for the whole soak."""

    visitors: Visitors
    deployment: Deployment
    redis: RedisServer
    web_link: Link
    worker_link: Link
    lease_s: float
    slots: int
    times: dict[str, list[float]] = field(default_factory=dict)
    """Seconds from the fault to the first word of a question that is asked at once."""
    began: list[tuple[float, str]] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    async def hurt_until(self, end: float) -> None:
        """One fault after the other, each when the one before is over."""
        lease_s = self.lease_s
        faults: list[tuple[str, Callable[[], Coroutine[Any, Any, None]]]] = [
            ("a worker is killed", self._kill_worker),
            ("a web node is killed", self._kill_web),
            ("Redis is killed and started", self._restart_redis),
            ("a worker's network is cut for half a lease", lambda: self._cut(self.worker_link, lease_s / 2)),
            ("a worker's network is cut for 2 leases", lambda: self._cut(self.worker_link, 2 * lease_s)),
            ("a web node's network is cut for a lease", lambda: self._cut(self.web_link, lease_s)),
            ("what a worker sends is swallowed for 2 leases", self._swallow),
            ("a worker stands still for 2 leases", self._freeze_worker),
            ("Redis stands still for half a lease", self._freeze_redis),
            ("a worker is asked to stop", self._stop_worker),
            ("a web node is asked to stop", self._stop_web),
        ]
        at = 0
        while time.monotonic() + CALM_S < end:
            await asyncio.sleep(CALM_S)
            await self._replace()
            try:
                await self._fault(*faults[at % len(faults)])
            except Exception as error:  # noqa: BLE001 - the others are worth their rows
                self.visitors.seen["faults that could not be done"] += 1
                self.visitors.reasons.append(f"{faults[at % len(faults)][0]}: {type(error).__name__} {error}")
            at += 1

    def known_after(self, name: str) -> list[float]:
        """Seconds from a fault of that name to the moment at which a watcher saw that the run had lost its worker."""
        starts = [at for at, _ in self.began]
        found = []
        for seen in self.visitors.lost_at:
            before = bisect(starts, seen) - 1
            if before >= 0 and self.began[before][1] == name:
                found.append(seen - starts[before])
        return found

    async def _fault(self, name: str, hurt: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do it, and wait until a new question is answered; then replace what was ended."""
        began = time.monotonic()
        self.began.append((began, name))
        hurting = asyncio.create_task(hurt())
        await asyncio.sleep(0)
        try:
            async with asyncio.timeout(PROBE_S):
                probe = await self.visitors.ask("long")
                await probe.until(tokens=1)
            over_after = time.monotonic() - began
            self.visitors.leave(probe)
        except TimeoutError:
            over_after = float("inf")
        self.times.setdefault(name, []).append(over_after)
        print(f"{time.monotonic() - self.since:6.0f} s  {name}: {over_after:.1f} s", flush=True)  # noqa: T201
        await hurting
        await self._replace()

    async def _replace(self) -> None:
        """Have two nodes of each kind again."""
        missing = 2 - len(self.deployment.web), 2 - len(self.deployment.workers)
        web, workers = (self.web_link.url,) * missing[0], (self.worker_link.url,) * missing[1]
        if web or workers:
            try:
                await self.deployment.start(web=web, workers=workers, slots=self.slots)
            except (AssertionError, TimeoutError) as error:
                # A node that does not start is started again, as systemd would do.
                self.visitors.seen["nodes started again"] += 1
                self.visitors.reasons.append(f"a node did not start: {error}")

    async def _kill_worker(self) -> None:
        self.deployment.workers.pop().kill()

    async def _kill_web(self) -> None:
        self.deployment.web.pop().kill()

    async def _stop_worker(self) -> None:
        await self._stop(self.deployment.workers.pop())

    async def _stop_web(self) -> None:
        await self._stop(self.deployment.web.pop())

    async def _stop(self, part: Part) -> None:
        part.send(signal.SIGTERM)
        try:
            await asyncio.to_thread(part.process.wait, PROBE_S)
        except subprocess.TimeoutExpired:
            self.visitors.seen["NODES THAT DID NOT STOP"] += 1
            part.send(signal.SIGUSR1)
            await asyncio.sleep(1)
            part.kill()

    async def _restart_redis(self) -> None:
        self.redis.kill()
        await asyncio.to_thread(self.redis.start)

    async def _cut(self, link: Link, seconds: float) -> None:
        link.cut()
        await asyncio.sleep(seconds)
        link.mend()

    async def _swallow(self) -> None:
        self.worker_link.swallow()
        await asyncio.sleep(2 * self.lease_s)
        self.worker_link.mend()

    async def _freeze_worker(self) -> None:
        self.deployment.workers[-1].send(signal.SIGSTOP)
        await asyncio.sleep(2 * self.lease_s)
        self.deployment.workers[-1].send(signal.SIGCONT)

    async def _freeze_redis(self) -> None:
        self.redis.freeze()
        await asyncio.sleep(self.lease_s / 2)
        self.redis.thaw()
