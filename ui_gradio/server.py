"""The server of the Gradio application: only the addresses that its pages use, and the guard in front of them."""

import socket
import warnings
from collections.abc import Iterable
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from backend.desk.page_requests import PAGE_ROUTES, PageRequests
from backend.desk.room_relay import LARGEST_SAYING, ROOM_ROUTE, RoomRelay
from backend.desk.sign_in import BackendAuthority
from backend.doors.body_limit import BodyLimit
from backend.doors.connections import capped_connections, most_connections, raise_file_limit
from backend.doors.forwarded import Forwarded
from backend.doors.guard import Guard
from backend.doors.limits import FORM_BYTES, MAX_EVENT_BYTES, MAX_RECORDING_BYTES
from backend.doors.open_routes import OpenRoutes
from backend.doors.page_policy import PagePolicy, script_digests
from backend.doors.public_address import DIRECT, PublicAddress
from backend.doors.sign_in.door import SignInDoor
from ui_gradio.light_sessions import lighten

_UPLOAD = "/gradio_api/upload"

_ROUTES = (
    "GET /",
    "GET /assets/*",
    "GET /static/*",
    "GET /theme.css",
    "GET /favicon.ico",
    "GET /manifest.json",
    # Both are streams, over WebSockets where the page can have them.
    "GET /gradio_api/heartbeat/*",
    "WEBSOCKET /gradio_api/heartbeat/*",
    "POST /gradio_api/queue/join",
    "GET /gradio_api/queue/data",
    "WEBSOCKET /gradio_api/queue/data",
    # An event that a newer one of the same page replaces.
    "POST /gradio_api/cancel",
    "POST /gradio_api/reset",
    # A page that has lost the server asks for it until the server is there again.
    "GET /gradio_api/app_id",
    f"POST {_UPLOAD}",
    "GET /gradio_api/upload_progress",
)
"""The addresses of Gradio that the pages use, besides their own and those of their files. Its named API and the
descriptions of it, its direct calls, its proxy, its monitoring and its login stay closed."""

_SCRIPTS = ("'unsafe-eval'",)
"""Gradio makes functions of the texts of the pages' own scripts (``js`` and ``js_on_load``)."""


def guarded_app(
    application: gr.Blocks,
    *,
    backend: str,
    files: str,
    allowed_hosts: Iterable[str] = (),
    cookie: str = "",
    public_address: PublicAddress = DIRECT,
    **appearance: Any,
) -> ASGIApp:
    """Gradio's app behind the guard.

    ``backend`` is the address that the pages' script reaches through this server, ``files`` the folder that Gradio
    keeps its files in, ``appearance`` the look of its pages (theme, head, css). With ``cookie``, the name of the UI's
    own, people sign in.
    """
    for event in application.fns.values():
        # Pages call their events by number, so that a name for other programs would only describe them to strangers.
        event.api_visibility = "private"
    mounted = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    with warnings.catch_warnings():
        # Gradio warns that it renders pages in the browser, which is intended.
        warnings.filterwarnings("ignore", "SSR mode", UserWarning)
        gr.mount_gradio_app(
            mounted,
            application,
            path="/",
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            ssr_mode=False,
            show_error=False,
            max_file_size=MAX_RECORDING_BYTES,
            **appearance,
        )
    # Gradio looks only then whether a file that an event names was uploaded. Without it everybody who reaches a page
    # reads, and deletes, what the server can.
    application.has_launched = True
    lighten(mounted, application)
    pages = [f"GET /{path}{end}" for path, *_ in application.pages if path for end in ("", "/")]
    limits = {_UPLOAD: MAX_RECORDING_BYTES + FORM_BYTES}
    script = PageRequests(RoomRelay(mounted, backend), backend, public_address.public_url)
    app: ASGIApp = BodyLimit(script, default=MAX_EVENT_BYTES, limits=limits)
    app = OpenRoutes(app, [*_ROUTES, ROOM_ROUTE, *PAGE_ROUTES, *pages, f"GET /gradio_api/file={files}/*"])
    app = PagePolicy(app, scripts=(*_SCRIPTS, *script_digests(appearance.get("head", ""))))
    hosts = (*allowed_hosts, *public_address.hosts)
    if cookie:
        app = SignInDoor(app, authority=BackendAuthority(backend), cookie=cookie, upload=_UPLOAD)
    app = Forwarded(app, address=public_address, allowed_hosts=hosts)
    return Guard(app, allowed_hosts=hosts, own_pages_only=bool(cookie), public_url=public_address.public_url)


class PageServer(uvicorn.Server):
    """A server that ends although its pages keep connections open."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and end those that are open."""
        for server in self.servers:
            server.close()
        for connection in self.server_state.connections:
            if connection.transport:
                connection.transport.abort()
        await super().shutdown(sockets)


def serve_app(app: ASGIApp, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM, which is raised again in the end."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=capped_connections(most_connections(raise_file_limit())),
        ws="websockets-sansio",
        # A page that is late with its drawing reads no ping, and would be cut off: Gradio loads it anew then. Pings are
        # sent all the same, for the proxies between.
        ws_ping_timeout=None,
        # On all other WebSockets the pages only listen.
        ws_max_size=LARGEST_SAYING,
        # Its lines go where the program's do.
        log_config=None,
        log_level="warning",
        # Who is a proxy is for the operator to say: see ``Forwarded``.
        proxy_headers=False,
    )
    PageServer(config).run()
