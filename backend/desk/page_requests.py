"""What the pages' script asks of the server of the pages, beside the room: who is there, feedback, and the
links of a run.

Both UIs have it, so that the dialogue is the same in both and neither framework knows of it. The guard and the door in
front have refused other sites and strangers, and the calls of the backend are made for the person who signed in.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.client.errors import ClientError
from backend.client.run_client import RunClient
from backend.desk.feedback import RunFeedback
from backend.desk.person import person_on_page
from backend.desk.sharing import Sharing, ShownShares
from backend.doors.forwarded import route_path

SHARES: Final = "/shares"
"""The address of the links of a run, which is its parameter ``run``."""

WHO: Final = "/who"
"""The address of who is in front of the page; its parameter ``share`` is the share that the page is of."""

FEEDBACK: Final = "/feedback"
"""The address that takes feedback on a run."""

PAGE_ROUTES: Final = (f"GET {WHO}", f"POST {FEEDBACK}", *(f"{method} {SHARES}" for method in ("GET", "POST", "DELETE")))
"""The addresses as a UI opens them."""

LARGEST_REQUEST: Final = 16 * 1024
"""In bytes."""

_Answer = Callable[[Request], Awaitable[Response]]


class PageRequests:
    """ASGI middleware: answers those requests for the backend at ``backend``, and passes everything else on."""

    def __init__(self, app: ASGIApp, backend: str, public_url: str = "") -> None:
        """``public_url`` is the address at which people reach the pages, for links that are sent to others; empty where
        it is the one in the browser."""
        self._app = app
        self._client = RunClient(backend)
        self._sharing = Sharing(self._client)
        self._feedback = RunFeedback(self._client)
        self._public_url = public_url.rstrip("/")
        self._answers: dict[tuple[str, str], _Answer] = {
            ("GET", WHO): self._say_who,
            ("POST", FEEDBACK): self._give_feedback,
            ("GET", SHARES): self._list_shares,
            ("POST", SHARES): self._make_share,
            ("DELETE", SHARES): self._withdraw_share,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        answer = self._answers.get((scope["method"], route_path(scope))) if scope["type"] == "http" else None
        if answer is None:
            await self._app(scope, receive, send)
            return
        response = await answer(Request(scope, receive))
        response.headers["Cache-Control"] = "no-store"
        await response(scope, receive, send)

    async def _say_who(self, request: Request) -> Response:
        try:
            return JSONResponse(asdict(await person_on_page(self._client, request.query_params.get("share", ""))))
        except ClientError as error:
            return Response(error.sentence, 502, media_type="text/plain")

    async def _give_feedback(self, request: Request) -> Response:
        said = await _fields(request)
        return _unreadable() if said is None else JSONResponse((await self._feedback.give(said)).as_json())

    async def _list_shares(self, request: Request) -> Response:
        return self._shares(await self._sharing.list(request.query_params.get("run", "")))

    async def _make_share(self, request: Request) -> Response:
        wanted = await _fields(request)
        return _unreadable() if wanted is None else self._shares(await self._sharing.make(wanted))

    async def _withdraw_share(self, request: Request) -> Response:
        named = request.query_params
        return self._shares(await self._sharing.withdraw(named.get("run", ""), named.get("share", "")))

    def _shares(self, shown: ShownShares) -> Response:
        return JSONResponse({**shown.as_json(), "pages": self._public_url})


def _unreadable() -> Response:
    return Response("Send JSON.", 422, media_type="text/plain")


async def _fields(request: Request) -> dict[str, Any] | None:
    """The JSON object that was sent; None where there is none, or it is too large."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REQUEST:
            return None
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None
