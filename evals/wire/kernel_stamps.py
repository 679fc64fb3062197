"""The kernel's own stamp of the receipt of bytes, if the system gives one: Linux, on plain sockets.

With ``SO_TIMESTAMPNS`` every ``recvmsg`` reports when the network stack received the last segment that it returns
(https://docs.kernel.org/networking/timestamping.html), on the realtime clock. It is converted to ``perf_counter_ns`` by
reading both clocks one inside the other, at the beginning and at the end of a connection. It is a reference and not the
truth: never before the server's write, sometimes a little after, and for a chunk of several segments that of the last.
If no other socket of the machine asks for stamps, the kernel begins a moment after the request for them: the first
chunk may have none.
"""

import socket
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter_ns, time_ns
from typing import Final

_SO_TIMESTAMPNS: Final = 35
"""From asm-generic/socket.h, the same for the option and for the message; Python does not name it."""

_TIMESPEC: Final = struct.Struct("@ll")

ANCILLARY_BYTES: Final = socket.CMSG_SPACE(_TIMESPEC.size) if hasattr(socket, "CMSG_SPACE") else 0
"""Room for the stamp beside the bytes."""

_READINGS: Final = 5
"""Readings of both clocks; the closest is used. More would only wake less often at the right moment."""


def stamped(connection: socket.socket) -> bool:
    """Ask the kernel to stamp the bytes that this socket receives. False if it refuses."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        connection.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    except OSError:
        return False
    return True


def realtime_ns(ancillary: Iterable[tuple[int, int, bytes]]) -> int | None:
    """The stamp among a message's ancillary data, in nanoseconds of the realtime clock; None if there is none."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return None


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The realtime clock minus ``perf_counter_ns``, in nanoseconds, known to within ``bracket_ns`` on either side."""

    offset_ns: int
    bracket_ns: int

    @classmethod
    def now(cls) -> "ClockReading":
        """Read both clocks a few times, and keep the closest reading."""
        readings = []
        for _ in range(_READINGS):
            before = perf_counter_ns()
            realtime = time_ns()
            after = perf_counter_ns()
            readings.append((after - before, realtime - (before + after) // 2))
        width, offset = min(readings)
        return cls(offset, (width + 1) // 2)


@dataclass(frozen=True, slots=True)
class ClockBridge:
    """Two readings, before and after everything that is converted from one clock to the other."""

    first: ClockReading
    last: ClockReading

    @property
    def bracket_ns(self) -> int:
        """The largest error of a converted stamp: a reading's width, and half of the realtime clock's correction in
        between."""
        drift = abs(self.last.offset_ns - self.first.offset_ns)
        return max(self.first.bracket_ns, self.last.bracket_ns) + (drift + 1) // 2

    def perf_counter_ns(self, realtime_ns: int) -> int:
        """A moment of the realtime clock on ``perf_counter_ns``."""
        return realtime_ns - (self.first.offset_ns + self.last.offset_ns) // 2
