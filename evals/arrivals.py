"""From kept bytes to stamped events, after the run: HTTP/1.1 by h11, the event stream by our own decoder.

Each event gets the stamp of the chunk of bytes that completed it. Events of one chunk share a stamp: their
order is that of the bytes.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field

import h11

from backend.protocol.events import Event, EventError, UnknownEvent, parse_event
from backend.protocol.sse import Decoder, MessageTooLargeError
from evals.transport import Address, Capture

_MAX_PROBLEM_BYTES = 64 * 1024
_MAX_SHOWN = 300


@dataclass(slots=True)
class Arrivals:
    """What came, parsed. ``stamps_ns`` are absolute; ``closed_ns`` is when the body was complete, or the
    close.

    ``failure`` is the cause in one sentence if the answer was no whole event stream.
    """

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """Header names in lower case."""
    events: list[Event] = field(default_factory=list)
    stamps_ns: list[int] = field(default_factory=list)
    closed_ns: int | None = None
    failure: str | None = None


def post_request(address: Address, path: str, body: dict[str, object]) -> bytes:
    """The bytes of a POST with a JSON body that asks for an event stream, and for the connection's end
    after it.
    """
    content = json.dumps(body).encode()
    connection = h11.Connection(h11.CLIENT)
    head = h11.Request(
        method="POST",
        target=address.path + path,
        headers=[
            ("Host", address.authority),
            ("Accept", "text/event-stream"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(content))),
            ("User-Agent", "playhead-eval"),
            ("Connection", "close"),
        ],
    )
    return connection.send(head) + connection.send(h11.Data(data=content)) + connection.send(h11.EndOfMessage())


def parse(capture: Capture) -> Arrivals:
    """Read the kept bytes. Never raises for what they hold: see ``Arrivals.failure``."""
    arrivals = Arrivals(closed_ns=capture.closed_ns)
    reading = _Reading(arrivals)
    try:
        for stamp, data in capture.chunks:
            reading.feed(data, stamp)
    except h11.RemoteProtocolError as error:
        arrivals.failure = (
            f"The server does not speak HTTP/1.1: {error}."
            if arrivals.status is None
            else f"The stream cannot be read on after {len(arrivals.events)} events: {error}."
        )
    except MessageTooLargeError as error:
        arrivals.failure = str(error)
    if arrivals.failure is None and capture.closed_ns is not None:
        reading.close(capture.closed_ns)
    arrivals.failure = arrivals.failure or reading.refusal() or capture.failure or reading.shortfall()
    return arrivals


class _Reading:
    """One answer being read."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._http = h11.Connection(h11.CLIENT)
        # h11 reads an answer only in answer to a request.
        self._http.send(h11.Request(method="GET", target="/", headers=[("Host", "x"), ("Connection", "close")]))
        self._http.send(h11.EndOfMessage())
        self._decoder = Decoder()
        self._body = b""
        self._complete = False

    def feed(self, data: bytes, stamp: int) -> None:
        if self._complete:
            return
        self._http.receive_data(data)
        while True:
            part = self._http.next_event()
            if isinstance(part, h11.Response):
                self._arrivals.status = part.status_code
                self._arrivals.headers = {name.decode(): value.decode("latin-1") for name, value in part.headers}
            elif isinstance(part, h11.Data):
                self._take(bytes(part.data), stamp)
            elif isinstance(part, h11.EndOfMessage):
                self._complete = True
                self._arrivals.closed_ns = stamp
                return
            elif not isinstance(part, h11.InformationalResponse):
                return

    def close(self, stamp: int) -> None:
        """The server closed the connection: that may be the end of the answer, or come too early."""
        # What is missing then is told by ``shortfall``.
        with suppress(h11.RemoteProtocolError):
            self.feed(b"", stamp)

    def refusal(self) -> str | None:
        """Why the answer is no event stream, or None for one, or for no answer at all."""
        status = self._arrivals.status
        if status is None:
            return None
        if status not in (200, 201):
            return f"The server answered {status}: {_problem(self._body)}"
        if not self._is_stream:
            kind = self._arrivals.headers.get("content-type", "nothing")
            return f"The server answered with {kind} instead of an event stream."
        return None

    def shortfall(self) -> str | None:
        """What is missing at the end of the answer, or None for one that is complete."""
        if self._arrivals.status is None:
            return "The server closed the connection without an answer."
        if not self._complete:
            return f"The connection was closed in the middle of the stream, after {len(self._arrivals.events)} events."
        return None

    @property
    def _is_stream(self) -> bool:
        kind = self._arrivals.headers.get("content-type", "").partition(";")[0]
        return kind.strip().lower() == "text/event-stream"

    def _take(self, data: bytes, stamp: int) -> None:
        if not self._is_stream:
            self._body += data[: _MAX_PROBLEM_BYTES - len(self._body)]
            return
        for message in self._decoder.feed(data):
            try:
                event = parse_event(message.data, message.event)
            except EventError as error:
                event = UnknownEvent(type=message.event, problem=str(error))
            self._arrivals.events.append(event)
            self._arrivals.stamps_ns.append(stamp)


def _problem(body: bytes) -> str:
    """The sentence of a problem document, else the beginning of what came."""
    text = body.decode("utf-8", "replace").strip()
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    if isinstance(fields, dict):
        said = fields.get("detail") or fields.get("title")
        if isinstance(said, str):
            return said[:_MAX_SHOWN]
    return text[:_MAX_SHOWN] or "nothing else."
