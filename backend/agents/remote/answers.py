"""What the head of a foreign server's answer means: a stream to read, or a failure that says what to do."""

import httpx2

from backend.agents.agent import AgentFailure
from backend.dialects.addresses import KEY_VARIABLE, RemoteAddress
from backend.dialects.known import open_decoder
from backend.protocol.events import ErrorEvent

MAX_ERROR_BYTES = 65_536
"""What is read of an answer that is an error."""

RETRYABLE = frozenset({408, 429, 502, 503, 504, 529})
"""Statuses after which the same request may succeed: too many requests, and servers that are busy or starting."""

_STREAMS = ("text/event-stream", "application/json", "application/x-ndjson", "application/jsonl", "text/plain", "")
"""Content types that a dialect may come in: some servers name none, or plain text."""


def retry_after_s(response: httpx2.Response, otherwise_s: float, most_s: float = 30.0) -> float:
    """How long the server asks to wait (RFC 9110, section 10.2.3), in seconds; dates are not read."""
    given = response.headers.get("retry-after", "")
    return min(float(given), most_s) if given.isdigit() else otherwise_s


async def refusal(address: RemoteAddress, response: httpx2.Response) -> AgentFailure | None:
    """The failure that this answer is, if it is one."""
    status = response.status_code
    where = f"The agent at {address.host}"
    if 300 <= status < 400:
        place = response.headers.get("location", "elsewhere")
        return AgentFailure("remote_moved", f"{where} sends its callers to {place[:300]}: name that address.")
    if status >= 400:
        said = await _error_of(address, response)
        return _refused(where, status, said)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _STREAMS:
        message = f"{where} answers with {kind}, which is no stream: check the address {_shown(address)}."
        return AgentFailure("remote_no_stream", message)
    return None


def wrong_dialect(address: RemoteAddress) -> AgentFailure:
    """The failure of a stream in which nothing is of the dialect that was named."""
    message = (
        f"What the agent at {address.host} sent is no {address.dialect} stream: check its dialect and its address."
    )
    return AgentFailure("remote_wrong_dialect", message)


def unreachable(address: RemoteAddress) -> AgentFailure:
    """The failure where nobody answers."""
    message = f"The agent at {address.host} cannot be reached: start it, or check the address."
    return AgentFailure("remote_unreachable", message, retryable=True)


def _refused(where: str, status: int, said: ErrorEvent | None) -> AgentFailure:
    reason = f" It says: {said.message[:500]}" if said is not None and said.message else ""
    retryable = status in RETRYABLE or status >= 500
    if status in (401, 403):
        sentence = f"{where} refuses the key ({status}): set {KEY_VARIABLE} to one that it takes."
        return AgentFailure("remote_unauthorized", sentence + reason)
    if status in (404, 405):
        sentence = f"{where} takes no questions at this address ({status}): check its path, and the model's name."
        return AgentFailure("remote_not_found", sentence + reason)
    if status == 429:
        return AgentFailure(
            "remote_busy", f"{where} has too many requests (429): try again later.{reason}", retryable=True
        )
    what = "failed" if status >= 500 else "did not take the question"
    return AgentFailure(f"remote_http_{status}", f"{where} {what} ({status}).{reason}", retryable=retryable)


async def _error_of(address: RemoteAddress, response: httpx2.Response) -> ErrorEvent | None:
    """What the body says of the error, read as the dialect is read."""
    body = b""
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) >= MAX_ERROR_BYTES:
                break
    except httpx2.HTTPError:
        return None
    decoder = open_decoder(address.dialect)
    decoder.feed(body[:MAX_ERROR_BYTES])
    decoder.close()
    return decoder.end.error if decoder.recognised else None


def _shown(address: RemoteAddress) -> str:
    return address.url.partition("?")[0]
