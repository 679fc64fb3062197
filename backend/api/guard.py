"""What a server on loopback needs against web pages: a DNS name rebound to it, and a form or script of another site.

There is no CORS: no page of another origin can read an answer. These checks keep it from reaching the API at all.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.api.problems import RequestProblem, problem_response

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without a port, means this machine and nothing else."""
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class OriginGuard:
    """Refuses a Host that is not this server (421) and a change asked for by a page of another site (403)."""

    def __init__(self, app: ASGIApp, bound_host: str) -> None:
        self._app = app
        self._bound_host = bound_host.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a problem."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        problem = self._problem(scope)
        if problem is None:
            await self._app(scope, receive, send)
        else:
            await problem_response(scope["path"], problem)(scope, receive, send)

    def _problem(self, scope: Scope) -> RequestProblem | None:
        headers = Headers(scope=scope)
        host = _host_of(f"//{headers.get('host', '')}")
        if not self._is_ours(host):
            return RequestProblem(
                421,
                "wrong-host",
                f"The Host header names {host or 'nothing'!r}, which is not this server: call it by its own address.",
            )
        if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
            return None
        origin = headers.get("origin")
        foreign = origin is not None and not self._is_ours(_host_of(origin))
        if foreign or headers.get("sec-fetch-site") == "cross-site":
            return RequestProblem(
                403,
                "cross-site",
                "A page of another site may not change anything here: send the request without a browser, "
                "or from a page of this machine.",
            )
        return None

    def _is_ours(self, host: str) -> bool:
        return bool(host) and (is_loopback(host) or host == self._bound_host)


def _host_of(address: str) -> str:
    """The host in ``//host:port`` or in an origin; empty where there is none, as in the origin ``null``."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
