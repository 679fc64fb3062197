"""The server of the Streamlit page: only the addresses that it uses, and the guard in front of them."""

from collections.abc import Iterable
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from backend.doors.body_limit import BodyLimit
from backend.doors.forwarded import Forwarded
from backend.doors.guard import Guard
from backend.doors.limits import FORM_BYTES, MAX_RECORDING_BYTES
from backend.doors.open_routes import OpenRoutes
from backend.doors.public_address import DIRECT, PublicAddress
from backend.present.pages.addresses import TITLES

_UPLOAD = "/_stcore/upload_file"

_ROUTES = (
    "GET /",
    "GET /static/*",
    "GET /favicon.png",
    "GET /manifest.json",
    "GET /media/*",
    "GET /component/*",
    "GET /_stcore/bidi-components/*",
    "GET /_stcore/health",
    "GET /_stcore/host-config",
    "WEBSOCKET /_stcore/stream",
    f"PUT {_UPLOAD}/*",
    f"DELETE {_UPLOAD}/*",
)
"""The addresses of Streamlit that the pages use, besides their own. Its metrics, its interface for agents and its login
stay closed."""


def guarded_app(script: Path, *, allowed_hosts: Iterable[str] = (), public_address: PublicAddress = DIRECT) -> st.App:
    """Streamlit's app for a script, with the guard in front of it."""
    pages = [f"GET /{name}" for name in TITLES]
    hosts = (*allowed_hosts, *public_address.hosts)
    return st.App(
        script,
        middleware=[
            Middleware(Guard, allowed_hosts=hosts),
            Middleware(Forwarded, address=public_address, allowed_hosts=hosts),
            Middleware(OpenRoutes, routes=[*_ROUTES, *pages]),
            Middleware(BodyLimit, default=FORM_BYTES, limits={_UPLOAD: MAX_RECORDING_BYTES + FORM_BYTES}),
        ],
    )
