"""The connections to the provider: one HTTP client for all runs, whose replies end with the run that asked for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar

import httpx2

from backend.agents.model.unstreamed import ensure_stream
from backend.network import http_client

CONNECT_S = 5.0
REPLY_S = 600.0
"""How long a provider may be silent. The run's own timeouts are shorter and come first."""

_replies: ContextVar[list[httpx2.Response] | None] = ContextVar("replies", default=None)


def new_client() -> httpx2.AsyncClient:
    """A client that keeps its connections.

    It follows no redirect: key and question are for the address that the operator named.
    """
    return http_client.new_client(
        timeout=httpx2.Timeout(REPLY_S, connect=CONNECT_S), on_response=(_remember, ensure_stream)
    )


@asynccontextmanager
async def closing_replies() -> AsyncIterator[None]:
    """On exit, close every reply of the provider that is still open.

    Not every provider's package does so when the task that reads it is cancelled: google-genai leaves it to the garbage
    collector.
    """
    replies: list[httpx2.Response] = []
    token = _replies.set(replies)
    try:
        yield
    finally:
        _replies.reset(token)
        for reply in replies:
            # The connection may be broken already, which is as good.
            with suppress(httpx2.HTTPError, httpx2.StreamError, RuntimeError, OSError):
                await reply.aclose()


async def _remember(response: httpx2.Response) -> None:
    replies = _replies.get()
    if replies is not None:
        replies.append(response)
