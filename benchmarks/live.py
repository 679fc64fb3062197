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
import socket
import statistics
import time

from benchmarks._live_backend import CHART_PAUSE_S
from benchmarks._live_server import EVENT, SETTLE_S, WINDOW_S, LiveServer, Measured, live_server, measure

RATE = 50
FULL_SPEED_EVENTS = 40_000
WATCHERS = 400
CHARTS = 6
WITNESS_RATE = 400
"""Events a second of the bare stream that shows how long charts keep the event loop from others."""


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
            events += data.count(EVENT)
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
    while EVENT not in received:
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
