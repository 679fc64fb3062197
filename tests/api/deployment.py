"""A deployment of many machines in this process: web nodes and workers of one Redis, each in a thread of its own."""

import asyncio
import itertools
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.agents.agent import AgentProvider
from backend.api.app import create_app
from backend.api.server import address_of, listen
from backend.many_machines import WebNode, WorkerNode
from backend.settings import RedisSettings, Settings
from tests.api.backend_server import DEADLINE_S, BackendServer, PromptServer

_deployments = itertools.count()


class WebServer(BackendServer):
    """A web node."""

    def __init__(self, data_dir: Path, shared: RedisSettings, **settings: Any) -> None:
        super().__init__(data_dir, **settings)
        self._shared = shared

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        web = WebNode(self.settings, self._shared)
        self.services = web.services
        with listen("127.0.0.1", 0) as listener:
            self.url = address_of(listener)
            self._server = PromptServer(
                create_app(self.services), stop=web.stop, started=lambda: self._ready.set_result(None)
            )
            async with web.running():
                await self._server.serve([listener])


class WorkerThread:
    """A worker, from its start until its context ends."""

    def __init__(self, node: WorkerNode) -> None:
        self.node = node
        self._ready: Future[None] = Future()
        self._asked = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=lambda: asyncio.run(self._work()), name="worker", daemon=True)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Take runs while inside."""
        self._thread.start()
        self._ready.result(DEADLINE_S)
        try:
            yield
        finally:
            self.stop()

    def stop(self) -> None:
        """Drain and stop, as on SIGTERM."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._asked.set)
            self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive(), "the worker did not stop"

    async def _work(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with self.node.running(lambda _: None):
            self._ready.set_result(None)
            await self._asked.wait()
            await self.node.drain()


@dataclass
class Deployment:
    """Web nodes and workers of one Redis, until the context ends."""

    folder: Path
    shared: RedisSettings
    _stack: ExitStack = field(default_factory=ExitStack)

    @classmethod
    @contextmanager
    def of(cls, redis_url: str, folder: Path, **shared: Any) -> Iterator["Deployment"]:
        """A deployment that nobody else uses, without a node."""
        settings = RedisSettings(redis_url, f"deployment-{next(_deployments)}", **{"lease_s": 2.0, **shared})
        deployment = cls(folder, settings)
        with deployment._stack:
            yield deployment

    def web(self, **settings: Any) -> WebServer:
        """One more web node."""
        return self._stack.enter_context(WebServer(self.folder, self.shared, **settings))

    def worker(self, providers: Iterable[AgentProvider], slots: int = 8, **settings: Any) -> WorkerThread:
        """One more worker."""
        options = Settings(data_dir=self.folder, max_concurrent_runs=slots, **settings)
        worker = WorkerThread(WorkerNode(options, self.shared, slots, providers))
        self._stack.enter_context(worker.running())
        return worker
