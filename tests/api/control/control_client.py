"""A client of the control channel that sends and reads messages one by one, with nothing in between."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.api.backend_server import DEADLINE_S


class Control:
    """One open connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.seen: list[dict[str, Any]] = []
        """Every message that was read, in order."""
        self._passed = 0
        """How many of them ``until`` has looked at."""

    def send(self, command_id: str, op: str, **fields: Any) -> None:
        """Send a command."""
        self.connection.send(json.dumps({"id": command_id, "op": op, **fields}))

    def next(self) -> dict[str, Any]:
        """The next message."""
        message = json.loads(self.connection.recv(DEADLINE_S))
        assert isinstance(message, dict)
        self.seen.append(message)
        return message

    def until(self, key: str, value: Any = None) -> dict[str, Any]:
        """The next message with that member, of that value if one is given, after what the last such call gave.

        It may have been read already: what a command causes can come before its reply."""
        while True:
            while self._passed < len(self.seen):
                message = self.seen[self._passed]
                self._passed += 1
                if key in message and (value is None or message[key] == value):
                    return message
            self.next()

    def call(self, command_id: str, op: str, **fields: Any) -> dict[str, Any]:
        """Send a command and read on to its reply: the ack, or the nack."""
        self.send(command_id, op, **fields)
        while True:
            message = self.next()
            if command_id in (message.get("ack"), message.get("nack")):
                return message

    def refused(self, command_id: str, op: str, **fields: Any) -> str:
        """The kind of problem that a command is refused with."""
        return str(self.call(command_id, op, **fields)["problem"]["type"]).rpartition(":")[2]

    def closed_with(self) -> int | None:
        """Read on to the end; gives the code that the server closed with, None where it dropped the connection."""
        try:
            while True:
                self.next()
        except ConnectionClosed as closed:
            return None if closed.rcvd is None else closed.rcvd.code

    def events(self, run: str) -> list[tuple[str, dict[str, Any]]]:
        """Every event of the run that was read so far, with its cursor."""
        return [(m["id"], m["event"]) for m in self.seen if m.get("run") == run and "event" in m]


@contextmanager
def raw_control(url: str, path: str, **options: Any) -> Iterator[Control]:
    """A connection to the control channel at ``path``, before its hello."""
    address = url.replace("http", "ws", 1) + path
    with connect(address, subprotocols=["playhead.v1"], proxy=None, compression=None, **options) as connection:  # type: ignore[list-item]
        assert connection.subprotocol == "playhead.v1"
        yield Control(connection)


@contextmanager
def control(url: str, session_id: str, name: str = "Ana") -> Iterator[Control]:
    """A connection to a conversation's control channel that has said hello."""
    with raw_control(url, f"/v1/sessions/{session_id}/control") as channel:
        assert channel.call("hello-first", "hello", participant={"name": name})["ack"] == "hello-first"
        yield channel
