"""Several children under one supervisor: they start, stop and fall together. It owns signals, so it is a program."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.child_process import child_process
from tests.launch.conftest import DEADLINE_S, Gone

pytestmark = pytest.mark.server

PROGRAM = """
import os, sys
from backend.launch.child import ChildFailed, ChildProcess
from backend.launch.supervisor import Supervisor

def say(text):
    # In one write: children are heard on threads of their own.
    os.write(1, f"{{text}}\\n".encode())

def part(name, program, grace_s):
    return ChildProcess(name, [sys.executable, "-c", program], grace_s=grace_s, on_line=say)

SHOW = "import os, signal, sys; print(os.getpid()); "
parts = [part("First", SHOW + {first!r}, {grace_s}), part("Second", SHOW + {second!r}, {grace_s})]
try:
    with Supervisor(parts) as supervisor:
        for each in parts:
            supervisor.wait_until_ready(each, lambda: {ready} and bool(each.last_lines), 60)
        say("ready")
        supervisor.watch()
except ChildFailed as failure:
    say(failure)
    sys.exit(1)
say("stopped")
"""
STAYS = "signal.pause()"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); signal.pause()"


class Supervised:
    """A running supervisor of two children."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.children: list[Gone] = []

    def line(self) -> str:
        """The next line of the program; a line that is a child's number is kept as that child."""
        assert self.process.stdout is not None
        text = self.process.stdout.readline().strip()
        if text.isdigit():
            self.children.append(Gone(int(text)))
        return text

    def lines_until(self, last: str) -> list[str]:
        """The lines up to that one, which must come."""
        lines = [self.line()]
        while lines[-1] not in (last, ""):
            lines.append(self.line())
        assert lines[-1] == last, lines
        return lines

    def rest(self) -> str:
        """What is said until the end, and everybody has gone."""
        said, _ = self.process.communicate(timeout=DEADLINE_S)
        assert len(self.children) == 2
        assert all(child.within() for child in self.children)
        return said


@contextmanager
def supervised(
    first: str = STAYS, second: str = STAYS, ready: bool = True, grace_s: float = DEADLINE_S
) -> Iterator[Supervised]:
    program = PROGRAM.format(first=first, second=second, ready=ready, grace_s=grace_s)
    with child_process([sys.executable, "-c", program], own_session=True) as process:
        yield Supervised(process)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_and_is_no_error(number: signal.Signals) -> None:
    with supervised() as run:
        run.lines_until("ready")
        run.process.send_signal(number)
        assert run.rest() == "stopped\n"
        assert run.process.returncode == 0


def test_a_signal_stops_all_while_they_are_not_ready_yet() -> None:
    with supervised(ready=False) as run:
        assert run.line().isdigit()
        assert run.line().isdigit()
        run.process.send_signal(signal.SIGTERM)
        assert run.rest() == "stopped\n"
        assert run.process.returncode == 0


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A pipe in the file system: who opens it for reading waits until the test writes to it."""
    path = tmp_path / "gate"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("ready", [True, False], ids=["while all are ready", "before another is ready"])
def test_when_one_dies_it_is_named_and_the_rest_is_stopped(gate: Path, ready: bool) -> None:
    with supervised(second=f"open({str(gate)!r}).read(); sys.exit('no space left')", ready=ready) as run:
        if ready:
            run.lines_until("ready")
        else:
            assert run.line().isdigit()
            assert run.line().isdigit()
        gate.write_text("die now")
        said = run.rest()
        assert said.startswith("no space left\nSecond ended by itself with exit code 1. The last it said:\n")
        assert said.endswith("\n  no space left\n")
        assert run.process.returncode == 1


def test_a_second_signal_kills_those_that_will_not_stop() -> None:
    with supervised(first=STUBBORN, grace_s=2 * DEADLINE_S) as run:
        run.lines_until("ready")
        run.process.send_signal(signal.SIGINT)
        run.process.send_signal(signal.SIGTERM)
        assert run.rest().endswith("stopped\n")
        assert run.process.returncode == 0
