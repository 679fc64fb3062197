"""Another machine, as far as this one can tell: a network namespace with one cable to here, and a thread that is there.

What the thread opens is a connection from another address, over another interface than loopback.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from tests.conftest import missing

T = TypeVar("T")

_NEW_NETWORK = 0x40000000
"""CLONE_NEWNET: the kind of namespace that ``setns`` enters."""


@dataclass(frozen=True)
class OtherMachine:
    """``address`` is its own, ``here`` the one at which it reaches this machine."""

    address: str
    here: str
    _thread: ThreadPoolExecutor

    def call(self, work: Callable[[], T]) -> T:
        """What the work gives when it is done there."""
        return self._thread.submit(work).result()


@contextmanager
def other_machine() -> Iterator[OtherMachine]:
    """Another machine while inside; a skip with the reason where there can be none."""
    ip = shutil.which("ip", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if ip is None:
        missing("There is no command ip on this machine: install it (Debian: iproute2).")
    # A network for measurements (RFC 2544), which no route of a real one leads to.
    pid = os.getpid()
    network = f"198.18.{pid // 64 % 256}.{pid % 64 * 4}".rpartition(".")
    here, there = (f"{network[0]}.{int(network[2]) + number}" for number in (1, 2))
    name, near, far = f"playhead-{pid}", f"ph{pid}n", f"ph{pid}f"

    def run(*words: str) -> None:
        done = subprocess.run([ip, *words], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"No network namespace can be made here (ip {' '.join(words)}): {done.stderr.strip()}")

    run("netns", "add", name)
    try:
        run("link", "add", near, "type", "veth", "peer", "name", far)
        run("link", "set", far, "netns", name)
        run("addr", "add", f"{here}/30", "dev", near)
        run("link", "set", near, "up")
        run("-n", name, "addr", "add", f"{there}/30", "dev", far)
        run("-n", name, "link", "set", far, "up")
        with ThreadPoolExecutor(1, initializer=_enter, initargs=(Path("/run/netns", name),)) as thread:
            yield OtherMachine(there, here, thread)
    finally:
        subprocess.run([ip, "netns", "delete", name], check=False)


def _enter(namespace: Path) -> None:
    """Let this thread live in the namespace, for good."""
    descriptor = os.open(namespace, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(descriptor, _NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(descriptor)
