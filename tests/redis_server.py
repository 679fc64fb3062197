"""A redis-server of the tests: started by them, on a socket in their own folder or a free port, and never one that was
there before."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from backend.launch.ports import free_port
from tests.conftest import missing

STARTED_WITHIN_S = 20.0


def redis_program() -> str:
    """The program, or a skip with the reason."""
    found = shutil.which("redis-server")
    if found is None:
        missing("There is no redis-server on this machine: install it (Debian: redis-server).")
    return found


class RedisServer:
    """One server, which can be killed, stopped for a while and started again with the data it had."""

    def __init__(
        self,
        folder: Path,
        options: Sequence[str] = (),
        *,
        aof: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder
        self._program = redis_program()
        self.port = free_port()
        self._environment = environment
        self._options = ["--appendonly", "yes", "--appendfsync", "always"] if aof else ["--appendonly", "no"]
        self._options += options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *before: str) -> None:
        """Start it and return when it answers. ``before`` is a command that starts it, such as faketime."""
        self._process = subprocess.Popen(
            [
                *(*before, self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""),
                *("--dir", str(self._folder), "--logfile", str(self._folder / f"redis-{self.port}.log")),
                *self._options,
            ],
            env=dict(self._environment) if self._environment is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + STARTED_WITHIN_S
        while b"PONG" not in self.ask(b"PING\r\n"):
            assert self._process.poll() is None, (self._folder / f"redis-{self.port}.log").read_text()
            assert time.monotonic() < deadline, "redis-server does not answer"

    def ask(self, command: bytes) -> bytes:
        """What it answers to an inline command; empty where it does not answer."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1.0) as connection:
            connection.sendall(command)
            return connection.recv(65536)
        return b""

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Have it stand still: its connections stay open and nothing answers."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have it continue."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


@contextmanager
def running_redis(
    folder: Path, *options: str, aof: bool = False, environment: Mapping[str, str] | None = None
) -> Iterator[RedisServer]:
    """A server while inside; ``environment`` is added to this process's own."""
    folder.mkdir(parents=True, exist_ok=True)
    server = RedisServer(folder, options, aof=aof, environment={**os.environ, **(environment or {})})
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis of the tests."""
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server
