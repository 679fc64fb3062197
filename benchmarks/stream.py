"""What a stream over HTTP costs: ``python -m benchmarks.stream [--events N] [--streams N]``. Prints figures.

The server (``_paced_server``) is a process of its own and reports its CPU time; the same log is sent by our response
and by sse-starlette's own, fed with one dict per event. Compare figures of one run, not of two machines.
"""

import argparse
import asyncio
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import httpx2

DEADLINE_S = 120.0


def say(what: str, value: str) -> None:
    """One line of the result."""
    print(f"{what:<64} {value}", flush=True)  # noqa: T201 - a script's output


def expect(holds: bool, otherwise: str) -> None:
    """Raise ``RuntimeError`` unless it holds: a figure of something else is not a figure."""
    if not holds:
        raise RuntimeError(otherwise)


def start(client: httpx2.Client, agent: str) -> str:
    """Start a run; gives its id."""
    answer = client.post("/v1/runs", json={"question": "Why?", "agent": agent})
    answer.raise_for_status()
    return str(answer.json()["run_id"])


def wait_until_ended(client: httpx2.Client, run_id: str) -> None:
    """Return once the run is over."""
    while client.get(f"/v1/runs/{run_id}").json()["outcome"] is None:
        time.sleep(0.2)


def cpu_s(client: httpx2.Client) -> float:
    """The server's CPU time."""
    return float(client.get("/cpu").json())


def read_whole(url: str, path: str) -> int:
    """Read a stream to its end as fast as it comes, without looking at it; gives the number of events."""
    address = httpx2.URL(url)
    with socket.create_connection((address.host, address.port), timeout=DEADLINE_S) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        events, tail = 0, b""
        while chunk := connection.recv(1 << 18):
            data = tail + chunk
            events += data.count(b"\nevent: ")
            tail = data[-7:]
    return events


def replay(client: httpx2.Client, url: str, count: int) -> None:
    """One long run, read as fast as it is sent."""
    run_id = start(client, f"paced:{count}-0")
    wait_until_ended(client, run_id)
    for name, path in (("ours", f"/v1/runs/{run_id}/events"), ("sse-starlette, dicts", f"/plain/{run_id}/events")):
        rates, costs = [], []
        for _ in range(3):
            used, began = cpu_s(client), time.perf_counter()
            events = read_whole(url, path)
            rates.append(events / (time.perf_counter() - began))
            costs.append((cpu_s(client) - used) / events * 1e6)
            expect(events >= count, "events were lost")
        say(
            f"replay of {count:,} events, {name}",
            f"{statistics.median(rates):>9,.0f} events/s  {statistics.median(costs):6.2f} us CPU an event",
        )


async def watch(url: str, path: str) -> int:
    """Read a stream to its end; gives the number of events."""
    address = httpx2.URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    events = 0
    while chunk := await reader.read(1 << 16):
        events += chunk.count(b"\nevent: ")
    writer.close()
    return events


def paced(client: httpx2.Client, url: str, streams: int, rate: int, seconds: int) -> None:
    """Many readers of one live run."""

    async def watch_all(path: str) -> int:
        return sum(await asyncio.gather(*(watch(url, path) for _ in range(streams))))

    for name, form in (("ours", "/v1/runs/{}/events"), ("sse-starlette, dicts", "/plain/{}/events")):
        run_id = start(client, f"paced:{rate * seconds}-{rate}")
        used = cpu_s(client)
        events = asyncio.run(watch_all(form.format(run_id)))
        cost = (cpu_s(client) - used) / events * 1e6
        say(
            f"{streams} streams at {rate} events/s, {name}", f"{cost:6.1f} us CPU a delivered event ({events:,} events)"
        )


def first_event(client: httpx2.Client, rounds: int = 200) -> None:
    """From the POST to the first event, and from a cancel to ``done``, on connections that are open."""
    body = {"question": "Why?", "agent": "paced:3-0"}
    streamed, followed, cancelled = [], [], []
    for _ in range(rounds):
        began = time.perf_counter()
        with client.stream("POST", "/v1/runs", json=body, headers={"Accept": "text/event-stream"}) as response:
            streamed.append(seconds_until(b"event: token", response, began))
        began = time.perf_counter()
        run_id = start(client, "paced:3-0")
        with client.stream("GET", f"/v1/runs/{run_id}/events") as response:
            followed.append(seconds_until(b"event: token", response, began))
        run_id = start(client, "paced:2-0.01")
        with client.stream("GET", f"/v1/runs/{run_id}/events") as response:
            chunks = response.iter_raw()
            next(chunks)
            began = time.perf_counter()
            client.post(f"/v1/runs/{run_id}/cancel").raise_for_status()
            expect(b"event: done" in b"".join(chunks), "the run did not end")
            cancelled.append(time.perf_counter() - began)
    for name, values in (
        ("POST answered by the stream, to the first event", streamed),
        ("POST, then GET events, to the first event", followed),
        ("POST cancel, to done on another connection", cancelled),
    ):
        cuts = statistics.quantiles(values, n=20)
        say(name, f"{cuts[9] * 1e3:6.2f} ms p50  {cuts[18] * 1e3:6.2f} ms p95")


def seconds_until(sign: bytes, response: httpx2.Response, began: float) -> float:
    """Seconds until the stream has brought ``sign``; reads on to its end, so that the connection stays open."""
    taken, received = 0.0, b""
    for chunk in response.iter_raw():
        received += chunk
        if not taken and sign in received:
            taken = time.perf_counter() - began
    return taken


def main() -> None:
    """Start the server and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000, help="length of the replayed run")
    parser.add_argument("--streams", type=int, default=200, help="readers of the live run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks._paced_server", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                url = server.stdout.readline().strip() if server.stdout else ""
                with httpx2.Client(base_url=url, timeout=DEADLINE_S, trust_env=False) as client:
                    first_event(client)
                    replay(client, url, options.events)
                    paced(client, url, options.streams, rate=50, seconds=10)
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
