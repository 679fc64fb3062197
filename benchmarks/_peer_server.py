"""The server under ``benchmarks.peers``: ``python -m benchmarks._peer_server FILE`` prints its address.

It answers ``POST /v1/chat/completions`` with a stream of a fixed schedule: the head at once, the first chunk
``FIRST_S`` after the request was read, the others ``GAP_S`` apart. Every chunk carries the number of its stream. One
thread, one epoll, bytes made before: as little as possible comes between a stamp and its write.

A line of FILE is one stream, in nanoseconds of CLOCK_MONOTONIC, which all processes of a Linux machine share:
``arrived`` is the kernel's stamp of the last bytes of the request, ``read`` when the server read them, ``written`` the
stamps taken right before each chunk was written, ``request_id`` the request's own header, where it has one.
"""

import argparse
import heapq
import json
import re
import select
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter_ns
from typing import Final, TextIO

from evals.wire.kernel_stamps import ANCILLARY_BYTES, ClockBridge, ClockReading, realtime_ns, stamped

FIRST_S: Final = 0.2
GAP_S: Final = 0.05
CHUNKS: Final = 20

STREAM_S: Final = FIRST_S + (CHUNKS - 1) * GAP_S

MARK: Final = re.compile(r"t(\d+)x(\d+) ")
"""The text of a chunk: the number of its stream, and its own place in it."""

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_REQUEST_ID = re.compile(rb"x-request-id: *(\S+)", re.IGNORECASE)
_CLOSES = re.compile(rb"connection: *close", re.IGNORECASE)
_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)


@dataclass
class _Stream:
    """One connection; with an answer under way on it, if ``due_ns`` is a moment."""

    connection: socket.socket
    received: bytes = b""
    number: int = 0
    place: int = 0
    due_ns: int = 0
    closes: bool = False
    request_id: str = ""
    arrived_ns: int | None = None
    read_ns: int = 0
    frames: list[bytes] = field(default_factory=list)
    written_ns: list[int] = field(default_factory=list)


class _Server:
    def __init__(self, stamps: TextIO) -> None:
        self._stamps = stamps
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._listener.setblocking(False)
        # The kernel begins to stamp a moment after the first socket of the machine asks for it.
        stamped(self._listener)
        self._poll = select.epoll()
        self._poll.register(self._listener, select.EPOLLIN)
        self._streams: dict[int, _Stream] = {}
        self._due: list[tuple[int, int, int]] = []
        self._answered = 0

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def run(self) -> None:
        while True:
            left_s = (self._due[0][0] - perf_counter_ns()) / 1e9 if self._due else -1.0
            for descriptor, _ in self._poll.poll(max(0.0, left_s) if self._due else None):
                if descriptor == self._listener.fileno():
                    self._accept()
                else:
                    self._read(descriptor)
            while self._due and self._due[0][0] <= perf_counter_ns():
                _, number, descriptor = heapq.heappop(self._due)
                stream = self._streams.get(descriptor)
                if stream is not None and stream.number == number:
                    self._write(stream)

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stamped(connection)
        self._streams[connection.fileno()] = _Stream(connection)
        self._poll.register(connection, select.EPOLLIN)

    def _read(self, descriptor: int) -> None:
        stream = self._streams[descriptor]
        try:
            data, ancillary, _, _ = stream.connection.recvmsg(1 << 20, ANCILLARY_BYTES)
        except (BlockingIOError, ConnectionError):
            data, ancillary = b"", []
        if not data:
            self._close(stream)
            return
        realtime, clock = realtime_ns(ancillary), ClockReading.now()
        stream.arrived_ns = None if realtime is None else ClockBridge(clock, clock).perf_counter_ns(realtime)
        stream.received += data
        head, found, body = stream.received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or len(body) < (int(length[1]) if length else 0):
            return
        stream.received = b""
        stream.read_ns = perf_counter_ns()
        stream.closes = bool(_CLOSES.search(head))
        request_id = _REQUEST_ID.search(head)
        stream.request_id = request_id[1].decode("latin-1") if request_id else ""
        if head.startswith(b"POST /v1/chat/completions"):
            self._begin(stream)
        else:
            stream.connection.sendall(_models())
            if stream.closes:
                self._close(stream)

    def _begin(self, stream: _Stream) -> None:
        self._answered += 1
        stream.number, stream.place, stream.written_ns = self._answered, 0, []
        stream.due_ns = stream.read_ns + round(FIRST_S * 1e9)
        stream.frames = [_frame(stream.number, place) for place in range(CHUNKS)]
        stream.connection.send(_HEAD)
        heapq.heappush(self._due, (stream.due_ns, stream.number, stream.connection.fileno()))

    def _write(self, stream: _Stream) -> None:
        try:
            stream.written_ns.append(perf_counter_ns())
            stream.connection.send(stream.frames[stream.place])
            stream.place += 1
            if stream.place < CHUNKS:
                stream.due_ns += round(GAP_S * 1e9)
                heapq.heappush(self._due, (stream.due_ns, stream.number, stream.connection.fileno()))
                return
            stream.connection.send(_end(stream.number))
        except OSError:
            self._close(stream)
            return
        truth = {
            "stream": stream.number,
            "request_id": stream.request_id,
            "arrived": stream.arrived_ns or stream.read_ns,
            "read": stream.read_ns,
            "written": stream.written_ns,
        }
        self._stamps.write(json.dumps(truth) + "\n")
        self._stamps.flush()
        if stream.closes:
            self._close(stream)

    def _close(self, stream: _Stream) -> None:
        self._poll.unregister(stream.connection)
        del self._streams[stream.connection.fileno()]
        stream.connection.close()


def _chunked(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _event(number: int, **fields: object) -> bytes:
    common = {"id": f"chatcmpl-{number}", "object": "chat.completion.chunk", "created": 1, "model": "known"}
    return f"data: {json.dumps({**common, **fields})}\n\n".encode()


def _frame(number: int, place: int) -> bytes:
    delta = {"content": f"t{number}x{place} "} | ({"role": "assistant"} if place == 0 else {})
    return _chunked(_event(number, choices=[{"index": 0, "delta": delta, "finish_reason": None}]))


def _end(number: int) -> bytes:
    last = _event(number, choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
    counts = {"prompt_tokens": 8, "completion_tokens": CHUNKS, "total_tokens": 8 + CHUNKS}
    return _chunked(last + _event(number, choices=[], usage=counts) + b"data: [DONE]\n\n") + b"0\r\n\r\n"


def _models() -> bytes:
    body = json.dumps({"object": "list", "data": [{"id": "known", "object": "model", "created": 1}]}).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stamps", type=Path)
    if not sys.platform.startswith("linux"):
        parser.error("Stamps of two processes can be compared on Linux only.")
    with parser.parse_args().stamps.open("a", encoding="ascii") as stamps:
        server = _Server(stamps)
        print(f"http://127.0.0.1:{server.port}", flush=True)  # noqa: T201 - what the benchmark reads
        server.run()


if __name__ == "__main__":
    main()
