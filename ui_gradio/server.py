"""The server of the Gradio application: only the addresses that its pages use, and the guard in front of them."""

import socket
import warnings
from collections.abc import Iterable
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from backend.doors.body_limit import BodyLimit
from backend.doors.connections import capped_connections, most_connections, raise_file_limit
from backend.doors.forwarded import Forwarded
from backend.doors.guard import Guard
from backend.doors.limits import FORM_BYTES, MAX_EVENT_BYTES, MAX_RECORDING_BYTES
from backend.doors.open_routes import OpenRoutes
from backend.doors.public_address import DIRECT, PublicAddress

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


def guarded_app(
    application: gr.Blocks,
    *,
    files: str,
    allowed_hosts: Iterable[str] = (),
    public_address: PublicAddress = DIRECT,
    **appearance: Any,
) -> ASGIApp:
    """Gradio's app behind the guard.

    ``files`` is the folder that Gradio keeps its files in, ``appearance`` the look of its pages (theme, head, css).
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
    pages = [f"GET /{path}{end}" for path, *_ in application.pages if path for end in ("", "/")]
    limits = {_UPLOAD: MAX_RECORDING_BYTES + FORM_BYTES}
    app: ASGIApp = BodyLimit(mounted, default=MAX_EVENT_BYTES, limits=limits)
    app = OpenRoutes(app, [*_ROUTES, *pages, f"GET /gradio_api/file={files}/*"])
    hosts = (*allowed_hosts, *public_address.hosts)
    return Guard(Forwarded(app, address=public_address, allowed_hosts=hosts), allowed_hosts=hosts)


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


def serve_app(app: ASGIApp, port: int) -> None:
    """Serve on loopback until SIGINT or SIGTERM, which is raised again in the end."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http=capped_connections(most_connections(raise_file_limit())),
        ws="websockets-sansio",
        # Pages only listen.
        ws_max_size=1024,
        log_level="warning",
        # Who is a proxy is for the operator to say: see ``Forwarded``.
        proxy_headers=False,
    )
    PageServer(config).run()
