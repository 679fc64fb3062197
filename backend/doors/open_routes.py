"""Which addresses of a UI's framework are open: those that its pages use. A framework serves many more."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from backend.doors.forwarded import route_path
from backend.doors.refusal import Answer, Refusal, plain_text, refuse

WEBSOCKET = "WEBSOCKET"
"""Stands for the method where the address takes a WebSocket."""


class OpenRoutes:
    """Answers 404 to everything that is not one of the routes."""

    def __init__(self, app: ASGIApp, routes: Iterable[str], *, answer: Answer = plain_text) -> None:
        """``routes``: a method and a path each, such as ``GET /assets/*``, where ``*`` stands for any further path.
        GET opens HEAD as well."""
        self._app = app
        self._answer = answer
        self._exact: set[tuple[str, str]] = set()
        self._starts: list[tuple[str, str]] = []
        for route in routes:
            method, _, path = route.partition(" ")
            if path.endswith("*"):
                self._starts.append((method, path.removesuffix("*")))
            else:
                self._exact.add((method, path))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket") or self._is_open(scope):
            await self._app(scope, receive, send)
        else:
            await refuse(self._answer, _CLOSED, scope, receive, send)

    def _is_open(self, scope: Scope) -> bool:
        path = route_path(scope)
        method = WEBSOCKET if scope["type"] == "websocket" else scope["method"].replace("HEAD", "GET")
        if (method, path) in self._exact:
            return True
        # A path that climbs out of its folder only begins like the route.
        return ".." not in path.split("/") and any(
            method == open_to and path.startswith(start) for open_to, start in self._starts
        )


_CLOSED = Refusal(404, "not-found", "There is no page at this address: open / instead.")
