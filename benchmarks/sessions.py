"""How 20 live sessions in one process of a UI keep up: ``python -m benchmarks.sessions [--sessions N] [UI …]``.

A client without a browser speaks what the pages speak: Gradio's queue (a request that joins it and a WebSocket) and
Streamlit's socket. Each session opens the address of a run of its own while that run is live, and reads raw bytes: the
words of an answer are numbered, so that a search finds how far the page has been told. Goals on two cores: the first
status within 1 s of opening, and every word within 1 s of its event.

A word's event is due at the run's start plus its ``at_ms``; the start is the moment at which the answer to its POST
had come. CPU is that of the UI's process and of the backend's, from the operating system.
"""

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from backend.launch.ports import free_port
from backend.launch.server import LocalServer
from backend.protocol.events import TokenEvent
from backend.protocol.recording_reader import parse_recording

RATE = 20.0
WORDS = 200
WAIT_S = 3.0
"""How long a run searches before its first word, so that all sessions are open by then."""

OPENING_S = 2.0
"""All sessions are opened within this time, one after the other: people do not click in the same moment."""

STATUS = b"zzsearching"
WORD = re.compile(rb"zz(\d{4})")
LONGEST_S = 60.0
GOAL_MS = 1000.0

_TICKS = os.sysconf("SC_CLK_TCK")
_CONFIG = re.compile(r"window\.gradio_config\s*=\s*(\{.*?\});\s*</script>", re.DOTALL)


def scenario() -> str:
    """The run that every session follows."""
    words = " ".join(f"zz{number:04}" for number in range(WORDS))
    return (
        f"title: Numbered\ndescription: Numbered words.\nquestion: How many?\nrate: {RATE}\ntimeline:\n"
        f"  - {{step: retrieving, label: {STATUS.decode()}, lasts: {WAIT_S}}}\n"
        f'  - {{start: summarizing}}\n  - {{say: "{words}"}}\n  - {{finish: summarizing}}\n'
    )


@dataclass
class Session:
    """One page: when it was opened, when the status and each word came, in seconds of ``time.monotonic``."""

    run_id: str
    started_s: float
    opened_s: float = 0.0
    status_s: float | None = None
    words_s: dict[int, float] = field(default_factory=dict)

    def read(self, data: bytes) -> bool:
        """Note what these bytes show; True once the last word has come."""
        now = time.monotonic()
        if self.status_s is None and STATUS in data:
            self.status_s = now
        for number in map(int, WORD.findall(data)):
            self.words_s.setdefault(number, now)
        return WORDS - 1 in self.words_s


async def follow_gradio(url: str, session: Session) -> None:
    """Open the Ask page's address as Gradio's script does."""
    hash_ = uuid4().hex[:11]
    async with httpx2.AsyncClient(base_url=url, timeout=LONGEST_S, trust_env=False) as client:
        config = json.loads(_found(_CONFIG, (await client.get("/")).text))
        load = next(one for one in config["dependencies"] if any(target[1] == "load" for target in one["targets"]))
        values = {one["id"]: one.get("props", {}).get("value") for one in config["components"]}
        stream = f"{url.replace('http', 'ws', 1)}/gradio_api/queue/data?session_hash={hash_}"
        session.opened_s = time.monotonic()
        body = {
            "data": [values.get(one) for one in load["inputs"]], "fn_index": load["id"], "session_hash": hash_,
            "event_data": None, "trigger_id": None,
        }  # fmt: skip
        (await client.post(f"/gradio_api/queue/join?run={session.run_id}", json=body)).raise_for_status()
        await _read(stream, url, session)


async def follow_streamlit(url: str, session: Session) -> None:
    """Open the Ask page's address as Streamlit's script does."""
    opening = BackMsg()
    opening.rerun_script.query_string = f"run={session.run_id}"
    session.opened_s = time.monotonic()
    await _read(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream", url, session, opening.SerializeToString(), "streamlit"
    )


async def _read(address: str, origin: str, session: Session, first: bytes = b"", protocol: str | None = None) -> None:
    subprotocols: Any = [protocol] if protocol else None
    async with connect(
        address, origin=Origin(origin), subprotocols=subprotocols, max_size=None, compression=None, proxy=None
    ) as socket:  # fmt: skip
        if first:
            await socket.send(first)
        try:
            async for message in socket:
                if session.read(message if isinstance(message, bytes) else message.encode()):
                    return
        except ConnectionClosed:
            return


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise SystemExit("Gradio's page has no configuration where it was: look at its source.")
    return found[1]


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def started(client: httpx2.AsyncClient) -> Session:
    """A run that has just begun."""
    body = {"question": "How many?", "agent": "scripted:numbered"}
    answer = await client.post("/v1/runs", json=body)
    return Session(answer.raise_for_status().json()["run_id"], time.monotonic())


Follow = Callable[[str, Session], Coroutine[Any, Any, None]]


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


UIS: dict[str, tuple[str, Follow]] = {
    "gradio": ("ui_gradio", follow_gradio),
    "streamlit": ("ui_streamlit", follow_streamlit),
}


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
