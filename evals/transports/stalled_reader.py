"""A reader who takes nothing any more: when it is cut, what it costs until then, and what others notice."""

import asyncio
import base64
import json
import os
import socket
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Final

from evals.transports.bench import DEADLINE_S, Bench, all_of, fresh_backend
from evals.transports.scenarios import FLOOD, FLOOD_BLOCK, FLOOD_BLOCKS, LASTING
from evals.transports.tables import CaseTable, Cell, percentile
from evals.wire.arrivals import get_request
from evals.wire.exchange import exchange
from evals.wire.frames import TEXT, client_frame

COLUMNS: Final = ("transport", "cut after s", "memory grew MiB", "another reader's gaps p99 ms")

_LOOK_S: Final = 0.25
_SMALL_BUFFER: Final = 4096
_CONNECTIONS: Final = Path("/proc/net/tcp")
_ESTABLISHED: Final = "01"


async def measure(bench: Bench) -> CaseTable:
    """Both transports at the same time, each on a backend of its own."""
    with ExitStack() as stack:
        second = await asyncio.to_thread(stack.enter_context, fresh_backend())
        rows = await all_of(_stalled(bench, over_channel=False), _stalled(second, over_channel=True))
        await asyncio.to_thread(stack.close)
    megabytes = FLOOD_BLOCK * FLOOD_BLOCKS / 1e6
    note = (
        f"A run writes {megabytes:.0f} MB in a few seconds, and its reader takes nothing after the request. The "
        "memory is the server's largest while the reader is there, beside that before: the run's own log is part "
        "of it. Another reader follows a run of 10 tokens a second meanwhile. Each transport has a backend of its"
        " own, at the same time."
    )
    return CaseTable(
        "stalled", "A reader who takes nothing", COLUMNS, (("sse", *rows[0]), ("websocket", *rows[1])), note
    )


async def _stalled(bench: Bench, *, over_channel: bool) -> tuple[Cell, ...]:
    other, _ = await bench.start(LASTING)
    stamps: list[int] = []

    def heard(stamp: int, data: bytes) -> bool:
        stamps.append(stamp)
        return False

    request = get_request(bench.address, f"/v1/runs/{other}/events")
    following = asyncio.create_task(exchange(bench.address, request, 2 * DEADLINE_S, heard))
    before = bench.cost.memory_mib()
    run_id, session = await bench.start(FLOOD)
    connection = await asyncio.to_thread(_asked, bench, run_id, session, over_channel)
    began, most = perf_counter(), before
    with connection:
        while not _was_cut(connection, bench.address.port) and perf_counter() - began < DEADLINE_S:
            await asyncio.sleep(_LOOK_S)
            most = max((size for size in (most, bench.cost.memory_mib()) if size is not None), default=None)
        lasted_s = perf_counter() - began
    for each in (run_id, other):
        await bench.call(f"/v1/runs/{each}/cancel", {})
    await following
    gaps = [(later - earlier) / 1e6 for earlier, later in pairwise(stamps)]
    grew = None if most is None or before is None else round(most - before, 1)
    return ("never" if lasted_s >= DEADLINE_S else round(lasted_s, 1), grew, percentile(gaps, 0.99))


def _asked(bench: Bench, run_id: str, session: str, over_channel: bool) -> socket.socket:
    """A connection on which the run was asked for, and of which only as much is read as that takes."""
    address = bench.address
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
    connection.settimeout(DEADLINE_S)
    connection.connect((address.host, address.port))
    if not over_channel:
        connection.sendall(get_request(address, f"/v1/runs/{run_id}/events"))
        return connection
    key = base64.b64encode(os.urandom(16)).decode()
    head = (
        f"GET {address.path}/v1/sessions/{session}/control HTTP/1.1\r\nHost: {address.authority}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: playhead.v1\r\n\r\n"
    )
    connection.sendall(head.encode())
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(256)
    for command in ({"id": "stalled-1", "op": "hello"}, {"id": "stalled-2", "op": "follow", "run": run_id}):
        connection.sendall(client_frame(TEXT, json.dumps(command).encode()))
    return connection


def _was_cut(connection: socket.socket, port: int) -> bool:
    """Whether the server has closed its end. The reader's end does not show it: what is unread stands before the close,
    so the kernel's table of connections is asked for the other end.
    """
    own = connection.getsockname()[1]
    lines = _CONNECTIONS.read_text(encoding="ascii").splitlines()[1:]
    ends = (line.split() for line in lines)
    states = [end[3] for end in ends if (_port(end[1]), _port(end[2])) == (port, own)]
    return states != [_ESTABLISHED]


def _port(end: str) -> int:
    """The port of an address in the kernel's table."""
    return int(end.rpartition(":")[2], 16)
