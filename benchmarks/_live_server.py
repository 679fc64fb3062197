"""The server under ``benchmarks.live`` as a process of its own, and a client of many streams that costs little."""

import re
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from benchmarks._process_cpu import cpu_s

WINDOW_S = 4.0
SETTLE_S = 1.0
LATE_S = 0.1
"""An event that arrives later than this after it was due is not in time."""

EVENT = b"\nevent: "

_DUE = re.compile(rb'"text":"(\d+\.\d{6}) ')


@dataclass
class LiveServer:
    """The server's address and process."""

    host: str
    port: int
    pid: int

    def cpu_s(self) -> float:
        """CPU seconds of the process so far, user and system."""
        return cpu_s(self.pid)

    def memory_kib(self) -> float:
        """Resident memory of the process that no other one shares."""
        status = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        return sum(int(size) for size in re.findall(r"^Private_\w+: +(\d+) kB$", status, re.MULTILINE))

    def request(self, line: str, headers: str = "", body: str = "") -> socket.socket:
        """A connection on which the request was sent."""
        connection = socket.create_connection((self.host, self.port))
        head = f"{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        return connection

    def bare(self, variant: str) -> socket.socket:
        """A bare stream."""
        return self.request(f"GET /bare/{variant}")

    def run(self, variant: str) -> socket.socket:
        """A run and its stream."""
        headers = "Accept: text/event-stream\r\nContent-Type: application/json\r\n"
        return self.request("POST /v1/runs", headers, f'{{"question":"Why?","agent":"paced:{variant}"}}')

    def latest_run(self) -> str:
        """The id of the run that was started last."""
        answer = httpx2.get(f"http://{self.host}:{self.port}/v1/runs", trust_env=False)
        return str(answer.json()["runs"][0]["run_id"])


@contextmanager
def live_server() -> Iterator[LiveServer]:
    """A fresh server."""
    with tempfile.TemporaryDirectory(prefix="playhead-live-") as folder:
        command = [sys.executable, "-m", "benchmarks._live_backend", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                url = httpx2.URL(process.stdout.readline().strip() if process.stdout else "")
                yield LiveServer(url.host, url.port or 0, process.pid)
            finally:
                process.terminate()


@dataclass
class Measured:
    """What the streams cost and how late their events were, inside the window."""

    cpu_s: float = 0.0
    seconds: float = 0.0
    events: int = 0
    expected: int = 0
    delays: list[float] = field(default_factory=list)
    """Seconds from the moment when an event was due to its arrival."""

    @property
    def cost_us(self) -> float:
        """CPU time of the server for each event that was delivered."""
        return self.cpu_s / max(1, self.events) * 1e6

    def late(self, share: float) -> float:
        """A percentile of the delays, in milliseconds."""
        ordered = sorted(self.delays)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0

    def in_time(self) -> float:
        """The share of the events expected that arrived in time, in percent."""
        return 100 * sum(delay <= LATE_S for delay in self.delays) / max(1, self.expected)

    def __str__(self) -> str:
        busy = 100 * self.cpu_s / max(1e-9, self.seconds)
        return (
            f"{self.cost_us:6.1f} us CPU an event ({busy:3.0f} % of a core)   "
            f"late p50 {self.late(0.5):7.1f}  p99 {self.late(0.99):7.1f} ms   in time {self.in_time():5.1f} %"
        )


def measure(server: LiveServer, connections: Sequence[socket.socket], per_second: int) -> Measured:
    """Read the streams to their end, and measure in a window that starts when all have begun."""
    reading = {connection.fileno(): connection for connection in connections}
    poll = select.epoll()
    for descriptor, connection in reading.items():
        connection.setblocking(False)
        poll.register(descriptor, select.EPOLLIN)
    waiting, tails = set(reading), dict.fromkeys(reading, b"")
    measured, opens_at, closes_at, cpu = Measured(), float("inf"), float("inf"), 0.0
    while reading:
        ready = poll.poll(0.05)
        now = time.monotonic()
        if now >= closes_at:
            measured.cpu_s, measured.seconds = server.cpu_s() - cpu, now - opens_at
            measured.expected = round(per_second * measured.seconds)
            opens_at = closes_at = float("inf")
        elif opens_at <= now and not cpu:
            cpu, opens_at, closes_at = server.cpu_s(), now, now + WINDOW_S
        for descriptor, _ in ready:
            chunk = reading[descriptor].recv(1 << 18)
            if not chunk:
                poll.unregister(descriptor)
                reading.pop(descriptor).close()
                continue
            if cpu and opens_at <= now:
                data = tails[descriptor] + chunk
                found = _DUE.findall(data)
                measured.events += len(found)
                measured.delays += [now - float(due) for due in found]
                tails[descriptor] = data[data.rfind(b"\n\n") :] if not data.endswith(b"\n\n\r\n") else b""
            if waiting and EVENT in chunk:
                waiting.discard(descriptor)
                if not waiting:
                    opens_at = now + SETTLE_S
    return measured
