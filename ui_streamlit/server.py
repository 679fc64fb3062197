"""The server of the Streamlit page: only the addresses that it uses, and the guard in front of them."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from backend.desk.page_requests import PAGE_ROUTES, PageRequests
from backend.desk.room_relay import ROOM_ROUTE, RoomRelay
from backend.desk.sign_in import BackendAuthority
from backend.doors.body_limit import BodyLimit
from backend.doors.forwarded import Forwarded
from backend.doors.guard import Guard
from backend.doors.limits import FORM_BYTES, MAX_RECORDING_BYTES
from backend.doors.open_routes import OpenRoutes
from backend.doors.page_policy import PagePolicy, script_digests
from backend.doors.public_address import DIRECT, PublicAddress
from backend.doors.sign_in.door import SignInDoor
from ui_streamlit.download import save_html
from ui_streamlit.pages import PAGES
from ui_streamlit.served_page import ServedPage

_HEALTH = "/_stcore/health"
_UPLOAD = "/_stcore/upload_file"

_ROUTES = (
    "GET /",
    "GET /static/*",
    "GET /favicon.png",
    "GET /manifest.json",
    "GET /media/*",
    "GET /component/*",
    "GET /_stcore/bidi-components/*",
    f"GET {_HEALTH}",
    "GET /_stcore/host-config",
    "WEBSOCKET /_stcore/stream",
    f"PUT {_UPLOAD}/*",
    f"DELETE {_UPLOAD}/*",
)
"""The addresses of Streamlit that the pages use, besides their own. Its metrics, its interface for agents and its login
stay closed."""

_SCRIPTS = ("blob:", "'wasm-unsafe-eval'")
"""Streamlit loads the script of a component from a blob, and its protocol computes in WebAssembly."""


def guarded_app(
    script: Path,
    *,
    backend: str,
    allowed_hosts: Iterable[str] = (),
    cookie: str = "",
    public_address: PublicAddress = DIRECT,
) -> st.App:
    """Streamlit's app for a script, with the guard in front of it. ``backend`` is the address that
    the pages' script reaches through this server. With ``cookie``, the name of the UI's own, people sign in."""
    pages = [f"GET /{name}" for name in PAGES]
    hosts = (*allowed_hosts, *public_address.hosts)
    door = partial(
        SignInDoor, authority=BackendAuthority(backend), cookie=cookie, open_paths=(_HEALTH,), upload=_UPLOAD
    )
    return st.App(
        script,
        middleware=[
            Middleware(Guard, allowed_hosts=hosts, own_pages_only=bool(cookie), public_url=public_address.public_url),
            Middleware(Forwarded, address=public_address, allowed_hosts=hosts),
            *([Middleware(door)] if cookie else []),
            Middleware(PagePolicy, scripts=(*_SCRIPTS, *script_digests(save_html(0)))),
            Middleware(OpenRoutes, routes=[*_ROUTES, ROOM_ROUTE, *PAGE_ROUTES, *pages]),
            Middleware(BodyLimit, default=FORM_BYTES, limits={_UPLOAD: MAX_RECORDING_BYTES + FORM_BYTES}),
            Middleware(PageRequests, backend=backend, public_url=public_address.public_url),
            Middleware(RoomRelay, backend=backend),
            Middleware(ServedPage, paths=["/", *(f"/{name}" for name in PAGES)]),
        ],
    )
