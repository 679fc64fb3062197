"""The smallest deployment: one web node and one worker, which a test has to itself."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from backend.protocol.events import DoneEvent
from tests.faults.deployment import Deployment, Watcher, answer_of, warnings_of
from tests.faults.redis_link import RedisLink
from tests.redis_server import RedisServer


@asynccontextmanager
async def deployed(
    folder: Path,
    redis: RedisServer,
    links: int = 0,
    worker_environment: Mapping[str, str] | None = None,
    *,
    slots: int = 4,
    **more: Any,
) -> AsyncIterator[tuple[Deployment, list[RedisLink]]]:
    """One web node and one worker; the first link is the web node's, the second the worker's."""
    async with AsyncExitStack() as stack:
        made = [RedisLink(redis.port) for _ in range(links)]
        for link in made:
            await link.start()
            stack.push_async_callback(link.stop)
        deployment = Deployment(folder / "nodes", redis.url, worker_environment, **more)
        stack.push_async_callback(deployment.close)
        urls = [link.url for link in made] or ["", ""]
        await deployment.start(web=urls[:1], workers=urls[-1:], slots=slots)
        yield deployment, made


async def under_way(deployment: Deployment, count: int = 3) -> list[Watcher]:
    """Runs that are writing their answers."""
    watchers = [await deployment.ask("words") for _ in range(count)]
    for watcher in watchers:
        await watcher.until(tokens=6)
    return watchers


async def all_complete(deployment: Deployment, watchers: list[Watcher]) -> None:
    for watcher in watchers:
        events = await deployment.sound(watcher)
        assert isinstance(events[-1], DoneEvent)
        assert (events[-1].outcome, warnings_of(events)) == ("completed", [])
        assert answer_of(events).endswith("fifty")


async def all_interrupted(deployment: Deployment, watchers: list[Watcher], shown: list[str]) -> None:
    for watcher, before in zip(watchers, shown, strict=True):
        events = await deployment.sound(watcher)
        assert isinstance(events[-1], DoneEvent)
        assert (events[-1].outcome, warnings_of(events)) == ("interrupted", ["worker_lost"])
        assert answer_of(events).startswith(before)
