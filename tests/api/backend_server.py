"""A whole backend in a thread, as ``playhead serve`` runs it: its own loop, its own server class, real sockets."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx2

from backend.agents.agent import AgentProvider
from backend.api.app import create_app
from backend.api.server import Server, address_of, listen
from backend.api.services import Services
from backend.network.http_client import tls
from backend.settings import Settings
from backend.wiring import build_services, running, stop
from tests.prompt_stop import PromptStop

T = TypeVar("T")

DEADLINE_S = 60.0
"""How long a test waits for what must come: generous, since it is only ever reached by a failure."""


class PromptServer(Server, PromptStop):
    """The server of ``playhead serve``, which stops at once when a test tells it to."""


class BackendServer:
    """Serves at ``url`` while its context is open. ``providers`` stand in for the installed ones."""

    def __init__(
        self,
        data_dir: Path,
        providers: Iterable[AgentProvider] | None = None,
        connections: int | None = None,
        **settings: Any,
    ) -> None:
        self.settings = Settings(data_dir=data_dir, port=0, **settings)
        self.url = ""
        self.services: Services
        self._providers = providers
        self._connections = connections
        self._ready: Future[None] = Future()
        self._server: PromptServer
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=self._run, name="backend-server", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.result(DEADLINE_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop as on SIGTERM; return when everything is closed."""
        self._server.tell_to_stop()
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive(), "the backend did not stop"

    def call(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine on the server's loop and give its result."""
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(DEADLINE_S)

    def client(self) -> httpx2.Client:
        """A new client of the server."""
        return httpx2.Client(base_url=self.url, timeout=DEADLINE_S, trust_env=False, verify=tls())

    def connections(self) -> list[Any]:
        """The protocols of the connections that uvicorn holds."""
        return list(self._server.server_state.connections)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.services = build_services(self.settings, self._providers)
        with listen("127.0.0.1", 0) as listener:
            self.url = address_of(listener)
            self._server = PromptServer(
                create_app(self.services),
                stop=lambda: stop(self.services),
                started=lambda: self._ready.set_result(None),
                connections=self._connections,
            )
            async with running(self.services):
                await self._server.serve([listener])
