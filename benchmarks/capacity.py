"""What many machines can do, and what distribution costs: ``python -m benchmarks.capacity [--streams N …]``.

Two web nodes, two workers and one Redis, all on this machine, beside one SQLite node in the same run. Each of N runs
sends 20 events a second to one watcher. For each N: how many events arrive, how late they are after they were due, the
CPU time of each part for an event, and the memory of Redis. It bends at the first N whose 99th percentile is above
250 ms, or of whose events fewer than 95 % arrive. Needs redis-server.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from backend.launch.ports import free_port
from benchmarks._live_server import SETTLE_S, WINDOW_S, LiveServer, Measured, live_server, measure

RATE = 20
STARTING_S = 4
"""How long the runs take to start, one after the other."""

MOST_LATE_MS = 250
LEAST_ARRIVING = 0.95


def say(line: str) -> None:
    """One line of the result."""
    print(line, flush=True)  # noqa: T201 - a script's output


@dataclass
class Parts(LiveServer):
    """The processes of a deployment, whose CPU time is taken together and apart."""

    servers: dict[str, LiveServer] = field(default_factory=dict)
    looks: list[dict[str, float]] = field(default_factory=list)

    def cpu_s(self) -> float:
        """CPU seconds of all of them so far."""
        self.looks.append({name: server.cpu_s() for name, server in self.servers.items()})
        return sum(self.looks[-1].values())

    def share(self, kind: str) -> float:
        """CPU seconds of the parts of that kind between the last two looks."""
        before, after = self.looks[-2:]
        return sum(after[name] - before[name] for name in after if name.startswith(kind))


@contextmanager
def process(command: list[str]) -> Iterator["subprocess.Popen[str]"]:
    """A process while inside."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as started:
        try:
            yield started
        finally:
            started.terminate()


@contextmanager
def deployment() -> Iterator[tuple[Parts, list[LiveServer], int]]:
    """All parts, the web nodes among them, and the port of Redis."""
    with tempfile.TemporaryDirectory(prefix="playhead-capacity-") as folder, ExitStack() as stack:
        port = free_port()
        redis = stack.enter_context(
            process(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder])
        )
        parts = Parts("127.0.0.1", port, redis.pid, {"redis": LiveServer("127.0.0.1", port, redis.pid)})
        while not info(port, ""):
            pass
        nodes = []
        for at in range(4):
            kind = "web" if at < 2 else "worker"
            command = [sys.executable, "-m", "benchmarks._capacity_node", kind, f"redis://127.0.0.1:{port}/0"]
            nodes.append((kind, stack.enter_context(process([*command, str(Path(folder) / f"node-{at}")]))))
        web = []
        for at, (kind, node) in enumerate(nodes):
            line = node.stdout.readline().strip() if node.stdout else ""
            address = httpx2.URL(line if kind == "web" else "http://127.0.0.1:1")
            parts.servers[f"{kind} {at}"] = LiveServer(address.host, address.port or 0, node.pid)
            if kind == "web":
                web.append(parts.servers[f"{kind} {at}"])
        for each in web:
            while httpx2.get(f"http://{each.host}:{each.port}/readyz", trust_env=False).status_code != 200:
                pass
        yield parts, web, port


def info(port: int, section: str) -> dict[str, str]:
    """What Redis says of itself; nothing while it does not answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1.0) as connection:
            connection.sendall(f"INFO {section}\r\n".encode())
            lines = connection.recv(1 << 16).decode().splitlines()
    except OSError:
        return {}
    return dict(line.split(":", 1) for line in lines if ":" in line)


def variant(streams: int) -> str:
    """An agent that is still sending when the window closes."""
    return f"{round(RATE * (WINDOW_S + 2 * SETTLE_S + STARTING_S + streams / 50))}-{RATE}"


def row(what: str, streams: int, measured: Measured, rest: str = "") -> str:
    """The line of one measurement."""
    rate = measured.events / max(1e-9, measured.seconds)
    return (
        f"{streams:5d}  {what:<13}  {streams * RATE:6d} {rate:7.0f}  "
        f"{measured.late(0.5):7.0f} {measured.late(0.99):6.0f}  {measured.cost_us:8.0f}  {rest}"
    )


def bends(streams: int, measured: Measured) -> bool:
    """Whether so many runs are too many."""
    arriving = measured.events / max(1e-9, measured.seconds) / (streams * RATE)
    return measured.late(0.99) > MOST_LATE_MS or arriving < LEAST_ARRIVING


def many_machines(streams: int) -> Measured:
    """The deployment with so many runs, and its line."""
    with deployment() as (parts, web, port):
        before = int(info(port, "memory")["used_memory"])
        agent = variant(streams)
        measured = measure(parts, [web[at % 2].run(agent) for at in range(streams)], streams * RATE)
        costs = [1e6 * parts.share(kind) / max(1, measured.events) for kind in ("worker", "web", "redis")]
        kept = (int(info(port, "memory")["used_memory"]) - before) / streams
        count = int(agent.partition("-")[0])
        rest = "".join(f"{cost:6.0f}  " for cost in costs) + f"{kept / 1024:7.0f} KiB {kept / count:6.0f} bytes"
        say(row("many machines", streams, measured, rest))
        return measured


def one_machine(streams: int) -> Measured:
    """One SQLite node with so many runs, and its line."""
    with live_server() as server:
        measured = measure(server, [server.run(variant(streams)) for _ in range(streams)], streams * RATE)
        say(row("one SQLite", streams, measured))
        return measured


def main(counts: list[int]) -> None:
    """One table, and where it bends."""
    say("               events a second         late, ms          CPU us an event             memory of Redis")
    say(" runs  where            due arrived      p50    p99       all  worker   web  redis   a run       an event")
    for name, measuring in (("one SQLite node", one_machine), ("many machines", many_machines)):
        bent = [streams for streams in counts if bends(streams, measuring(streams))]
        say(f"{name}: {f'bends at {bent[0]} runs' if bent else 'does not bend with these'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, nargs="*", default=[50, 100, 150, 200])
    main(parser.parse_args().streams)
