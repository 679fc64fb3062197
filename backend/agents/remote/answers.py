"""The meaning of the head of a foreign server's answer: a stream to read, or a failure with the next action."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from backend.agents.agent import AgentFailure
from backend.dialects.addresses import KEY_VARIABLE, RemoteAddress, without_key
from backend.dialects.framing import CONTENT_TYPES
from backend.dialects.registry import open_decoder
from backend.network.http_client import ProxyFailure
from backend.protocol.events import ErrorEvent

MAX_ERROR_BYTES = 65_536
"""Bytes that are read of an answer that is an error."""

BUSY = frozenset({429, 503, 529})
"""Statuses of servers that take no questions now. Others, such as 502, may come after a server took one: asking again
could make it answer, and charge, twice."""

MOST_WAIT_S = 30.0
"""If a server asks for a longer wait, the run ends with its error."""

_MOST_QUOTED = 300
"""Characters quoted from the server."""


def retry_after_s(response: httpx2.Response) -> float | None:
    """How long the server asks to wait (RFC 9110, section 10.2.3), in seconds; None if it gives no time."""
    given = response.headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit():
        return float(given[:9])
    try:
        moment = parsedate_to_datetime(given)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


async def refusal(address: RemoteAddress, response: httpx2.Response, key: str | None) -> AgentFailure | None:
    """The failure that this answer means, or None for a stream. The ``key`` is left out if the server repeats it."""
    status = response.status_code
    where = f"The agent at {address.host}"
    if 300 <= status < 400:
        # After the question mark the address may repeat a key.
        place = response.headers.get("location", "elsewhere").partition("?")[0]
        return AgentFailure("remote_moved", f"{where} redirects to {place[:300]}: use that address.")
    if status >= 400:
        said = await _error_of(address, response)
        reason = "" if said is None or not said.message else f" It says: {_quoted(said.message, key)}"
        return _refused(where, status, reason, retry_after_s(response))
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in CONTENT_TYPES:
        message = f"{where} answers with {kind}, which is not a stream: check the address {_shown(address)}."
        return AgentFailure("remote_no_stream", message)
    return None


def wrong_dialect(address: RemoteAddress) -> AgentFailure:
    """The failure for a stream without any message of the given dialect."""
    message = (
        f"The agent at {address.host} did not send a stream of {address.dialect}: check its dialect and its address."
    )
    return AgentFailure("remote_wrong_dialect", message)


def unreachable(address: RemoteAddress, error: httpx2.HTTPError) -> AgentFailure:
    """The failure if there is no answer."""
    if isinstance(error, ProxyFailure):
        message = error.sentence
    elif isinstance(error, httpx2.RemoteProtocolError | httpx2.ReadError | httpx2.WriteError):
        message = f"The agent at {address.host} closed the connection without an answer: look at its log."
    elif isinstance(error, httpx2.TimeoutException):
        message = f"The agent at {address.host} accepts no connection: look whether it is busy, or check the address."
    else:
        message = f"The agent at {address.host} cannot be reached: start it, or check the address."
    return AgentFailure("remote_unreachable", message, retryable=True)


def _refused(where: str, status: int, reason: str, wait_s: float | None) -> AgentFailure:
    retryable = status in (408, 425) or status >= 500
    if status in (401, 403):
        sentence = f"{where} refuses the key ({status}): set {KEY_VARIABLE} to one that it accepts."
        return AgentFailure("remote_unauthorized", sentence + reason)
    if status in (404, 405):
        sentence = f"{where} accepts no questions at this address ({status}): check its path, and the model's name."
        return AgentFailure("remote_not_found", sentence + reason)
    if status == 429:
        when = "later" if wait_s is None else f"in {wait_s:.0f} s"
        return AgentFailure(
            "remote_busy", f"{where} receives too many requests (429): try again {when}.{reason}", retryable=True
        )
    what = "failed" if status >= 500 else "did not take the question"
    return AgentFailure(f"remote_http_{status}", f"{where} {what} ({status}).{reason}", retryable=retryable)


async def _error_of(address: RemoteAddress, response: httpx2.Response) -> ErrorEvent | None:
    """The error in the body, read in the dialect."""
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


def _quoted(text: str, key: str | None) -> str:
    """The text on one line, short, and without the key."""
    words = without_key(" ".join(text.split()), key)
    short = words if len(words) <= _MOST_QUOTED else f"{words[:_MOST_QUOTED]}…"
    return short if short.endswith((".", "!", "?", "…")) else f"{short}."


def _shown(address: RemoteAddress) -> str:
    return address.url.partition("?")[0]
