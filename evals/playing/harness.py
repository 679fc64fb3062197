"""The harness measures itself: the delays of its loop, its CPU time, and its machine."""

import asyncio
import gc
import os
import platform
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path

from backend.metrics.statistics import nearest_rank, rounded
from backend.metrics.trace import Trace
from evals.results.harness_figures import LagFigures
from evals.wire.stamps import Capture

TICK_S = 0.01
"""How often the loop is asked to wake the ticker up; the delay of each is the loop's lag."""

_PACKAGES = (
    "playhead",
    "h11",
    "pydantic",
    "fastapi",
    "starlette",
    "sse-starlette",
    "uvicorn",
    "pandas",
    "plotly",
)


@dataclass(slots=True)
class Effort:
    """The harness's effort during a measurement. ``cpu_share`` is its CPU time over wall time, 1.0 = one core busy;
    ``load`` is the machine's load average over one minute, before and after; ``cpu_pressure`` the share of the time in
    which some task of the machine had to wait for a core. None if the system does not report it."""

    loop_lag_ms: list[float] = field(default_factory=list)
    cpu_share: float | None = None
    load_before: float | None = None
    load_after: float | None = None
    cpu_pressure: float | None = None
    lasted_s: float = 0.0


@asynccontextmanager
async def measured_effort() -> AsyncIterator[Effort]:
    """Measure the harness while the body runs; complete when the body has ended."""
    effort = Effort(load_before=_load())
    wall, cpu, waited_us = time.perf_counter(), time.process_time(), _waited_us()
    ticker = asyncio.create_task(_tick(effort.loop_lag_ms))
    try:
        yield effort
    finally:
        ticker.cancel()
        await asyncio.wait([ticker])
        effort.lasted_s = time.perf_counter() - wall
        effort.cpu_share = round((time.process_time() - cpu) / effort.lasted_s, 4)
        effort.load_after = _load()
        if waited_us is not None:
            waited_s = ((_waited_us() or waited_us) - waited_us) / 1e6
            effort.cpu_pressure = round(min(1.0, waited_s / effort.lasted_s), 4)


async def _tick(lags_ms: list[float]) -> None:
    while True:
        due = time.perf_counter() + TICK_S
        await asyncio.sleep(TICK_S)
        lags_ms.append(max(0.0, time.perf_counter() - due) * 1000)


def delivery_jitter_ms(wire: Trace) -> list[float]:
    """For every event: its arrival minus the server's own stamp, less the smallest such difference of the run.

    The two clocks are never compared, only their difference within a run: the constant part of the way from the
    server's stamp to the harness's, that of the fastest event, is not seen. The rest is every delay of one event beyond
    that of another: the server's write, the kernel, the harness's loop.
    """
    offsets = [at_ms - event.at_ms for event, at_ms in zip(wire.events, wire.times_ms, strict=True) if event.seq > 0]
    return [offset - min(offsets) for offset in offsets]


def lag_figures(values_ms: Sequence[float]) -> LagFigures:
    """The distribution of these delays."""
    p50, p99, most = nearest_rank(values_ms, 0.5), nearest_rank(values_ms, 0.99), max(values_ms, default=None)
    return LagFigures(p50=rounded(p50, 4), p99=rounded(p99, 4), max=rounded(most, 4), n=len(values_ms))


def delivery_jitter(traces: Iterable[Trace]) -> LagFigures:
    """The delivery jitter of all runs, pooled."""
    return lag_figures(list(chain.from_iterable(delivery_jitter_ms(trace) for trace in traces)))


def kernel_lag(captures: Iterable[Capture]) -> LagFigures | None:
    """The harness's stamp minus the kernel's receive stamp, pooled over the chunks of all connections; None if the
    kernel stamped nothing."""
    lags = list(chain.from_iterable(capture.kernel_lag_ms for capture in captures))
    return lag_figures(lags) if lags else None


def machine() -> dict[str, str | int | None]:
    """This machine: system, processor, cores, memory."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "usable_cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_mb": _memory_mb(),
    }


def versions() -> dict[str, str]:
    """The versions of Python and of the packages on both ends of the wire, as installed here."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _waited_us() -> int | None:
    """The time for which some task of the machine had to wait for a core, since it started: pressure stall
    information."""
    try:
        first = Path("/proc/pressure/cpu").read_text(encoding="ascii").splitlines()[0]
        return int(first.rpartition("total=")[2])
    except (OSError, ValueError, IndexError):
        return None


def _load() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def _memory_mb() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1024 * 1024)
    except (AttributeError, OSError, ValueError):
        return None


@contextmanager
def without_collection() -> Iterator[None]:
    """No garbage collection while stamps are taken: a full one would delay every arrival meanwhile."""
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
