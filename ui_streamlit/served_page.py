"""Streamlit's page as it is served: with the style and script of the pages in it, before anything is drawn.

In the page's elements they would come with the first pass: what Streamlit draws before that would have another look and
move, and every pass would send them again.
"""

import gzip
from collections.abc import Collection
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.doors.forwarded import route_path
from backend.present.browser import page_script
from backend.present.theme.style import page_style_element
from ui_streamlit.component_files import component_links
from ui_streamlit.components import component_scripts
from ui_streamlit.style import page_style

_HEAD: Final = b"</head>"
_BODY: Final = b"</body>"
_CONDITIONS: Final = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
"""Headers that are about Streamlit's file, not about the page that is made of it."""


class ServedPage:
    """Puts style and script into the page at these paths."""

    def __init__(self, app: ASGIApp, *, paths: Collection[str]) -> None:
        self._app = app
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the page is sent once Streamlit has given all of it."""
        if scope["type"] != "http" or scope["method"] != "GET" or route_path(scope) not in self._paths:
            await self._app(scope, receive, send)
            return
        asked, parts = Headers(scope=scope), list[bytes]()
        start: Message | None = None

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            parts.append(message.get("body", b""))
            if start is not None and not message.get("more_body", False):
                await _send_page(start, b"".join(parts), asked, send)

        plain = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]
        await self._app({**scope, "headers": plain}, receive, collect)


async def _send_page(start: Message, body: bytes, asked: Headers, send: Send) -> None:
    headers = MutableHeaders(raw=list(start["headers"]))
    if start["status"] == 200 and _HEAD in body:
        page, packed, tag = _complete(body)
        del headers["last-modified"], headers["accept-ranges"]
        headers["etag"] = tag
        headers.add_vary_header("Accept-Encoding")
        if asked.get("if-none-match") == tag:
            del headers["content-length"]
            await send({"type": "http.response.start", "status": 304, "headers": headers.raw})
            await send({"type": "http.response.body", "body": b""})
            return
        body = page
        if "gzip" in asked.get("accept-encoding", ""):
            body, headers["content-encoding"] = packed, "gzip"
        headers["content-length"] = str(len(body))
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})


@lru_cache(maxsize=2)
def _complete(body: bytes) -> tuple[bytes, bytes, str]:
    """The page made of Streamlit's, the same packed, and its tag."""
    appearing = Path(__file__).with_name("appearing.js").read_text(encoding="utf-8")
    head = f"{component_links(body.decode())}<script>{appearing}</script>"
    # After the styles of Streamlit's components, which they put into the head.
    end = f"{page_style_element('auto')}{page_style()}<script>{page_script()}\n{component_scripts()}</script>"
    page = body.replace(_HEAD, head.encode() + _HEAD, 1).replace(_BODY, end.encode() + _BODY, 1)
    return page, gzip.compress(page), f'"{blake2b(page, digest_size=12).hexdigest()}"'
