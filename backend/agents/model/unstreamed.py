"""Replies of a provider that are not a stream, though one was requested: a redirect, a page, an error with status 200.

The providers' packages read them as a stream without events, and would report that it was cut.
"""

import json
from collections.abc import AsyncIterator

import httpx2

MOST_READ = 65_536
"""Bytes that are read of such a reply."""

_DOCUMENTS = frozenset({"application/json", "application/problem+json", "text/html"})


class UnstreamedError(httpx2.TransportError):
    """The reply is not a stream. Every provider's package passes on an error of this kind, as it is or as a cause."""

    def __init__(self, kind: str, location: str, body: bytes) -> None:
        super().__init__(f"The reply is {kind or 'a redirect'}, not a stream.")
        self.kind = kind
        """The content type; empty for a redirect."""
        self.location = location
        """The target of a redirect, without secrets."""
        self.error = _error_in(body)
        """The error in the reply, if it is one."""


async def ensure_stream(response: httpx2.Response) -> None:
    """Raise ``UnstreamedError`` if the reply neither streams nor has an error status. A stream with the content type of
    a document stays readable."""
    if 300 <= response.status_code < 400:
        raise UnstreamedError("", response.headers.get("location", "elsewhere").partition("?")[0][:300], b"")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.status_code >= 400 or kind not in _DOCUMENTS:
        return
    stream = response.stream
    if not isinstance(stream, httpx2.AsyncByteStream):
        return
    pieces = aiter(stream)
    body = await anext(pieces, b"")
    encoding = response.headers.get("content-encoding", "")
    if body and not encoding and body.lstrip()[:1] not in (b"{", b"[", b"<"):
        response.stream = _Resumed(stream, body, pieces)
        return
    async for piece in pieces:
        body += piece
        if len(body) > MOST_READ:
            break
    raise UnstreamedError(kind, "", _decoded(body, encoding))


class _Resumed(httpx2.AsyncByteStream):
    """A stream whose first piece has already been read."""

    def __init__(self, stream: httpx2.AsyncByteStream, first: bytes, rest: AsyncIterator[bytes]) -> None:
        self._stream = stream
        self._first = first
        self._rest = rest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._first
        async for piece in self._rest:
            yield piece

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()


def _decoded(body: bytes, encoding: str) -> bytes:
    try:
        return httpx2.Response(200, headers={"content-encoding": encoding}, content=body).content
    except httpx2.DecodingError:
        return b""


def _error_in(body: bytes) -> dict[str, object]:
    """The error in a JSON document of a provider; empty if there is none."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    first = document[0] if isinstance(document, list) and document else document
    error = first.get("error") if isinstance(first, dict) else None
    return error if isinstance(error, dict) else {"message": error} if isinstance(error, str) else {}
