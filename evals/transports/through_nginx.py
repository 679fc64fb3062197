"""The same streams through nginx as it comes: buffering on, HTTP/1.0 to the server, and no word about WebSockets."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from backend.launch.child import ChildProcess
from backend.launch.ports import free_port
from evals.transports.bench import Bench
from evals.transports.streams import COLUMNS as OF_STREAMS, TRANSPORTS, Transport, measured_streams
from evals.transports.tables import CaseTable, Cell
from evals.wire.control_channel import ChannelFailed
from evals.wire.exchange import Address

LEVEL: Final = 20
WAYS: Final = ("as it comes", "upgrades")

COLUMNS: Final = ("nginx", *OF_STREAMS)

_PLACES: Final = "/usr/sbin:/usr/local/sbin"
_READY_S: Final = 30.0
_UPGRADES: Final = (
    "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_asked;"
)
_CONFIGURATION: Final = """
daemon off; {user} pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_asked {{ default upgrade; '' close; }}
  server {{ listen 127.0.0.1:{usual}; location / {{ proxy_pass {url}; }} }}
  server {{ listen 127.0.0.1:{upgrading}; location / {{ proxy_pass {url}; {upgrades} }} }}
}}
"""


async def measure(bench: Bench, ways: Sequence[str] = WAYS) -> CaseTable:
    """Through servers of nginx; one row says so where there is no nginx."""
    note = (
        f"{LEVEL} streams like those of the first table. `as it comes` is a `location` with nothing but "
        "`proxy_pass`; `upgrades` adds the three lines that a WebSocket needs (docs/nginx.conf has them). Where "
        "the channel is refused, the client follows over SSE and sends commands as POSTs."
    )
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:{_PLACES}")
    if program is None:
        row: tuple[Cell, ...] = ("there is no nginx on this machine", *(None for _ in OF_STREAMS))
        return CaseTable("nginx", "Through nginx", COLUMNS, (row,), note)
    with _nginx(program, bench.address) as servers:
        rows = [
            (name, LEVEL, transport, *await _cells(bench, transport, address))
            for name, address in zip(WAYS, servers, strict=True)
            if name in ways
            for transport in TRANSPORTS
        ]
    return CaseTable("nginx", "Through nginx", COLUMNS, tuple(rows), note)


async def _cells(bench: Bench, transport: Transport, through: Address) -> tuple[Cell, ...]:
    try:
        return (await measured_streams(bench, transport, LEVEL, through)).cells
    except* ChannelFailed as failed:
        (refused, *_) = (each for each in failed.exceptions if isinstance(each, ChannelFailed))
    return (f"refused ({refused.status})", *(None for _ in OF_STREAMS[3:]))


@contextmanager
def _nginx(program: str, address: Address) -> Iterator[tuple[Address, Address]]:
    """nginx in front of the backend: the addresses of its two servers."""
    ports = {"usual": free_port(), "upgrading": free_port()}
    with TemporaryDirectory(prefix="playhead-nginx-") as folder:
        # Its workers would otherwise be a user who may not enter the folder.
        user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
        text = _CONFIGURATION.format(folder=folder, user=user, url=address.url, upgrades=_UPGRADES, **ports)
        configuration = Path(folder) / "nginx.conf"
        configuration.write_text(text, encoding="utf-8")
        with ChildProcess("nginx", [program, "-p", folder, "-c", str(configuration)]) as process:
            process.wait_until_ready(f"http://127.0.0.1:{ports['usual']}/healthz", _READY_S)
            yield (Address("http", "127.0.0.1", ports["usual"]), Address("http", "127.0.0.1", ports["upgrading"]))
