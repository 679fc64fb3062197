"""Foreign answers as they come over HTTP, made by hand."""

from typing import Any

from evals.wire.exchange import Capture
from tests.evals.byte_server import END, chunk
from tests.evals.captures import BASE_NS

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ntransfer-encoding: chunked\r\n\r\n"
STREAM = b"text/event-stream; charset=utf-8"

ANSWER: list[dict[str, Any] | str] = [
    {"choices": [{"index": 0, "delta": {"content": "Be"}}]},
    {"choices": [{"index": 0, "delta": {"content": "cause."}}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
    "[DONE]",
]


def came(*pieces: tuple[float, bytes], kind: bytes = STREAM, close_ms: float = 900, whole: bool = True) -> Capture:
    """A capture in which these pieces of a body came at their milliseconds, each in an HTTP chunk of its own."""
    made = Capture(connect_ns=400_000, sent_ns=BASE_NS, closed_ns=BASE_NS + round(close_ms * 1e6))
    made.chunks.append((BASE_NS + 1_000_000, HEAD % kind))
    made.chunks += [(BASE_NS + round(at_ms * 1e6), chunk(data)) for at_ms, data in pieces]
    if whole:
        made.chunks.append((BASE_NS + round(close_ms * 1e6), END))
    made.kernel_ns = [stamp - 50_000 for stamp, _ in made.chunks]
    return made
