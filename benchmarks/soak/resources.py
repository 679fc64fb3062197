"""What the processes of a soak use, sampled, and whether it grows."""

import asyncio
import itertools
import re
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.redis_server import RedisServer

SAMPLE_S: Final = 5.0
BLOCKS: Final = 20
"""The samples are averaged in so many blocks before a line is laid through them: samples that follow each other closely
are too much alike for an honest interval."""

_T_95: Final = 2.10
"""The quantile of Student's distribution for the interval of a slope through 20 points."""

_KINDS: Final = b"""
local beside, marks, logs = 0, 0, 0
for _, k in ipairs(redis.call('KEYS', '*')) do
  if string.find(k, ':gone$') then marks = marks + 1
  elseif string.find(k, ':ev$') then logs = logs + 1
  elseif not (string.find(k, ':h$') or string.find(k, ':runs$') or string.find(k, ':key:')) then beside = beside + 1 end
end
return {beside, marks, logs}
"""


@dataclass(frozen=True, slots=True)
class Slope:
    """Growth an hour, and half the width of its 95 % interval."""

    an_hour: float
    error: float

    @property
    def verdict(self) -> str:
        """Whether it can be zero."""
        if abs(self.an_hour) <= self.error:
            return "flat"
        return "grows" if self.an_hour > 0 else "falls"


@dataclass
class Resources:
    """Samples by name: of each process that is never replaced, and of Redis."""

    redis: RedisServer
    processes: Callable[[], Mapping[str, int]]
    """The ids of the processes, by name."""
    tasks_folder: Path
    samples: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    async def watch(self) -> None:
        """Look every few seconds, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(SAMPLE_S)

    def look(self) -> None:
        """One sample of everything."""
        now = time.monotonic()
        found = {"this process, tasks": float(len(asyncio.all_tasks()))}
        for name, pid in self.processes().items():
            found |= {f"{name}, {what}": value for what, value in used_by(pid, self.tasks_folder).items()}
        found |= {f"Redis, {what}": value for what, value in self._used_by_redis().items()}
        for what, value in found.items():
            self.samples.setdefault(what, []).append((now, value))

    def _used_by_redis(self) -> dict[str, float]:
        answer = self.redis.ask(b"INFO memory\r\n")
        used = re.search(rb"used_memory:(\d+)", answer)
        one_line = b" ".join(_KINDS.split())
        numbers = re.findall(rb":(\d+)\r\n", self.redis.ask(b'EVAL "' + one_line + b'" 0\r\n'))
        if used is None or len(numbers) != 3:
            return {}
        kinds = ("keys beside runs, conversations and keys of questions", "marks of deleted runs", "logs")
        return {"MiB": int(used[1]) / 2**20} | dict(zip(kinds, map(float, numbers), strict=True))


def used_by(pid: int, tasks_folder: Path) -> dict[str, float]:
    """What a process has: resident memory, open files, and what it says of itself; nothing once it is gone."""
    process = Path(f"/proc/{pid}")
    try:
        pages = int((process / "statm").read_text(encoding="ascii").split()[1])
        used = {"MiB": pages * 4096 / 2**20, "open files": float(len(list((process / "fd").iterdir())))}
        counts = tasks_folder / f"{pid}.tasks"
        if not counts.exists():
            return used
        tasks, blocks, heap = map(float, counts.read_text(encoding="ascii").split())
        return used | {"tasks": tasks, "blocks of Python, thousands": blocks / 1000, "heap in use, MiB": heap / 2**20}
    except OSError:
        return {}


def slope(samples: list[tuple[float, float]]) -> Slope | None:
    """The growth over the last two thirds of the samples; None where there are too few."""
    late = samples[len(samples) // 3 :]
    if len(late) < BLOCKS:
        return None
    edges = [round(at * len(late) / BLOCKS) for at in range(BLOCKS + 1)]
    blocks = [late[start:end] for start, end in itertools.pairwise(edges)]
    times = [statistics.fmean(at for at, _ in block) for block in blocks]
    values = [statistics.fmean(value for _, value in block) for block in blocks]
    line = statistics.linear_regression(times, values)
    rest = [value - (line.slope * at + line.intercept) for at, value in zip(times, values, strict=True)]
    middle = statistics.fmean(times)
    spread = sum((at - middle) ** 2 for at in times)
    error: float = (sum(each * each for each in rest) / (BLOCKS - 2) / spread) ** 0.5
    return Slope(3600 * line.slope, 3600 * _T_95 * error)
