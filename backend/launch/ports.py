"""TCP ports on this machine: find a free one, or say plainly that one is taken."""

import errno
import itertools
import secrets
import socket
from typing import Final

BACKEND_PORT: Final = 8750
GRADIO_PORT: Final = 7860
STREAMLIT_PORT: Final = 8501
"""Where the three processes of a demo listen unless somebody says otherwise."""

_GIVEN_OUT: Final = range(20_000, 32_768)
"""Below the ports that systems give to connections on their way out, which would take one before its server listens."""
_turns = itertools.count(secrets.randbelow(len(_GIVEN_OUT)))


class PortBusy(Exception):
    """A port that was asked for is taken; the message is one sentence that names the port and the flag."""

    def __init__(self, port: int, flag: str) -> None:
        super().__init__(f"Port {port} is already in use: choose another one with {flag} N, or stop what uses it.")
        self.port = port
        self.flag = flag


def free_port(host: str = "127.0.0.1") -> int:
    """A port that was free a moment ago, and another one each time. Another process may take it before the caller
    does. Raises OSError where no port can be had."""
    for turn in itertools.islice(_turns, len(_GIVEN_OUT)):
        port = _GIVEN_OUT[turn % len(_GIVEN_OUT)]
        with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return port
    raise OSError(errno.EADDRINUSE, f"None of the ports {_GIVEN_OUT[0]} to {_GIVEN_OUT[-1]} is free.")


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
