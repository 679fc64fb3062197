"""Reading a server's streams byte for byte, with nothing in between that buffers, retries or tidies up."""

import http.client
import json
import socket
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2

from backend.protocol.sse import Decoder, Message
from tests.api.backend_server import DEADLINE_S

Frame = tuple[str, str, str]
"""The id, the type and the data of a message."""


def start(client: httpx2.Client, agent: str = "told:ordinary", **body: Any) -> str:
    """Start a run as soon as its agent is prepared; gives its id."""
    while (response := client.post("/v1/runs", json={"question": "Why?", "agent": agent, **body})).status_code == 503:
        assert response.json()["type"] == "urn:playhead:problem:agent-not-ready", response.text
    assert response.status_code == 201, response.text
    return str(response.json()["run_id"])


@contextmanager
def followed(client: httpx2.Client, run_id: str, cursor: str | None = None) -> Iterator[Iterator[Message]]:
    """The messages of a run behind the cursor, as they come. Leaving the context cuts the connection."""
    headers = {} if cursor is None else {"Last-Event-ID": cursor}
    with client.stream("GET", f"/v1/runs/{run_id}/events", headers=headers) as response:
        assert response.status_code == 200, response.read()
        yield messages(response.iter_raw())


def messages(chunks: Iterator[bytes]) -> Iterator[Message]:
    """The messages in a stream of bytes."""
    decoder = Decoder()
    for chunk in chunks:
        yield from decoder.feed(chunk)
    yield from decoder.close()


def frames(client: httpx2.Client, run_id: str, cursor: str | None = None) -> list[Frame]:
    """Every frame of a run behind the cursor, until its stream closes."""
    with followed(client, run_id, cursor) as stream:
        return [(message.id, message.event, message.data) for message in stream]


def first_frame(url: str, run_id: str, cursor: str) -> Frame:
    """The first frame behind the cursor, on a connection of its own that is cut as soon as the frame is there."""
    with raw_request(url, f"/v1/runs/{run_id}/events?after={cursor}") as connection:
        received = b""
        while b"\n\n" not in received.partition(b"\r\n\r\n")[2]:
            chunk = connection.recv(4096)
            assert chunk, received
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    # What comes before the block is the length of the chunk that holds it.
    message = Decoder().feed(body.partition(b"\r\n")[2])[0]
    return message.id, message.event, message.data


def finish(client: httpx2.Client, agent: str = "told:ordinary", **body: Any) -> tuple[str, list[Frame]]:
    """Start a run and follow it to its end; gives its id and its frames."""
    run_id = start(client, agent, **body)
    return run_id, frames(client, run_id)


def data_of(frame: Frame) -> dict[str, Any]:
    """The JSON of a frame."""
    found = json.loads(frame[2])
    assert isinstance(found, dict)
    return found


def raw_request(url: str, path: str, *, receive_buffer: int | None = None) -> socket.socket:
    """A connection that has asked for ``path`` and reads only what its test reads."""
    address = urlsplit(url)
    connection = socket.socket()
    if receive_buffer is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(DEADLINE_S)
    connection.connect((address.hostname, address.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    return connection


@contextmanager
def raw_response(connection: socket.socket) -> Iterator[http.client.HTTPResponse]:
    """The response on a raw connection, its headers read."""
    with closing(http.client.HTTPResponse(connection)) as response:
        response.begin()
        yield response


def reset(connection: socket.socket) -> None:
    """Break the connection off at once, as when a client is killed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
