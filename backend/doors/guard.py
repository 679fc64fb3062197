"""A server on loopback needs a guard against web pages: a DNS name rebound to it, another site's script, form or frame.

A page of another site cannot read an answer anyway: the guard removes what a framework says to allow that. And it keeps
the server from acting on its requests at all.
"""

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.doors.hosts import KnownHosts, host_and_port, host_name, origin_name, page_origin
from backend.doors.refusal import Answer, Refusal, plain_text, refuse

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_CROSS_ORIGIN = b"access-control-"
"""How the headers begin that let pages of other origins read an answer. Gradio sends them to all, with credentials."""
_FRAME_OPTIONS = b"x-frame-options"
_REFERRER_POLICY = b"referrer-policy"
_TYPE_OPTIONS = b"x-content-type-options"
_PLACED = (
    (b"content-security-policy", b"frame-ancestors 'none'; object-src 'none'; base-uri 'self'; form-action 'self'"),
    (_FRAME_OPTIONS, b"DENY"),
    (_REFERRER_POLICY, b"no-referrer"),
    (_TYPE_OPTIONS, b"nosniff"),
)
"""Said of every response. A page's address may contain a share, which no site that a source links to is sent. What is
not said to be a page never becomes one."""


class Guard:
    """Refuses a Host that is not this server (421) and what a page of another site asks for (403), and forbids other
    pages to frame or read an answer.

    From another site only a navigation is taken: a person who follows a link. HTTP and WebSockets are treated alike.
    On a server without tokens every page of this machine counts as its own; with ``own_pages_only`` those of another
    port do not, since a person's sign-in would go with what they send.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed_hosts: Iterable[str] = (),
        own_pages_only: bool = False,
        public_url: str = "",
        answer: Answer = plain_text,
    ) -> None:
        """``allowed_hosts`` are answered to besides loopback. Raises ``ValueError`` for one that is not a host name.
        ``public_url`` is the address of the server's own pages where that is not the one in the request."""
        self._app = app
        self._hosts = KnownHosts(allowed_hosts)
        self._own_pages_only = own_pages_only
        self._public_origin = page_origin(public_url)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        send = _private(send)
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
        foreign = ("cross-site", "same-site") if self._own_pages_only else ("cross-site",)
        if any(site in foreign for site in headers.getlist("sec-fetch-site")):
            return None if _is_navigation(scope, headers) else _CROSS_SITE
        if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
            return None
        if all(self._is_own(origin, hosts[0]) for origin in headers.getlist("origin")):
            return None
        return _CROSS_SITE

    def _is_own(self, origin: str, host: str) -> bool:
        """Whether a page of that origin is one of this server's."""
        if not self._own_pages_only:
            return origin_name(origin) in self._hosts
        sent = page_origin(origin)
        return sent is not None and (sent[1:] == host_and_port(host, sent[0]) or sent == self._public_origin)


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


def _private(send: Send) -> Send:
    """Forbid other pages to read the response, or to show it inside theirs, where a person would click without seeing
    on what; and what no page here needs: plug-ins, another base for its addresses, forms and referrers for other
    sites."""

    async def send_private(message: Message) -> None:
        if message["type"] == "http.response.start":
            others = [header for header in message.get("headers", ()) if _is_kept(header[0].lower())]
            message = {**message, "headers": [*others, *_PLACED]}
        await send(message)

    return send_private


def _is_kept(header: bytes) -> bool:
    return header not in (_FRAME_OPTIONS, _REFERRER_POLICY, _TYPE_OPTIONS) and not header.startswith(_CROSS_ORIGIN)
