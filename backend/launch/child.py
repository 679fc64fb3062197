"""A server as a child process: start it, know when it answers, notice when it dies, stop all of it."""

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from http.client import HTTPException
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from backend.launch import guard

POLL_S = 0.05
"""Seconds between two looks at whether a child answers."""
PROBE_TIMEOUT_S = 5.0

# A proxy in the environment must not be asked for an address of this machine.
_open_directly = build_opener(ProxyHandler({})).open


class ChildFailed(Exception):
    """A child did not do what it was started for; the message names it and ends with its last lines of output."""

    def __init__(self, name: str, what: str, last_lines: Sequence[str]) -> None:
        said = "".join(f"\n  {line}" for line in last_lines) or " nothing"
        super().__init__(f"{name} {what}. The last it said:{said}")
        self.name = name
        self.last_lines = list(last_lines)


class ChildDied(ChildFailed):
    """A child ended although nobody asked it to."""


class ChildNotReady(ChildFailed):
    """A child neither answered nor said anything for too long."""


def answers(url: str) -> bool:
    """Whether a GET of ``url`` gives a status of 2xx now."""
    return answer_of(url) is not None


def answer_of(url: str) -> bytes | None:
    """The body that a GET of ``url`` gives now, or None where its status is not 2xx."""
    try:
        with _open_directly(url, timeout=PROBE_TIMEOUT_S) as response:
            status: int = response.status
            body: bytes = response.read()
    except (HTTPException, OSError):
        return None
    return body if 200 <= status < 300 else None


class ChildProcess:
    """One command in a separate process group, with its output (stdout and stderr as one) read line by line.

    It runs under ``backend.launch.guard``, so it ends when this process does, however that happens. Use it as a
    context, or call ``start`` and ``stop``. POSIX only.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        keep_lines: int = 20,
        grace_s: float = 10.0,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        """Start nothing yet.

        ``name`` is what a person reads ("The Gradio UI"); ``env`` is added to this process's environment; ``grace_s``
        is how long it may take to stop before it is killed; ``on_line`` gets every line of output, on a thread of its
        own, and must not raise.
        """
        self.name = name
        self.on_end: Callable[[ChildProcess], None] | None = None
        """Called once, on another thread, when the process has ended and its output is read."""
        self._command = [sys.executable, "-IS", str(Path(guard.__file__)), str(grace_s), *command]
        self._env = {**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})}
        self._lines: deque[str] = deque(maxlen=keep_lines)
        self._on_line = on_line
        self._heard = 0.0
        self._ended = threading.Event()
        self._ordering = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        """Start the command. A command that cannot be started counts as one that died at once."""
        self._heard = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            # Its own session: the terminal's Ctrl-C and hang-up reach us alone, and we decide what to do.
            start_new_session=True,
        )
        self._reader = threading.Thread(
            target=self._read, args=(self._process,), name=f"output of {self.name}", daemon=True
        )
        self._reader.start()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        for line in process.stdout or ():
            self._heard = time.monotonic()
            self._lines.append(line.rstrip())
            if self._on_line:
                self._on_line(line.rstrip())
        process.wait()
        with self._ordering:
            self._ended.set()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
        if self.on_end:
            self.on_end(self)

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and not self._ended.is_set()

    @property
    def pid(self) -> int | None:
        """The id of the process that guards it and starts it, or None while it was not started."""
        return self._process.pid if self._process else None

    @property
    def returncode(self) -> int | None:
        """Its exit code, 128 + the signal's number if one ended it, or None while it has not ended."""
        return self._process.poll() if self._process else None

    @property
    def last_lines(self) -> list[str]:
        """The last lines of its output, oldest first."""
        return list(self._lines)

    def died(self) -> ChildDied:
        """The error that says it ended by itself, with its last lines."""
        return ChildDied(self.name, f"ended by itself with exit code {self.returncode}", self.last_lines)

    def wait_until_ready(
        self,
        ready: str | Callable[[], bool],
        timeout_s: float = 60.0,
        pause: Callable[[float], None] | None = None,
    ) -> None:
        """Return when ``ready`` (an address to GET, or a predicate) is true.

        Raises ChildDied as soon as the child ends, and ChildNotReady after ``timeout_s`` seconds in which it neither
        answered nor said anything: a child that reports progress is waited for. ``pause(seconds)`` waits between two
        looks, and may raise to give up.
        """
        look = partial(answers, ready) if isinstance(ready, str) else ready
        pause = pause or self._pause
        while not look():
            pause(POLL_S)
            if time.monotonic() - self._heard > timeout_s:
                what = f"did not answer and said nothing for {timeout_s:g} s"
                raise ChildNotReady(self.name, what, self.last_lines)
        # What answered was another server, if this one found its port taken.
        if self._ended.is_set():
            raise self.died()

    def _pause(self, seconds: float) -> None:
        if self._ended.wait(seconds):
            raise self.died()

    def ask_to_stop(self) -> None:
        """Have it sent SIGTERM, and SIGKILL after the grace period. Returns at once; harmless when it has ended."""
        self._order(guard.STOP)

    def kill(self) -> None:
        """Have it and all of its group killed with SIGKILL, as a crash would. Returns when it is gone."""
        self._order(guard.KILL)
        self.wait()

    def wait(self) -> None:
        """Return when it has ended and ``on_end`` was called; ``ask_to_stop`` bounds that by the grace period."""
        if self._reader:
            self._reader.join()

    def stop(self) -> None:
        """Stop it and return when it is gone. Harmless when it never started or has ended."""
        self.ask_to_stop()
        self.wait()

    def _order(self, order: bytes) -> None:
        with self._ordering:
            if self._process and self._process.stdin and not self._ended.is_set():
                # Past the file object, whose buffer would keep what a broken pipe refuses and try it again when it is
                # closed. The pipe breaks where the command ends first, which is what was wanted.
                with suppress(BrokenPipeError):
                    os.write(self._process.stdin.fileno(), order)

    def __enter__(self) -> "ChildProcess":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
