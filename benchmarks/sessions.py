"""How 20 live sessions in one process of a UI keep up: ``python -m benchmarks.sessions [--sessions N] [UI …]``.

Each session opens the address of a run of its own while that run is live, with a client that speaks what its page
speaks (``_page_clients``). Goals on two cores: the first status within 1 s of opening, and every word within 1 s of its
event.

A word's event is due at the run's start plus its ``at_ms``; the start is the moment at which the answer to its POST
had come. CPU is that of the UI's process and of the backend's, from the operating system.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2

from backend.launch.ports import free_port
from backend.launch.server import LocalServer
from backend.protocol.events import TokenEvent
from backend.protocol.recording_reader import parse_recording
from benchmarks._page_clients import LONGEST_S, STATUS, UIS, WORDS, Follow, Session
from benchmarks._process_cpu import cpu_s

RATE = 20.0
WAIT_S = 3.0
"""How long a run searches before its first word, so that all sessions are open by then."""

OPENING_S = 2.0
"""All sessions are opened within this time, one after the other: people do not click in the same moment."""

GOAL_MS = 1000.0


def scenario() -> str:
    """The run that every session follows."""
    words = " ".join(f"zz{number:04}" for number in range(WORDS))
    return (
        f"title: Numbered\ndescription: Numbered words.\nquestion: How many?\nrate: {RATE}\ntimeline:\n"
        f"  - {{step: retrieving, label: {STATUS.decode()}, lasts: {WAIT_S}}}\n"
        f'  - {{start: summarizing}}\n  - {{say: "{words}"}}\n  - {{finish: summarizing}}\n'
    )


async def started(client: httpx2.AsyncClient) -> Session:
    """A run that has just begun."""
    body = {"question": "How many?", "agent": "scripted:numbered"}
    answer = await client.post("/v1/runs", json=body)
    return Session(answer.raise_for_status().json()["run_id"], time.monotonic())


async def later(follow: Follow, url: str, session: Session, after_s: float) -> None:
    """Open a session after so many seconds."""
    await asyncio.sleep(after_s)
    await follow(url, session)


async def live(follow: Follow, url: str, backend_url: str, count: int) -> tuple[list[Session], dict[str, list[float]]]:
    """So many sessions at once, and for each run when its words were sent, in milliseconds of the run."""
    async with httpx2.AsyncClient(base_url=backend_url, timeout=LONGEST_S, trust_env=False) as client:
        warm = await started(client)
        async with asyncio.timeout(LONGEST_S):
            await follow(url, warm)
        sessions = await asyncio.gather(*(started(client) for _ in range(count)))
        async with asyncio.timeout(LONGEST_S):
            every_s = OPENING_S / count
            await asyncio.gather(
                *(later(follow, url, session, place * every_s) for place, session in enumerate(sessions))
            )
        sent = {}
        for session in sessions:
            recording = parse_recording((await client.get(f"/v1/runs/{session.run_id}/recording")).content)
            sent[session.run_id] = [event.at_ms for event in recording.events if isinstance(event, TokenEvent)]
    return list(sessions), sent


def lags_ms(session: Session, sent_ms: Sequence[float]) -> list[float]:
    """For each word, how long after its event it came. A word that came with a later one has that one's moment."""
    lags, later = [], float("inf")
    for number in reversed(range(WORDS)):
        later = min(later, session.words_s.get(number, later))
        lags.append((later - session.started_s) * 1000 - sent_ms[number])
    return lags


def line(what: str, values: Sequence[float], goal_ms: float) -> None:
    """Median, 95th percentile and largest, and whether the goal is met."""
    ordered = sorted(values)
    p50, p95 = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95))
    met = (
        "met" if ordered[-1] <= goal_ms else f"missed by {sum(value > goal_ms for value in ordered)} of {len(ordered)}"
    )
    print(f"  {what:<28} p50 {p50:8.1f}   p95 {p95:8.1f}   max {ordered[-1]:8.1f} ms   goal {met}")  # noqa: T201


@contextmanager
def ended_with(process: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
    """The process, ended with the block."""
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def until_it_answers(url: str) -> None:
    """Wait until the page can be had."""
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        try:
            httpx2.get(url, trust_env=False, timeout=LONGEST_S).raise_for_status()
        except httpx2.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{url} does not answer.")


def measure(module: str, follow: Follow, backend: LocalServer, count: int) -> None:
    """One UI."""
    port = free_port()
    command = [sys.executable, "-m", module, "--port", str(port), "--backend", backend.url]
    with ended_with(subprocess.Popen(command)) as process:
        url = f"http://127.0.0.1:{port}"
        until_it_answers(url)
        used, own, began = cpu_s(process.pid), time.process_time(), time.monotonic()
        sessions, sent = asyncio.run(live(follow, url, backend.url, count))
        seconds = time.monotonic() - began
        cpu, own = cpu_s(process.pid) - used, time.process_time() - own
    print(f"{module}, {count} live sessions of {WORDS} words at {RATE:g} a second", flush=True)  # noqa: T201
    statuses = [(session.status_s or float("inf")) - session.opened_s for session in sessions]
    line("first status", [value * 1000 for value in statuses], GOAL_MS)
    line("word after its event", [lag for one in sessions for lag in lags_ms(one, sent[one.run_id])], GOAL_MS)
    each = cpu / (count + 1)
    print(  # noqa: T201
        f"  CPU of the UI {each:.2f} s a session, {cpu / seconds:.0%} of a core; of this client {own / seconds:.0%}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uis", nargs="*", choices=[[], *UIS], metavar="UI", help="default: both")
    parser.add_argument("--sessions", type=int, default=20)
    options = parser.parse_args()
    print("load of the machine", *(f"{load:.1f}" for load in os.getloadavg()), flush=True)  # noqa: T201
    with tempfile.TemporaryDirectory(prefix="playhead-sessions-") as place:
        scenarios = Path(place) / "scenarios"
        scenarios.mkdir()
        (scenarios / "numbered.yaml").write_text(scenario(), encoding="ascii")
        with LocalServer(Path(place) / "data", scenarios_dir=scenarios) as backend:
            for name in options.uis or UIS:
                measure(*UIS[name], backend, options.sessions)


if __name__ == "__main__":
    main()
