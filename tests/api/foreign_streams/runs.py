"""What tests of foreign clients ask of the server beside the dialect: the run's log, and the bytes it stands for."""

import json
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import httpx2

from backend.api.foreign_streams import answered
from backend.dialects.encoding.encoder import AnsweredRun
from backend.protocol.cursor import START
from backend.protocol.events import Event
from tests.api.backend_server import BackendServer

RUN_ID = "x-playhead-run-id"


def events_of(backend: BackendServer, run_id: str) -> list[Event]:
    """The events of the run so far."""

    async def read() -> list[Event]:
        return list(await backend.services.store.events(run_id))

    return backend.call(read)


def identity_of(backend: BackendServer, run_id: str) -> AnsweredRun:
    """What its encoder is told of the run."""

    async def read() -> AnsweredRun:
        return answered(await backend.services.store.record(run_id))

    return backend.call(read)


def wait_for_event(backend: BackendServer, run_id: str, seq: int) -> None:
    """Return once the log holds the event."""

    async def read() -> None:
        async with aclosing(backend.services.store.follow(run_id, START)) as batches:
            async for batch in batches:
                if batch.cursor.seq >= seq:
                    return

    if seq > 0:
        backend.call(read)


def wait_until_ended(backend: BackendServer, run_id: str) -> None:
    """Return once the run is over."""
    backend.call(lambda: backend.services.supervisor.ended(run_id))


def run_now(client: httpx2.Client, run_id: str) -> dict[str, Any]:
    """The run and its view, as our own API gives it."""
    found = client.get(f"/v1/runs/{run_id}").json()
    assert isinstance(found, dict)
    return found


def answer_of(client: httpx2.Client, run_id: str) -> str:
    """The answer that our own clients have."""
    return str(run_now(client, run_id)["view"]["message"]["answer"])


class OpenStream:
    """A response that is read piece by piece."""

    def __init__(self, response: httpx2.Response) -> None:
        self.run_id = response.headers[RUN_ID]
        self.headers = response.headers
        self._chunks = response.iter_raw()
        self._held = b""

    def read(self, count: int) -> bytes:
        """The next so many bytes."""
        while len(self._held) < count:
            self._held += next(self._chunks)
        taken, self._held = self._held[:count], self._held[count:]
        return taken

    def read_until(self, part: bytes) -> bytes:
        """Everything up to the block that holds these bytes, with that block."""
        while part not in self._held or b"\n\n" not in self._held[self._held.index(part) :]:
            self._held += next(self._chunks)
        return self.read(self._held.index(b"\n\n", self._held.index(part)) + 2)

    def rest(self) -> bytes:
        """Everything up to the end."""
        return self._held + b"".join(self._chunks)


@contextmanager
def opened(client: httpx2.Client, method: str, path: str, body: dict[str, Any] | None = None) -> Iterator[OpenStream]:
    """A stream, whose connection is cut where the context is left."""
    content = None if body is None else json.dumps(body)
    headers = {} if body is None else {"Content-Type": "application/json"}
    with client.stream(method, path, content=content, headers=headers) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield OpenStream(response)
