"""How exactly the evals' measuring path stamps: ``python benchmarks/measuring_path.py [--streams N …]``.

A server in a process of its own waits 200 ms after the request, then sends 40 tokens, one every 25 ms, and puts the
moment of each write into the event (``perf_counter_ns`` is one clock for all processes of a Linux machine). Delivery
is arrival minus that moment; the error of the time to first token is what was measured minus 200 ms, which holds the
server's own lateness and the way of the request as well.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import time
from multiprocessing.connection import Connection

from backend.metrics.statistics import nearest_rank
from evals.arrivals import parse, post_request
from evals.transport import Address, exchange

FIRST_TOKEN_S = 0.2
GAP_S = 0.025
TOKENS = 40
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One stream: every moment is counted from the request, so that lateness does not add up."""
    await reader.readuntil(b"\r\n\r\n")
    loop = asyncio.get_running_loop()
    began = loop.time()
    writer.write(HEAD)
    for number in range(TOKENS):
        await asyncio.sleep(max(0.0, began + FIRST_TOKEN_S + number * GAP_S - loop.time()))
        event = {"seq": number + 1, "type": "token", "text": "token ", "sent_ns": time.perf_counter_ns()}
        writer.write(f"data: {json.dumps(event)}\n\n".encode())
    writer.close()
    await writer.wait_closed()


def serve(pipe: Connection) -> None:
    """Run the server until the process is ended; the port goes through the pipe."""

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1000)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def measure(port: int, streams: int) -> tuple[list[float], list[float]]:
    """So many streams at once; gives the errors of the time to first token and every delivery, in milliseconds."""
    address = Address("http", "127.0.0.1", port)
    request = post_request(address, "/", {})
    captures = await asyncio.gather(*(exchange(address, request, 60.0) for _ in range(streams)))
    errors, deliveries = [], []
    for capture in captures:
        arrivals = parse(capture)
        if capture.sent_ns is None or len(arrivals.events) != TOKENS:
            raise RuntimeError(f"A stream did not come whole: {capture.failure or arrivals.failure}")
        errors.append((arrivals.stamps_ns[0] - capture.sent_ns) / 1e6 - FIRST_TOKEN_S * 1000)
        for event, stamp in zip(arrivals.events, arrivals.stamps_ns, strict=True):
            sent_ns = (event.model_extra or {})["sent_ns"]
            deliveries.append((stamp - sent_ns) / 1e6)
    return errors, deliveries


def figures(values: list[float]) -> str:
    """Median, 95th percentile and maximum."""
    return f"{nearest_rank(values, 0.5):8.3f} {nearest_rank(values, 0.95):8.3f} {max(values):9.3f}"


def main() -> None:
    """Measure with each number of streams, a few rounds each."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--streams", type=int, nargs="+", default=[1, 2, 10, 50, 100])
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    port = ours.recv()
    print(f"load {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores; milliseconds: median, p95, max")  # noqa: T201
    asyncio.run(measure(port, 1))
    for streams in chosen.streams:
        errors: list[float] = []
        deliveries: list[float] = []
        for _ in range(max(chosen.rounds, 12 // streams)):
            round_errors, round_deliveries = asyncio.run(measure(port, streams))
            errors += round_errors
            deliveries += round_deliveries
        print(f"{streams:4d} streams  TTFT error {figures(errors)}   delivery {figures(deliveries)}")  # noqa: T201
    server.terminate()
    server.join()


if __name__ == "__main__":
    main()
