"""The connection to a foreign agent: one for each run, which ends with it."""

import ssl
from functools import cache

import httpx2

CONNECT_TIMEOUT_S = 10.0


@cache
def tls() -> ssl.SSLContext:
    """The TLS context: making it takes 50 ms, during which no other run could continue."""
    return httpx2.create_ssl_context()


def new_client() -> httpx2.AsyncClient:
    """A client for one run. It may wait forever, since a run has limits of its own; loopback uses no proxy."""
    return httpx2.AsyncClient(
        verify=tls(),
        timeout=httpx2.Timeout(None, connect=CONNECT_TIMEOUT_S),
        mounts={"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None},
    )
