"""Stamps: the kernel's beside ours, and how one clock is brought onto the other."""

import socket
import struct
import sys
from time import perf_counter_ns, time_ns

import pytest
from hypothesis import given, strategies as st

from evals.wire.arrivals import get_request, parse
from evals.wire.exchange import exchange
from evals.wire.kernel_stamps import ClockBridge, ClockReading, realtime_ns
from evals.wire.stamps import Capture
from tests.evals.byte_server import END, HEAD, Pause, byte_server, frames
from tests.metrics.traces import done, status, token

pytestmark = pytest.mark.server

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux stamps what it receives")


@linux
async def test_the_kernels_stamp_lies_between_the_servers_write_and_ours() -> None:
    events = frames(status("s"), token("Up."), status("s", "finished"), done())
    script = [HEAD, *(part for frame in events for part in (frame, Pause(0.02))), END]
    async with byte_server(script) as server:
        capture = await exchange(server.address, get_request(server.address, "/"), 30)
    assert len(capture.kernel_ns) == len(capture.chunks) > 1
    assert capture.kernel_bracket_ns is not None
    # The first chunk may have none: the kernel begins to stamp a moment after the first socket has asked it to.
    assert capture.kernel_ns[-1] is not None
    for (ours, _), kernel in zip(capture.chunks, capture.kernel_ns, strict=True):
        if kernel is None:
            continue
        assert kernel <= ours + capture.kernel_bracket_ns
        assert any(sent <= kernel + capture.kernel_bracket_ns for sent in server.sent_ns)
    arrivals = parse(capture)
    assert len(arrivals.kernel_ns) == len(arrivals.events) == 4
    for number, kernel in enumerate(arrivals.kernel_ns):
        if kernel is None:
            continue
        assert kernel + capture.kernel_bracket_ns >= server.sent_ns[number + 1], "never before its own write"
    assert len(capture.kernel_lag_ms) == sum(kernel is not None for kernel in capture.kernel_ns)


async def test_where_the_kernel_stamps_nothing_there_is_no_lag(monkeypatch: pytest.MonkeyPatch) -> None:
    # The one thing that a Linux machine cannot be without.
    monkeypatch.setattr("evals.wire.stamps.stamped", lambda _: False)
    async with byte_server([HEAD, *frames(status("s"), done()), END]) as server:
        capture = await exchange(server.address, get_request(server.address, "/"), 30)
    assert capture.kernel_ns == []
    assert capture.kernel_lag_ms == []
    assert parse(capture).kernel_ns == [None, None]
    assert capture.failure is None


def test_both_clocks_are_read_one_inside_the_other() -> None:
    before = time_ns() - perf_counter_ns()
    reading = ClockReading.now()
    assert 0 < reading.bracket_ns < 1e9
    assert abs(reading.offset_ns - before) < 5e9, "unless somebody sets the clock by seconds meanwhile"


@given(st.integers(0, 2**62), st.integers(-(2**61), 2**61), st.integers(0, 10**9), st.integers(-(10**6), 10**6))
def test_a_moment_is_brought_over_to_within_its_bracket(now: int, offset: int, bracket: int, drift: int) -> None:
    bridge = ClockBridge(ClockReading(offset, bracket), ClockReading(offset + drift, bracket))
    for true_offset in (offset, offset + drift, offset - bracket, offset + drift + bracket):
        assert abs(bridge.perf_counter_ns(now + true_offset) - now) <= bridge.bracket_ns + 1


def test_a_stamp_is_found_among_other_messages() -> None:
    stamp = struct.pack("@ll", 12, 34)
    assert realtime_ns([(socket.SOL_SOCKET, 1, b"x"), (socket.SOL_SOCKET, 35, stamp)]) == 12_000_000_034
    assert realtime_ns([(socket.SOL_SOCKET, 35, b"short")]) is None
    assert realtime_ns([]) is None


def test_a_capture_without_stamps_has_no_lag() -> None:
    assert Capture(chunks=[(5, b"x")]).kernel_lag_ms == []
    assert Capture(chunks=[(2_000_000, b"x"), (9, b"y")], kernel_ns=[1_000_000, None]).kernel_lag_ms == [1.0]
