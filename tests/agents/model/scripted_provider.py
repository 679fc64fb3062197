"""A provider on loopback that answers each request with the next reply of a script, over real HTTP."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Receive, Scope, Send

from tests.fakes import turn

SSE = {"content-type": "text/event-stream"}


@dataclass(frozen=True)
class Reply:
    """One reply. ``then`` is what follows the body: its end, a broken line, or nothing until the caller leaves."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: SSE)
    then: str = "end"
    piece: int = 0
    """Bytes that are sent at a time; 0 = all at once."""


def error(status: int, body: object, **headers: str) -> Reply:
    """A reply that refuses."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps(body).encode(), status, {"content-type": "application/json", **named})


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    body: Any


class ScriptedProvider:
    """The ASGI app. ``asked`` are the requests so far; ``reached`` is set by the first, ``gone`` once a caller has left
    a reply unfinished."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.asked: list[Asked] = []
        self.reached = threading.Event()
        self.gone = threading.Event()

    def script(self, *replies: Reply | bytes) -> None:
        """What to answer from now on, in turn; a request beyond it is refused with 418."""
        self.replies = [Reply(reply) if isinstance(reply, bytes) else reply for reply in replies]
        self.asked = []
        self.reached.clear()
        self.gone.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body = await _body_of(receive)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.asked.append(Asked(scope["path"], headers, json.loads(body) if body else None))
        self.reached.set()
        beyond = error(418, {"error": {"message": "the script has no more replies"}})
        reply = self.replies.pop(0) if self.replies else beyond
        await send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [(name.encode(), value.encode()) for name, value in reply.headers.items()],
            }
        )
        for start in range(0, len(reply.body), reply.piece or len(reply.body) or 1):
            piece = reply.body[start : start + (reply.piece or len(reply.body))]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            if reply.piece:
                await turn()
        if reply.then == "hold":
            while (await receive())["type"] != "http.disconnect":
                pass
            self.gone.set()
        elif reply.then == "break":
            # An app that raises within its reply makes the server close the line without the reply's end.
            raise ConnectionAbortedError
        else:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _body_of(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body
