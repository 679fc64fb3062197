"""A real ``playhead serve``: started, spoken to, and ended in every way a process can end."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from backend.network.http_client import tls

DEADLINE_S = 60.0


class ServeProcess:
    """A child that serves at ``url`` once ``wait_until_listening`` has returned."""

    def __init__(self, *arguments: str, cwd: Path | None = None) -> None:
        self.url = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "backend.cli", "serve", *arguments],
            stdin=subprocess.DEVNULL,
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_listening(self) -> None:
        """Read the one line that says where it listens."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        name, _, self.url = line.strip().partition(" ")
        assert name == "backend", f"it said {line!r}, and then {self.end()}"

    def client(self) -> httpx2.Client:
        """A client of it."""
        return httpx2.Client(base_url=self.url, timeout=DEADLINE_S, trust_env=False, verify=tls())

    def end(self, number: signal.Signals | None = None) -> tuple[int, str, str]:
        """Send the signal and wait; gives the exit code and what else was said on stdout and stderr."""
        if number is not None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode, out, err


@contextmanager
def serving(data_dir: Path, *arguments: str) -> Iterator[ServeProcess]:
    """A server on a free port that keeps everything under ``data_dir``."""
    child = ServeProcess("--port", "0", "--data", str(data_dir), *arguments)
    try:
        child.wait_until_listening()
        yield child
    finally:
        if child.process.poll() is None:
            child.process.kill()
        child.process.communicate()
