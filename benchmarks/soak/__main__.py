"""An hour of faults: ``python -m benchmarks.soak --minutes 60 --runs 200``.

A deployment of real processes (two web nodes, two workers, a Redis with an append-only file) has so many live runs.
Watchers leave, come back and stall, people cancel, pause and answer, and every while a worker or a web node is killed
or asked to stop, and replaced, Redis is killed and started again, or something is cut off or stands still. At the end:
what was lost or came twice, how long each fault took to be over, and whether memory, files, tasks and keys grow, as a
slope with its 95 % interval. The exit code is 1 where something was lost, came twice or was never over. Needs
redis-server.
"""

import argparse
import asyncio
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from math import inf
from pathlib import Path

from benchmarks.soak.counted_node import TASKS_FILE
from benchmarks.soak.hurts import Hurts
from benchmarks.soak.link import link_to
from benchmarks.soak.resources import Resources, slope
from benchmarks.soak.visitors import MUST_BE_ZERO, Visitors
from tests.faults.deployment import Deployment
from tests.redis_server import running_redis

LEASE_S = 5.0
LOG_ENTRY = re.compile(r"^(?=(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\b)", re.MULTILINE)
"""Where an entry of a node's log begins; the lines of its traceback follow."""
LAST_ENDS_S = 180.0
"""How long the last runs may take to end."""


def say(line: str) -> None:
    """One line of the result."""
    print(line, flush=True)  # noqa: T201 - a script's output


async def soak(minutes: float, runs: int) -> bool:
    """Everything, and its tables. False where something was lost."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="playhead-soak-")))
        redis = stack.enter_context(running_redis(folder / "redis", aof=True))
        web_link, worker_link = (stack.enter_context(link_to(redis.port)) for _ in range(2))
        tasks = folder / "tasks"
        tasks.mkdir()
        deployment = Deployment(
            folder / "nodes",
            redis.url,
            program=(sys.executable, "-m", "benchmarks.soak.counted_node"),
            environment={TASKS_FILE: str(tasks)},
            lease_s=LEASE_S,
        )
        stack.push_async_callback(deployment.close)
        await deployment.start(web=("",), workers=("",), slots=runs)
        await deployment.start(web=(web_link.url,), workers=(worker_link.url,), slots=runs)
        kept = {"web 1": deployment.web[0].process.pid, "worker 1": deployment.workers[0].process.pid}
        resources = Resources(redis, lambda: kept, tasks)
        visitors = Visitors(deployment, runs)
        hurts = Hurts(visitors, deployment, redis, web_link, worker_link, LEASE_S, runs)
        end = time.monotonic() + 60 * minutes
        busy, looking = asyncio.create_task(visitors.keep_busy()), asyncio.create_task(resources.watch())
        try:
            await hurts.hurt_until(end)
        except Exception as error:  # noqa: BLE001 - what was seen so far is worth its tables
            hurts.times["a fault that went wrong"] = [inf]
            visitors.reasons.append(f"{type(error).__name__} {error}")
        await asyncio.sleep(max(0.0, end - time.monotonic()))
        visitors.stopping = True
        looking.cancel()
        await asyncio.wait([busy, looking])
        if visitors.live:
            await asyncio.wait(visitors.live, timeout=LAST_ENDS_S)
        visitors.seen["FAILED watchers"] += len(visitors.live)
        logs = [file.read_text(errors="replace") for file in (folder / "nodes").glob("*.log")]
        return report(visitors, hurts, resources, logs)


def in_seconds(times: list[float]) -> str:
    """The median and the longest."""
    return f"{statistics.median(times):5.1f} s, {max(times):5.1f} s at most"


def report(visitors: Visitors, hurts: Hurts, resources: Resources, logs: list[str]) -> bool:
    """The tables."""
    say("\nwhat was seen")
    for name, count in sorted(visitors.seen.items()):
        say(f"  {name:<52} {count}")
    entries = [entry for log in logs for entry in re.split(LOG_ENTRY, log) if entry.startswith("ERROR")]
    errors = Counter(entry.splitlines()[0] for entry in entries)
    for line, count in errors.most_common(20):
        say(f"  {'in the logs of nodes, ' + line[:60]:<52} {count}")
        say("".join(f"    {each}\n" for each in next(e for e in entries if e.startswith(line)).splitlines()[-30:]))
    for log in logs:
        if "most recent call first" in log:
            say(f"  a node that did not stop: {log[-3000:]}")
    for line in visitors.reasons[:20]:
        say(f"  {line[:300]}")
    say(f"\n{'fault':<50} times  answered again after   runs lost, known after")
    for name, times in hurts.times.items():
        known = hurts.known_after(name)
        lost = f"{len(known):9d}, {in_seconds(known)}" if known else "        0"
        say(f"  {name:<48} {len(times):5d}  {in_seconds(times)} {lost}")
    say(f"\n{'what is used':<54} first    last   growth an hour")
    for name, samples in resources.samples.items():
        grown = slope(samples)
        growth = "too few samples" if grown is None else f"{grown.an_hour:+9.1f} ± {grown.error:<7.1f} {grown.verdict}"
        say(f"  {name:<52} {samples[0][1]:6.0f}  {samples[-1][1]:6.0f}   {growth}")
    over = all(max(times) < inf for times in hurts.times.values())
    return over and not any(visitors.seen[name] for name in MUST_BE_ZERO)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--runs", type=int, default=200)
    given = parser.parse_args()
    sound = False
    with suppress(KeyboardInterrupt):
        sound = asyncio.run(soak(given.minutes, given.runs))
    sys.exit(0 if sound else 1)
