"""The line to a foreign agent: a connection for each run, which ends with it."""

import ssl
from functools import cache

import httpx2

CONNECT_TIMEOUT_S = 10.0


@cache
def tls() -> ssl.SSLContext:
    """What TLS needs: making it takes 50 ms, in which no other run would go on."""
    return httpx2.create_ssl_context()


def new_line() -> httpx2.AsyncClient:
    """A client for one run. It may wait for ever, since a run has limits of its own; loopback takes no proxy."""
    return httpx2.AsyncClient(
        verify=tls(),
        timeout=httpx2.Timeout(None, connect=CONNECT_TIMEOUT_S),
        mounts={"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None},
    )
