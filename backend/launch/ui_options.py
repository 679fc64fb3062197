"""The command line of a UI's program, the same for both."""

import argparse
from collections.abc import Sequence

from backend.launch.ports import BACKEND_PORT, PortBusy, ensure_port_free


def ui_parser(module: str, title: str, port: int) -> argparse.ArgumentParser:
    """A parser with ``--port``, ``--host`` and ``--backend`` for ``python -m <module>``; ``title`` is the UI's name for
    people."""
    backend = f"http://127.0.0.1:{BACKEND_PORT}"
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=f"Playhead's {title} UI.")
    parser.add_argument("--port", type=int, default=port, help=f"port to serve at (default {port})")
    parser.add_argument("--host", default="127.0.0.1", help="address of this machine to serve at (default 127.0.0.1)")
    parser.add_argument("--backend", default=backend, help=f"address of the backend (default {backend})")
    return parser


def parse_with_free_port(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options, if the port is free; else end the program with one sentence and exit code 1."""
    options = parser.parse_args(arguments)
    try:
        ensure_port_free(options.port, "--port", options.host)
    except PortBusy as busy:
        parser.exit(1, f"{busy}\n")
    return options
