"""A listener behind a reverse proxy: what the proxy says of the request, and the path below which the pages are.

Inside this middleware a request looks as the browser sent it: its scheme, its host, and ``root_path`` with a ``path``
that begins with it, as ASGI has them. It does not matter whether the proxy takes the prefix away or leaves it. What
anyone but a trusted proxy says with such headers is removed, since the frameworks of the UIs would believe it.
"""

from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.doors.hosts import KnownHosts, host_name
from backend.doors.public_address import PublicAddress, path_prefix
from backend.doors.refusal import Answer, Refusal, plain_text, refuse

_SAID_BY_PROXIES = frozenset(
    {b"forwarded", b"x-forwarded-prefix", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-server"}
    | {b"x-forwarded-port", b"x-forwarded-for", b"x-forwarded-scheme", b"x-script-name", b"x-gradio-server"}
)
FORWARDED: Final = "playhead.forwarded"
"""In the scope of a request: whether a proxy passed it on, as far as its headers say."""

_SECURE = {"http": "https", "ws": "wss", "https": "https", "wss": "wss"}
_PLAIN = {secure: plain for plain, secure in (("http", "https"), ("ws", "wss"))}


def route_path(scope: Scope) -> str:
    """The path of a request below the root path, which is what rules about paths are written for."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] or "/" if root and _is_below(path, root) else path


class Forwarded:
    """Puts into the scope where the request came from, and has event streams pass proxies unbuffered."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        address: PublicAddress,
        allowed_hosts: Iterable[str] = (),
        answer: Answer = plain_text,
    ) -> None:
        """``allowed_hosts`` are answered to besides loopback, also where a proxy names them."""
        self._app = app
        self._address = address
        self._hosts = KnownHosts((*allowed_hosts, *address.hosts))
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse a host that a trusted proxy names and the operator does not."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        peer = scope.get("client")
        trusted = peer is not None and self._address.trusts(peer[0])
        said = any(name.lower() in _SAID_BY_PROXIES for name, _ in scope["headers"])
        scope = {
            **scope,
            FORWARDED: said,
            "headers": [each for each in scope["headers"] if each[0].lower() not in _SAID_BY_PROXIES],
        }
        prefix = self._address.prefix
        if trusted:
            host = _last(headers, "x-forwarded-host")
            if host and host_name(host) not in self._hosts:
                await refuse(self._answer, _foreign(host), scope, receive, send)
                return
            prefix = _prefix(headers) or prefix
            scope = _as_seen(scope, _last(headers, "x-forwarded-proto"), host)
            sender = _last(headers, "x-forwarded-for")
            if sender:
                scope = {**scope, "client": (sender, 0)}
        await self._app(_below(scope, prefix), receive, _unbuffered(send))


def _last(headers: Headers, name: str) -> str:
    """What the nearest proxy says: each adds itself at the end."""
    return ", ".join(headers.getlist(name)).rpartition(",")[2].strip()


def _prefix(headers: Headers) -> str:
    try:
        return path_prefix(_last(headers, "x-forwarded-prefix"))
    except ValueError:
        return ""


def _as_seen(scope: Scope, proto: str, host: str) -> Scope:
    scheme: str = scope["scheme"]
    if proto.lower() in ("https", "wss"):
        scheme = _SECURE.get(scheme, scheme)
    elif proto.lower() in ("http", "ws"):
        scheme = _PLAIN.get(scheme, scheme)
    headers = scope["headers"]
    if host:
        headers = [*(each for each in headers if each[0].lower() != b"host"), (b"host", host.encode("latin-1"))]
    return {**scope, "scheme": scheme, "headers": headers}


def _below(scope: Scope, prefix: str) -> Scope:
    """The scope of the same request below the prefix, which its path may have already."""
    if not prefix:
        return scope
    path: str = scope["path"]
    if _is_below(path, prefix):
        return {**scope, "root_path": prefix}
    raw = scope.get("raw_path")
    raw = raw if raw is None else prefix.encode("ascii") + raw
    return {**scope, "root_path": prefix, "path": prefix + path, "raw_path": raw}


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


def _foreign(host: str) -> Refusal:
    return Refusal(
        421,
        "wrong-host",
        f"The proxy forwards a request for '{host_name(host) or 'an unreadable name'}', which is not this server: "
        "start it with --public-url, or with --allow-host for that name.",
    )


def _unbuffered(send: Send) -> Send:
    """Ask the proxy to pass an event stream on as it comes: by default nginx collects some kilobytes first."""

    async def send_unbuffered(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name.lower(), value) for name, value in message.get("headers", ())]
            streams = any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in headers)
            if streams and not any(name == b"x-accel-buffering" for name, _ in headers):
                message = {**message, "headers": [*message.get("headers", ()), (b"x-accel-buffering", b"no")]}
        await send(message)

    return send_unbuffered
