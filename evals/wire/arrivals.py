"""From kept bytes to stamped events, after the run: HTTP/1.1 by h11, the event stream by Playhead's decoder.

Each event gets the stamp of the chunk of bytes that completed it. Events of one chunk share a stamp: their order is
that of the bytes.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Protocol

import h11

from backend.network.credentials import CREDENTIALS
from backend.protocol.events import Event, EventError, UnknownEvent, parse_event
from backend.protocol.sse import Decoder, MessageTooLargeError
from evals.wire.exchange import Address, Capture

_MAX_PROBLEM_BYTES = 64 * 1024
_MAX_SHOWN = 300


@dataclass(slots=True)
class Arrivals:
    """The parsed answer. ``stamps_ns`` are absolute; ``closed_ns`` is the end of the body, or the close.

    ``failure`` is the cause in one sentence if the answer was not a whole event stream.
    """

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """Header names in lower case."""
    events: list[Event] = field(default_factory=list)
    stamps_ns: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    """For each event the stream's id in force when it came: the cursor with which a reader resumes after it."""
    kernel_ns: list[int | None] = field(default_factory=list)
    """The kernel's receive stamp of the chunk that completed each event, None if it stamped nothing."""
    closed_ns: int | None = None
    failure: str | None = None
    server_times: bool = True
    """True if the events' ``at_ms`` are their server's own; a foreign stream has none, and is given the arrivals'."""


class Body(Protocol):
    """A reader of the answer's bytes."""

    def takes(self, kind: str) -> bool:
        """True if an answer of this content type (lower case, without parameters) can be read by it."""
        ...

    def feed(self, data: bytes, stamp: int) -> Iterable[tuple[Event, str]]:
        """The events that these bytes complete, each with the stream's id. Raises ``MessageTooLargeError``."""
        ...


class NativeBody:
    """Playhead's own protocol: an event stream."""

    def __init__(self) -> None:
        self._decoder = Decoder()

    def takes(self, kind: str) -> bool:
        """Event streams only."""
        return kind == "text/event-stream"

    def feed(self, data: bytes, stamp: int) -> Iterable[tuple[Event, str]]:
        """The events; an unreadable one becomes an unknown event."""
        for message in self._decoder.feed(data):
            try:
                event = parse_event(message.data, message.event)
            except EventError as error:
                event = UnknownEvent(type=message.event, problem=str(error))
            yield event, message.id


def post_request(
    address: Address, path: str, body: dict[str, object] | None, accept: str = "text/event-stream"
) -> bytes:
    """The bytes of a POST with a JSON body, or with none, that asks for an event stream, and for the connection's
    end after it.
    """
    content = b"" if body is None else json.dumps(body).encode()
    headers = [("Content-Type", "application/json")] if body is not None else []
    return _request("POST", address, path, accept, [*headers, ("Content-Length", str(len(content)))], content)


def get_request(address: Address, path: str, last_event_id: str = "") -> bytes:
    """The bytes of a GET of an event stream, from after ``last_event_id`` if there is one."""
    headers = [("Last-Event-ID", last_event_id)] if last_event_id else []
    return _request("GET", address, path, "text/event-stream", headers, b"")


def _request(
    method: str, address: Address, path: str, accept: str, headers: list[tuple[str, str]], content: bytes
) -> bytes:
    # Of a Playhead backend: whoever else is measured learns nothing of this token.
    credentials = CREDENTIALS.headers().items()
    return request_bytes(method, address, address.path + path, [("Accept", accept), *credentials, *headers], content)


def request_bytes(
    method: str, address: Address, target: str, headers: Iterable[tuple[str, str]], content: bytes
) -> bytes:
    """The bytes of a request for ``target`` (path and query), which also asks for the connection's end after it."""
    connection = h11.Connection(h11.CLIENT)
    common = [("Host", address.authority), ("User-Agent", "playhead-eval"), ("Connection", "close")]
    sent = connection.send(h11.Request(method=method, target=target, headers=[*common, *headers]))
    if content:
        sent += connection.send(h11.Data(data=content))
    return sent + connection.send(h11.EndOfMessage())


def parse(capture: Capture, body: Body | None = None) -> Arrivals:
    """Read the kept bytes, as Playhead's protocol unless a ``body`` reads another one. Never raises for their content:
    see ``Arrivals.failure``."""
    arrivals = Arrivals(closed_ns=capture.closed_ns)
    reading = AnswerReader(arrivals, body)
    try:
        for (stamp, data), kernel_ns in zip_longest(capture.chunks, capture.kernel_ns):
            reading.feed(data, stamp)
            arrivals.kernel_ns += [kernel_ns] * (len(arrivals.events) - len(arrivals.kernel_ns))
    except h11.RemoteProtocolError as error:
        arrivals.failure = (
            f"The server does not speak HTTP/1.1: {error}."
            if arrivals.status is None
            else f"The stream cannot be read further after {len(arrivals.events)} events: {error}."
        )
    except MessageTooLargeError as error:
        arrivals.failure = str(error)
    if arrivals.failure is None and capture.closed_ns is not None and not capture.left_open:
        reading.close(capture.closed_ns)
    shortfall = reading.shortfall() if capture.hung_up_ns is None and not capture.left_open else None
    arrivals.failure = arrivals.failure or reading.refusal() or capture.failure or shortfall
    return arrivals


class AnswerReader:
    """One answer being read into ``arrivals``, chunk by chunk."""

    def __init__(self, arrivals: Arrivals, body: Body | None = None) -> None:
        self._arrivals = arrivals
        self._events = body or NativeBody()
        self._http = h11.Connection(h11.CLIENT)
        # h11 reads an answer only in reply to a request.
        self._http.send(h11.Request(method="GET", target="/", headers=[("Host", "x"), ("Connection", "close")]))
        self._http.send(h11.EndOfMessage())
        self._body = b""
        self._complete = False
        self._received = 0

    def feed(self, data: bytes, stamp: int) -> None:
        """Take a chunk. Raises ``h11.RemoteProtocolError`` or ``MessageTooLargeError`` if it cannot be read on."""
        if self._complete:
            return
        self._received += len(data)
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
        # The missing part is reported by ``shortfall``.
        with suppress(h11.RemoteProtocolError):
            self.feed(b"", stamp)

    def refusal(self) -> str | None:
        """Why the answer is not an event stream, or None for one, or for no answer at all."""
        status = self._arrivals.status
        if status is None:
            return None
        place = self._arrivals.headers.get("location", "").partition("?")[0][:_MAX_SHOWN]
        if 300 <= status < 400 and place:
            return f"The server answered {status} and redirects to {place}: use that address."
        if status not in (200, 201):
            return f"The server answered {status}: {_problem(self._body)}"
        if not self._is_stream:
            kind = self._arrivals.headers.get("content-type", "nothing")
            return f"The server answered with {kind} instead of an event stream."
        return None

    def shortfall(self) -> str | None:
        """The missing part at the end of the answer, or None for a complete one."""
        if self._arrivals.status is None and self._received:
            return f"The server closed the connection after {self._received} bytes that are not an HTTP answer."
        if self._arrivals.status is None:
            return "The server closed the connection without an answer."
        if not self._complete:
            return f"The connection was closed in the middle of the stream, after {len(self._arrivals.events)} events."
        return None

    @property
    def _is_stream(self) -> bool:
        kind = self._arrivals.headers.get("content-type", "").partition(";")[0]
        return self._arrivals.status in (200, 201) and self._events.takes(kind.strip().lower())

    def _take(self, data: bytes, stamp: int) -> None:
        if not self._is_stream:
            self._body += data[: _MAX_PROBLEM_BYTES - len(self._body)]
            return
        for event, cursor in self._events.feed(data, stamp):
            self._arrivals.events.append(event)
            self._arrivals.stamps_ns.append(stamp)
            self._arrivals.ids.append(cursor)


def _problem(body: bytes) -> str:
    """The sentence of a problem document, or of an error as most APIs send one, else the beginning of the body."""
    text = body.decode("utf-8", "replace").strip()
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    if isinstance(fields, dict):
        error = fields.get("error")
        inner = error.get("message") if isinstance(error, dict) else error
        said = fields.get("detail") or fields.get("title") or inner or fields.get("message")
        if isinstance(said, str):
            return said[:_MAX_SHOWN]
    return text[:_MAX_SHOWN] or "nothing else."
