"""The one HTTP client of a process, and what its answers and failures mean.

Making an ``AsyncClient`` costs about 50 ms (its TLS context) and a new one has no warm connection, so the
code of one event loop shares one: ``shared_http()``. Code that needs another life cycle makes one
with ``new_http()``, hands it to ``RunClient`` and closes it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

import httpx2

from backend.client.errors import BackendGone, ProblemError, StreamLost
from backend.network.credentials import CREDENTIALS
from backend.network.http_client import ProxyFailure, new_client

CONNECT_TIMEOUT_S = 3.0
"""How long opening a connection may take."""

ANSWER_TIMEOUT_S = 30.0
"""How long an ordinary call may stay without a byte of its answer."""

_TRANSIENT_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAX_PROBLEM_BYTES = 64 * 1024

_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx2.AsyncClient] = WeakKeyDictionary()


class _ProcessAuth(httpx2.Auth):
    """Sends with each request what the process has, for the person whose turn it is when the request is made."""

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers.update(CREDENTIALS.headers())
        yield request


def new_http() -> httpx2.AsyncClient:
    """An HTTP client with no limit on open streams, and no proxy for addresses of this machine."""
    return new_client(
        auth=_ProcessAuth(),
        timeout=httpx2.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S, pool=None),
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=4.0),
    )


def shared_http() -> httpx2.AsyncClient:
    """The running event loop's HTTP client, made at the first call. ``RuntimeError`` outside a loop."""
    loop = asyncio.get_running_loop()
    http = _shared.get(loop)
    if http is None or http.is_closed:
        http = _shared[loop] = new_http()
    return http


async def close_shared_http() -> None:
    """Close the running loop's client, if it has one. The next ``shared_http()`` makes a new one."""
    http = _shared.pop(asyncio.get_running_loop(), None)
    if http is not None:
        await http.aclose()


def no_answer(base_url: str) -> str:
    """The sentence for an address at which nobody answers."""
    return f"Nobody answers at {base_url}: start a backend there (playhead serve), or give the address of one."


async def problem_of(response: httpx2.Response) -> ProblemError:
    """The refusal in a response that is not a success, read from its problem+json where it has one."""
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > _MAX_PROBLEM_BYTES:
            break
    fields = _object(body)
    slug = str(fields.get("type") or "").rstrip("/").rpartition("/")[2].rpartition(":")[2]
    detail = fields.get("detail") or fields.get("title")
    sentence = detail if isinstance(detail, str) else f"{response.url} answered with status {response.status_code}."
    return ProblemError(
        response.status_code,
        slug or "about-blank",
        sentence,
        retry_after_s=_retry_after_s(response),
        members=fields,
    )


def is_transient(problem: ProblemError) -> bool:
    """Whether the same request may succeed a little later."""
    return problem.status in _TRANSIENT_STATUS


def _object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _retry_after_s(response: httpx2.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    return float(text) if text.isdecimal() and len(text) < 7 else None


def other_answer(response: httpx2.Response) -> str | None:
    """The sentence for an answer that is not an event stream, or None for one that is."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        return None
    return f"{response.url} answers with {kind or 'no type'}, not with an event stream."


def not_an_address(url: str) -> str:
    """The sentence for a text that was given as a backend's address."""
    return f"{url!r} is not the address of a backend: give one such as http://127.0.0.1:8750."


@asynccontextmanager
async def transport_failures(base_url: str) -> AsyncIterator[None]:
    """Turn what a request can fail with into ``BackendGone``, and an address that is none into it as well."""
    try:
        yield
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise BackendGone(not_an_address(base_url)) from error
    except ProxyFailure as error:
        raise BackendGone(error.sentence) from error
    except httpx2.TimeoutException as error:
        if isinstance(error, httpx2.ConnectTimeout):
            raise BackendGone(no_answer(base_url)) from error
        raise BackendGone(f"The backend at {base_url} takes too long to answer: try again.") from error
    except httpx2.ConnectError as error:
        raise BackendGone(no_answer(base_url)) from error
    except httpx2.RequestError as error:
        raise BackendGone(f"The connection to {base_url} broke: try again.") from error


@asynccontextmanager
async def stream_losses(base_url: str) -> AsyncIterator[None]:
    """Turn what a stream can fail with into ``StreamLost``, except where trying again cannot help."""
    try:
        async with transport_failures(base_url):
            yield
    except BackendGone as error:
        if isinstance(error.__cause__, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
            raise
        raise StreamLost(error.sentence) from error
    except ProblemError as problem:
        if not is_transient(problem):
            raise
        raise StreamLost(problem.sentence, problem.retry_after_s) from problem
