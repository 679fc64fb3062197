"""A real uvicorn on loopback, in a thread: for tests about time, cut connections and cancelling, which fakes hide."""

import socket
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

import uvicorn

from tests.prompt_stop import PromptStop

START_DEADLINE_S = 30.0
STOP_DEADLINE_S = 30.0


class _AnnouncingServer(PromptStop):
    """A uvicorn server that says when it accepts connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepting: Future[None] = Future()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.accepting.set_result(None)


class LiveServer:
    """Serves one ASGI app at ``url`` while its context is open.

    ``with LiveServer(app) as server: httpx2.get(server.url + "/healthz")``. Leaving the context closes the listener and
    gives open responses ``grace_s`` seconds before they are cancelled. Raises what the app's lifespan raised, or
    ``RuntimeError``, where the app does not start.
    """

    def __init__(self, app: Any, *, grace_s: int = 1, **uvicorn_options: Any) -> None:
        # asyncio turns Nagle's algorithm off only where the protocol is named: without it small writes wait 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        options: dict[str, Any] = {"log_config": None, "ws": "websockets-sansio", **uvicorn_options}
        self._server = _AnnouncingServer(uvicorn.Config(app, timeout_graceful_shutdown=grace_s, **options))
        self._thread = threading.Thread(target=self._serve, name=f"live-server-{self.port}", daemon=True)

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except SystemExit:
            self._server.accepting.set_exception(RuntimeError("the app did not start: see its log above"))
        except BaseException as error:
            if self._server.accepting.done():
                raise
            self._server.accepting.set_exception(error)
        finally:
            self._socket.close()

    def start(self) -> None:
        """Return when the server accepts connections."""
        self._thread.start()
        self._server.accepting.result(START_DEADLINE_S)

    def stop(self) -> None:
        """Return when the server is gone; calling it again does nothing."""
        self._server.tell_to_stop()
        if self._thread.is_alive():
            self._thread.join(STOP_DEADLINE_S)
            if self._thread.is_alive():
                message = f"the server on port {self.port} did not stop within {STOP_DEADLINE_S:g} s"
                raise TimeoutError(message)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
