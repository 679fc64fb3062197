"""A server on loopback needs a guard against web pages: a DNS name rebound to it, another site's script, form or frame.

A page of another site cannot read an answer anyway, since no server here allows it to. The guard keeps the server from
acting on its requests at all.
"""

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.doors.hosts import KnownHosts, host_name, origin_name
from backend.doors.refusal import Answer, Refusal, plain_text, refuse

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FRAME_OPTIONS = b"x-frame-options"
_NO_FRAMES = ((b"content-security-policy", b"frame-ancestors 'none'"), (_FRAME_OPTIONS, b"DENY"))


class Guard:
    """Refuses a Host that is not this server (421) and what a page of another site asks for (403), and forbids framing.

    From another site only a navigation is taken: a person who follows a link. HTTP and WebSockets are treated alike.
    """

    def __init__(self, app: ASGIApp, *, allowed_hosts: Iterable[str] = (), answer: Answer = plain_text) -> None:
        """``allowed_hosts`` are answered to besides loopback. Raises ``ValueError`` for one that is not a host name."""
        self._app = app
        self._hosts = KnownHosts(allowed_hosts)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        send = _unframed(send)
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await refuse(self._answer, refusal, scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or host_name(hosts[0]) not in self._hosts:
            return _wrong_host(scope, hosts)
        if "cross-site" in headers.getlist("sec-fetch-site"):
            return None if _is_navigation(scope, headers) else _CROSS_SITE
        if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
            return None
        foreign = any(origin_name(origin) not in self._hosts for origin in headers.getlist("origin"))
        return _CROSS_SITE if foreign else None


_CROSS_SITE = Refusal(
    403,
    "cross-site",
    "A page of another site sent this request, and only pages of this machine may: open the address yourself, "
    "or send the request without a browser.",
)


def _wrong_host(scope: Scope, hosts: list[str]) -> Refusal:
    named = next((f"'{host_name(host)}'" for host in hosts if host_name(host)), "what the Host header names")
    server = scope.get("server")
    address = f", such as {server[0]}:{server[1]}" if server and server[1] else ""
    return Refusal(
        421,
        "wrong-host",
        f"This server does not answer to {named}: call it by its own address{address}, "
        "or start it with --allow-host for a name that leads to it.",
    )


def _is_navigation(scope: Scope, headers: Headers) -> bool:
    """Whether a person follows a link in a whole window: not a form, not a frame, not a part of a page."""
    return (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _unframed(send: Send) -> Send:
    """Forbid other pages to show the response inside theirs, where a person would click without seeing on what."""

    async def send_unframed(message: Message) -> None:
        if message["type"] == "http.response.start":
            others = [header for header in message.get("headers", ()) if header[0].lower() != _FRAME_OPTIONS]
            message = {**message, "headers": [*others, *_NO_FRAMES]}
        await send(message)

    return send_unframed
