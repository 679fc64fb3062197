"""What the pages of a UI may load and run: a Content-Security-Policy, made for each page that is served.

A framework writes scripts into its page. Each of them is allowed by its digest, so that a script or a handler that got
into the page in another way does not run.
"""

import base64
import gzip
import hashlib
import re
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE: Final = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_CONDITIONS: Final = (b"if-none-match", b"if-modified-since")
_NOT_MODIFIED: Final = 304
_MOST_KNOWN: Final = 16


def script_digests(html: str | bytes) -> tuple[str, ...]:
    """The source expressions that allow exactly the scripts that stand in this HTML."""
    found = _INLINE.findall(html.encode() if isinstance(html, str) else html)
    return tuple(dict.fromkeys(map(_digest, found)))


def _digest(script: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


class PagePolicy:
    """ASGI middleware: every page gets a policy with the digests of its own scripts."""

    def __init__(self, app: ASGIApp, *, scripts: Iterable[str] = ()) -> None:
        """``scripts`` are further sources of scripts that the pages need, as ``script-src`` has them."""
        self._app = app
        self._scripts = tuple(scripts)
        self._known: dict[str, tuple[str, ...]] = {}
        """The digests of the pages that were sent, by their tags: a browser that has one is sent its policy alone."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a page is sent once it is complete."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        if asked.get("if-none-match", "") not in self._known and "text/html" in asked.get("accept", ""):
            scope = {**scope, "headers": [each for each in scope["headers"] if each[0].lower() not in _CONDITIONS]}
        page = _Page(send, asked.get("host", ""), self._scripts, self._known)
        await self._app(scope, receive, page.send)


class _Page:
    """The answer to one request, kept until its end if it is HTML."""

    def __init__(self, send: Send, host: str, scripts: tuple[str, ...], known: dict[str, tuple[str, ...]]) -> None:
        self._send = send
        self._host = host
        self._scripts = scripts
        self._known = known
        self._start: Message | None = None
        self._body: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is not None:
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send_page(self._start, b"".join(self._body))
        else:
            tag = _tag(message) if message.get("status") == _NOT_MODIFIED else ""
            await self._send(self._placed(message, self._known[tag]) if tag in self._known else message)

    async def _send_page(self, start: Message, body: bytes) -> None:
        packed = Headers(raw=start["headers"]).get("content-encoding") == "gzip"
        digests = script_digests(gzip.decompress(body) if packed else body)
        if tag := _tag(start):
            while len(self._known) >= _MOST_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[tag] = digests
        await self._send(self._placed(start, digests))
        await self._send({"type": "http.response.body", "body": body})

    def _placed(self, start: Message, digests: tuple[str, ...]) -> Message:
        start = {**start, "headers": list(start["headers"])}
        MutableHeaders(scope=start).append("Content-Security-Policy", self._policy(digests))
        return start

    def _policy(self, digests: tuple[str, ...]) -> str:
        # Not every browser takes 'self' for the WebSockets of the same host.
        sockets = f"ws://{self._host} wss://{self._host}"
        return "; ".join(
            (
                "default-src 'none'",
                " ".join(("script-src 'self'", *self._scripts, *digests)),
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data: blob:",
                "font-src 'self' data:",
                f"connect-src 'self' {sockets}",
                "manifest-src 'self'",
            )
        )


def _is_page(start: Message) -> bool:
    headers = Headers(raw=start.get("headers", []))
    # A file that somebody uploaded may be HTML: it is saved and not shown, and no script of it is allowed.
    is_html = headers.get("content-type", "").startswith("text/html") and "content-disposition" not in headers
    return is_html and start["status"] != _NOT_MODIFIED


def _tag(start: Message) -> str:
    return Headers(raw=start.get("headers", [])).get("etag", "")
