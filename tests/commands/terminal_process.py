"""A command on a real pseudo-terminal, as a person runs it: keys go in, a screen comes out."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from types import TracebackType
from typing import Self

from tests.commands.screen import Screen

DEADLINE_S = 60.0
CTRL_C = "\x03"

_OWN_THE_TERMINAL = (
    "import fcntl,os,sys,termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class TerminalProcess:
    """Runs ``playhead`` with these arguments on a terminal of ``rows`` x ``columns``."""

    def __init__(self, *arguments: str, rows: int = 24, columns: int = 90) -> None:
        self._size = (rows, columns)
        self._output = b""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        # Only a session leader that owns the terminal gets SIGINT when Ctrl-C is typed.
        command = [sys.executable, "-c", _OWN_THE_TERMINAL, sys.executable, "-m", "backend.cli", *arguments]
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"},
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._master)

    @property
    def text(self) -> str:
        """What stands on the screen and above it."""
        screen = Screen(*self._size)
        screen.write(self._output.decode("utf-8", "ignore"))
        return screen.text

    def type(self, keys: str) -> None:
        """Type some keys."""
        os.write(self._master, keys.encode())

    def wait_for(self, text: str) -> str:
        """Return what is on the screen as soon as ``text`` is."""
        deadline = time.monotonic() + DEADLINE_S
        while text not in (seen := self.text):
            assert self._read(deadline), f"the command ended without {text!r}:\n{seen}"
        return seen

    def finish(self) -> tuple[int, str]:
        """The exit code and everything on the screen, once the command has ended."""
        deadline = time.monotonic() + DEADLINE_S
        while self._read(deadline):
            continue
        return self._process.wait(DEADLINE_S), self.text

    def _read(self, deadline: float) -> bool:
        """Read some more output; False at its end."""
        ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"nothing came for {DEADLINE_S:g} s:\n{self.text}"
        try:
            data = os.read(self._master, 65536)
        except OSError:
            # Linux: EIO once nobody holds the other side.
            return False
        self._output += data
        return bool(data)
