"""TCP ports on this machine: find a free one, or say plainly that one is taken."""

import errno
import socket
from typing import Final

BACKEND_PORT: Final = 8750
GRADIO_PORT: Final = 7860
STREAMLIT_PORT: Final = 8501
"""Where the three processes of a demo listen unless somebody says otherwise."""


class PortBusy(Exception):
    """A port that was asked for is taken; the message is one sentence that names the port and the flag."""

    def __init__(self, port: int, flag: str) -> None:
        super().__init__(f"Port {port} is already in use: choose another one with {flag} N, or stop what uses it.")
        self.port = port
        self.flag = flag


def free_port(host: str = "127.0.0.1") -> int:
    """A port that was free a moment ago. Another process may take it before the caller does."""
    with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def ensure_port_free(port: int, flag: str, host: str = "127.0.0.1") -> None:
    """Return if a server could listen on ``port`` now.

    ``flag`` is the option that chooses the port, as the user writes it. Raises PortBusy where the port is taken, and
    OSError where it cannot be had for another reason (no such address, no permission).
    """
    with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
        # As a server does: a connection of an earlier run that still lingers in TIME_WAIT does not count as busy.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortBusy(port, flag) from None
            raise


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
