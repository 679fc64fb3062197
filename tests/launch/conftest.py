"""Tiny child programs, and a way to know that a process is gone."""

import os
import select
import sys
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import pytest

from backend.launch.child import ChildProcess

DEADLINE_S = 30.0

StartChild = Callable[..., ChildProcess]


class Gone:
    """Holds on to a process by its number, and tells whether it has ended."""

    def __init__(self, pid: int) -> None:
        self._descriptor = os.pidfd_open(pid)

    def within(self, seconds: float = DEADLINE_S) -> bool:
        """Whether it ended before that many seconds were over. Can be asked once."""
        ready, _, _ = select.select([self._descriptor], [], [], seconds)
        os.close(self._descriptor)
        return bool(ready)


class Said:
    """What a child says, a line at a time: pass it as ``on_line``."""

    def __init__(self) -> None:
        self._lines: SimpleQueue[str] = SimpleQueue()

    def __call__(self, line: str) -> None:
        self._lines.put(line)

    def next(self) -> str:
        """The next line, waited for."""
        return self._lines.get(timeout=DEADLINE_S)


def python(program: str) -> list[str]:
    """The command line that runs a program text."""
    return [sys.executable, "-c", program]


@pytest.fixture
def start_child(request: pytest.FixtureRequest) -> StartChild:
    """Starts ``start_child(program, **options)``; whatever is left of it is killed at the end of the test."""

    def start(program: str, **options: Any) -> ChildProcess:
        child = ChildProcess("The child", python(program), **options)
        child.start()
        request.addfinalizer(child.kill)
        return child

    return start
