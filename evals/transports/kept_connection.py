"""A connection over HTTP/1.1 that is kept for the next request, as browsers and pooled clients keep theirs."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Any, Self

import h11

from backend.network.credentials import CREDENTIALS
from evals.wire.exchange import Address


@dataclass(frozen=True, slots=True)
class KeptReply:
    """An answer: its status and body, the moment just before the request's first byte was written, and that of its own
    end."""

    status: int
    sent_ns: int
    replied_ns: int
    body: bytes


class KeptConnection:
    """One connection, one request after the other."""

    def __init__(self, address: Address, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._address = address
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT)

    @classmethod
    async def open(cls, address: Address) -> Self:
        """Connect. Raises ``OSError``."""
        return cls(address, *await asyncio.open_connection(address.host, address.port))

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def post(self, path: str, body: dict[str, Any] | None = None) -> KeptReply:
        """A POST with its answer. Raises ``OSError`` and ``h11.RemoteProtocolError``."""
        content = json.dumps(body or {}).encode()
        headers = [
            ("Host", self._address.authority),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(content))),
            *CREDENTIALS.headers().items(),
        ]
        sent = self._http.send(h11.Request(method="POST", target=self._address.path + path, headers=headers)) or b""
        sent += self._http.send(h11.Data(data=content)) or b""
        sent += self._http.send(h11.EndOfMessage()) or b""
        sent_ns, status, received = perf_counter_ns(), 0, b""
        self._writer.write(sent)
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(65536))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                received += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                break
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionError("The server closed the connection.")
        replied_ns = perf_counter_ns()
        self._http.start_next_cycle()
        return KeptReply(status, sent_ns, replied_ns, received)
