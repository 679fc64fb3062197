"""The connection to a foreign agent: one for each run, which ends with it."""

import httpx2

from backend.network import http_client

CONNECT_TIMEOUT_S = 10.0


def new_client() -> httpx2.AsyncClient:
    """A client for one run. It may wait forever, since a run has limits of its own."""
    return http_client.new_client(timeout=httpx2.Timeout(None, connect=CONNECT_TIMEOUT_S))
