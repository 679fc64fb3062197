"""Plays streams of the server with known timing, so many at once, and compares the measured times with the truth.

The error of a time to first token is the arrival's stamp minus the stamp that the server took right before it wrote:
the whole way through the server's transport, the kernel and the harness's loop. ``ttft_beyond_due_ms`` is measured
against the moment at which the token was due after the request, so it also contains the request's way and the server's
own lateness. The error of a gap is the measured distance of two tokens minus the written one, its size without its
sign.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from backend.launch.child import ChildProcess
from backend.metrics.statistics import nearest_rank, needed
from backend.protocol.events import TokenEvent
from evals.calibration.known_server import ANNOUNCEMENT, STREAM_S, TOKENS, TRUTH_COMMENT
from evals.playing.harness import measured_effort
from evals.results.harness_figures import Calibration, ErrorFigures
from evals.wire.arrivals import get_request, parse
from evals.wire.exchange import Address, Capture, exchange

LEVELS: Final = (1, 10, 50, 100, 200)
LEAST_STREAMS: Final = 20
LEAST_ROUNDS: Final = 4

_READY_S: Final = 30.0
_DEADLINE_S: Final = 60.0

Ended = Callable[[], None]
"""Called when a stream has ended."""


class CalibrationError(Exception):
    """The harness cannot be calibrated; the message gives the reason."""


@dataclass(slots=True)
class _Errors:
    """The errors of the streams of one level, in milliseconds."""

    ttft: list[float] = field(default_factory=list)
    beyond_due: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    receive_lag: list[float] = field(default_factory=list)


def streams_of(level: int) -> int:
    """How many streams are played at a concurrency: a few rounds, and never very few."""
    return max(LEAST_STREAMS, LEAST_ROUNDS * level)


def expected_s(level: int) -> float:
    """How long a level takes on an idle machine, in seconds."""
    return -(-streams_of(level) // level) * STREAM_S


def calibrate(levels: Sequence[int], ended: Ended) -> Iterator[Calibration]:
    """The figures of each concurrency, as they are measured. Raises ``CalibrationError``, and ``ChildFailed`` where the
    server does not start.
    """
    if not sys.platform.startswith("linux"):
        raise CalibrationError("Calibrating needs a clock that all processes share: it works on Linux only.")
    port = 0

    def hear(line: str) -> None:
        nonlocal port
        if line.startswith(ANNOUNCEMENT):
            port = int(line.removeprefix(ANNOUNCEMENT))

    command = [sys.executable, "-m", "evals.calibration.known_server"]
    with ChildProcess("The server with known timing", command, on_line=hear) as server:
        server.wait_until_ready(lambda: port != 0, _READY_S)
        address = Address("http", "127.0.0.1", port)
        for level in levels:
            yield asyncio.run(_level(address, level, ended))


async def _level(address: Address, level: int, ended: Ended) -> Calibration:
    request = get_request(address, "/")
    await exchange(address, request, _DEADLINE_S)
    captures: list[Capture] = []
    remaining = iter(range(streams_of(level)))

    async def work() -> None:
        for _ in remaining:
            captures.append(await exchange(address, request, _DEADLINE_S))
            ended()

    gc.collect()
    gc.disable()
    try:
        async with measured_effort() as effort:
            await asyncio.gather(*(work() for _ in range(level)))
    finally:
        gc.enable()
    errors = _Errors()
    for capture in captures:
        _hold_against_truth(capture, errors)
    return Calibration(
        concurrency=level,
        n=len(captures),
        ttft_error_ms=_figures(errors.ttft),
        ttft_beyond_due_ms=_figures(errors.beyond_due),
        gap_error_ms=_figures(errors.gaps),
        receive_lag_ms=_figures(errors.receive_lag) if errors.receive_lag else None,
        loop_lag_ms=_figures(effort.loop_lag_ms),
        cpu_share=effort.cpu_share,
        cpu_pressure=effort.cpu_pressure,
    )


def _hold_against_truth(capture: Capture, errors: _Errors) -> None:
    arrivals = parse(capture)
    stamps = [
        stamp for event, stamp in zip(arrivals.events, arrivals.stamps_ns, strict=True) if isinstance(event, TokenEvent)
    ]
    received = b"".join(data for _, data in capture.chunks)
    truth = json.loads(received.rpartition(TRUTH_COMMENT)[2] or b"{}") if TRUTH_COMMENT in received else {}
    written = truth.get("written_ns", [])
    if len(stamps) != TOKENS or len(written) != TOKENS or capture.sent_ns is None:
        raise CalibrationError(
            f"A stream did not come whole ({capture.failure or arrivals.failure or 'its end is missing'}): "
            "close what else is running, or calibrate fewer streams with --concurrency."
        )
    errors.ttft.append((stamps[0] - written[0]) / 1e6)
    errors.beyond_due.append((stamps[0] - capture.sent_ns) / 1e6 - truth["first_token_ms"])
    gaps = zip(pairwise(stamps), pairwise(written), strict=True)
    errors.gaps += [abs((came[1] - came[0]) - (sent[1] - sent[0])) / 1e6 for came, sent in gaps]
    errors.receive_lag += capture.kernel_lag_ms


def _figures(values: Sequence[float]) -> ErrorFigures:
    """Median and p99; no p99 if the values are too few for an interval."""
    median = nearest_rank(values, 0.5)
    p99 = nearest_rank(values, 0.99) if len(values) >= needed(0.99) else None
    return ErrorFigures(
        median=0.0 if median is None else round(median, 4), p99=None if p99 is None else round(p99, 4), n=len(values)
    )
