"""What live streams cost the server, beside a bare ASGI task per stream: ``python -m benchmarks.live [CASE …]``.

The server is a process of its own; its CPU time is read from the operating system. Each case runs the bare streams and
Playhead's in turn, with the same bytes on the same uvicorn, and prints the ratio: on a busy machine only that counts.
Cases: ``many`` (50, 100 and 300 live runs of 50 events a second with one watcher each), ``few`` (20 of them),
``full-speed`` (one run that never waits), ``memory`` (idle watchers), ``chart`` (540 KB), and, only by name, ``most``
(how many streams there may be before the p99 exceeds 100 ms).
"""

import argparse
import os
import re
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from benchmarks._live_backend import CHART_PAUSE_S

RATE = 50
WINDOW_S = 4.0
SETTLE_S = 1.0
LATE_S = 0.1
"""An event that arrives later than this after it was due is not in time."""

FULL_SPEED_EVENTS = 40_000
WATCHERS = 400
CHARTS = 6
WITNESS_RATE = 400
"""Events a second of the bare stream that shows how long charts keep the event loop from others."""

_TICKS = os.sysconf("SC_CLK_TCK")
_EVENT = b"\nevent: "
_DUE = re.compile(rb'"text":"(\d+\.\d{6}) ')


@dataclass
class LiveServer:
    """The server's address and process."""

    host: str
    port: int
    pid: int

    def cpu_s(self) -> float:
        """CPU seconds of the process so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

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
            if waiting and _EVENT in chunk:
                waiting.discard(descriptor)
                if not waiting:
                    opens_at = now + SETTLE_S
    return measured


def say(what: str, value: str) -> None:
    """One line of the result."""
    print(f"{what:<34} {value}", flush=True)  # noqa: T201 - a script's output


def paced(server: LiveServer, streams: int, rounds: int) -> tuple[Measured, Measured]:
    """So many streams at the pace of a model; gives bare and Playhead's, the round of the median ratio."""
    variant = f"{round(RATE * (WINDOW_S + 2 * SETTLE_S + 1))}-{RATE}"
    pairs = []
    for _ in range(rounds):
        bare = measure(server, [server.bare(variant) for _ in range(streams)], streams * RATE)
        ours = measure(server, [server.run(variant) for _ in range(streams)], streams * RATE)
        pairs.append((bare, ours))
    pairs.sort(key=lambda pair: pair[1].cost_us / pair[0].cost_us)
    return pairs[len(pairs) // 2]


def report(streams: int, bare: Measured, ours: Measured) -> None:
    """Three lines for one number of streams."""
    say(f"{streams} streams, bare", str(bare))
    say(f"{streams} live logged runs", str(ours))
    say("", f"ratio {ours.cost_us / bare.cost_us:5.2f} x   p99 later by {ours.late(0.99) - bare.late(0.99):6.1f} ms")


def many(rounds: int) -> None:
    """Many live runs."""
    for streams in (50, 100, 300):
        with live_server() as server:
            report(streams, *paced(server, streams, rounds))


def few(rounds: int) -> None:
    """From the moment when an event is due to its arrival, where the server has time."""
    with live_server() as server:
        report(20, *paced(server, 20, rounds))


def most(rounds: int) -> None:
    """How many streams there may be before the p99 exceeds 100 ms: the number is doubled, then halved in."""
    for name in ("bare", "live logged runs"):
        low, high, step = 0, 0, 25
        while step >= 10:
            streams = low + step if high == 0 else (low + high) // 2
            variant = f"{round(RATE * (WINDOW_S + 2 * SETTLE_S + 1))}-{RATE}"
            with live_server() as server:
                start = server.bare if name == "bare" else server.run
                held = measure(server, [start(variant) for _ in range(streams)], streams * RATE).late(0.99) <= 100
            low, high = (streams, high) if held else (low, streams)
            step = low or step if high == 0 else (high - low) // 2
        say(f"most streams on time, {name}", f"{low}")


def drained(connection: socket.socket) -> int:
    """Read a stream to its end; gives the number of events."""
    events, tail = 0, b""
    with connection:
        while chunk := connection.recv(1 << 18):
            data = tail + chunk
            events += data.count(_EVENT)
            tail = data[-7:]
    return events


def full_speed(rounds: int) -> None:
    """One run that never waits, with its log and a reader."""
    ratios, costs = [], []
    with live_server() as server:
        for _ in range(max(3, rounds)):
            pair = []
            for start in (server.bare, server.run):
                used = server.cpu_s()
                events = drained(start(f"{FULL_SPEED_EVENTS}-0"))
                time.sleep(0.3)  # What is written after it belongs to it.
                pair.append((server.cpu_s() - used) / events * 1e6)
            ratios.append(pair[1] / pair[0])
            costs.append(pair)
    bare, ours = costs[ratios.index(sorted(ratios)[len(ratios) // 2])]
    say("full speed, bare", f"{bare:6.1f} us CPU an event")
    say("full speed, run + log + reader", f"{ours:6.1f} us CPU an event   ratio {ours / bare:5.2f} x")


def memory(rounds: int) -> None:
    """Memory for each watcher of a run that is silent."""
    for name in ("bare", "watcher"):
        with live_server() as server:
            opened = [server.run("idle")]
            opened[0].recv(1 << 16)
            path = f"/v1/runs/{server.latest_run()}/events" if name == "watcher" else "/bare/idle"
            opened += [opened_stream(server, path) for _ in range(100)]
            before = server.memory_kib()
            opened += [opened_stream(server, path) for _ in range(WATCHERS)]
            time.sleep(0.5)
            say(f"memory, idle {name}", f"{(server.memory_kib() - before) / WATCHERS:6.1f} KiB each")
            for connection in opened:
                connection.close()


def opened_stream(server: LiveServer, path: str) -> socket.socket:
    """A stream whose first event has arrived."""
    connection = server.request(f"GET {path}")
    received = b""
    while _EVENT not in received:
        received += connection.recv(1 << 16)
    return connection


def charts(rounds: int) -> None:
    """What a chart of 540 KB costs, and how long it keeps others waiting."""
    with live_server() as server:
        seconds = CHARTS * CHART_PAUSE_S + 3
        witness = server.bare(f"{round(seconds * WITNESS_RATE)}-{WITNESS_RATE}")
        time.sleep(1.0)
        used, began = server.cpu_s(), time.monotonic()
        size = 0
        with server.run(f"charts-{CHARTS}") as stream:
            while chunk := stream.recv(1 << 20):
                size += len(chunk)
        cpu, took = server.cpu_s() - used, time.monotonic() - began
        waits = witness_waits(witness, began, began + took)
    per_chart = sorted(waits)[-CHARTS:]
    say(
        f"a chart of {size / CHARTS / 1000:.0f} KB",
        f"{cpu / CHARTS * 1000:6.1f} ms CPU each, the witness included   "
        f"others waited for {statistics.median(per_chart) * 1000:5.1f} ms in the median chart",
    )


def witness_waits(connection: socket.socket, began: float, ended: float) -> list[float]:
    """How late the bare stream's events were sent, in seconds, of those that were due between the two moments."""
    received = b""
    with connection:
        while chunk := connection.recv(1 << 18):
            received += chunk
    waits, previous = [], 0.0
    for at_ms, due in re.findall(rb'"at_ms":([\d.]+),"type":"token","text":"(\d+\.\d{6}) ', received):
        if began <= float(due) <= ended:
            waits.append(max(0.0, (float(at_ms) - previous) / 1000 - 1 / WITNESS_RATE))
        previous = float(at_ms)
    return waits


CASES = {"many": many, "few": few, "full-speed": full_speed, "memory": memory, "chart": charts, "most": most}


def main() -> None:
    """Measure the cases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], metavar="CASE", help="default: all but `most`")
    parser.add_argument("--rounds", type=int, default=1, help="the median of so many is printed (default 1)")
    options = parser.parse_args()
    say("load of the machine", " ".join(f"{load:.1f}" for load in os.getloadavg()))
    for name in options.cases or [name for name in CASES if name != "most"]:
        CASES[name](options.rounds)


if __name__ == "__main__":
    main()
