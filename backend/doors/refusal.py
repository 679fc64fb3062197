"""How a request is refused: one sentence that says what to do, in the form that the listener's callers read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

POLICY_VIOLATION = 1008
"""The code that closes a WebSocket where the server cannot answer its handshake."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused. ``slug`` names the kind, for programs; ``members`` are facts that go with it."""

    status: int
    slug: str
    sentence: str
    members: Mapping[str, Any] = field(default_factory=dict)


Answer = Callable[[str, Refusal], ASGIApp]
"""Makes the response to a call of a path, which is refused."""


def plain_text(path: str, refusal: Refusal) -> ASGIApp:
    """The sentence alone, for a person in front of a browser."""
    # Browsers must not take the sentence, which quotes the request, for a page.
    return PlainTextResponse(f"{refusal.sentence}\n", refusal.status, {"X-Content-Type-Options": "nosniff"})


async def refuse(answer: Answer, refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer an HTTP request or a WebSocket's handshake with a refusal."""
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": refusal.slug})
    else:
        await answer(scope["path"], refusal)(scope, receive, send)
