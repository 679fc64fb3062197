"""A deployment of real processes: web nodes, workers and a Redis, each of which a test may hurt."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from backend.client.followed_run import Patience, follow_source
from backend.client.http_source import HttpEventSource
from backend.client.resumption import Arrival, Backoff, Resumption
from backend.protocol.checks import check
from backend.protocol.cursor import Cursor
from backend.protocol.events import DoneEvent, Event, WarningEvent, parse_event
from backend.protocol.run_view import RunView, StreamState
from backend.protocol.view import fold, reduce
from tests.child_process import child_process

SCENARIOS = Path(__file__).parent / "scenarios"
PLAYHEAD = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "playhead"
LEASE_S = 2.0
STARTED_WITHIN_S = 90.0
ENDED_WITHIN_S = 60.0


@dataclass
class Part:
    """One process. ``address`` is a web node's."""

    process: Any
    address: str = ""

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self.process.pid, number)


class AnyNode:
    """An event source over all web nodes: the next one at every connection, as behind a load balancer."""

    def __init__(self, http: httpx2.AsyncClient, addresses: Sequence[str], run_id: str) -> None:
        self._sources = [HttpEventSource(http, each, f"{each}/v1/runs/{run_id}", 15.0) for each in addresses]
        self._next = 0

    def _source(self) -> HttpEventSource:
        self._next += 1
        return self._sources[self._next % len(self._sources)]

    @asynccontextmanager
    async def connect(self, cursor: Cursor) -> AsyncIterator[AsyncIterator[bytes] | None]:
        async with self._source().connect(cursor) as chunks:
            yield chunks

    async def snapshot(self) -> tuple[RunView, Cursor]:
        return await self._source().snapshot()


@dataclass
class Watcher:
    """Somebody who watches a run: what came, and what was on the screen."""

    run_id: str
    arrivals: list[Arrival] = field(default_factory=list)
    view: RunView = field(default_factory=RunView)
    state: Resumption = field(default_factory=lambda: Resumption(backoff=Backoff(cap_s=0.3)))
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None
    patience_s: float = ENDED_WITHIN_S
    """After so long without a node that answers it is given up."""
    stall_s: float = 0.0
    """How long nothing is read, once, from the next event on."""

    async def watch(self, source: AnyNode) -> None:
        async for item in follow_source(source, self.state, Patience(give_up_after_s=self.patience_s)):
            if self.stall_s:
                stall_s, self.stall_s = self.stall_s, 0.0
                await asyncio.sleep(stall_s)
            if isinstance(item, Arrival):
                self.arrivals.append(item)
                self.view = reduce(self.view, item.item)
                self.moved.set()

    async def until(self, tokens: int) -> None:
        """Return when so many tokens were shown."""
        await self._until(lambda stream: stream.token_events >= tokens)

    async def until_step(self, step: str) -> None:
        """Return when the run has such a step."""
        await self._until(lambda stream: any(each.step == step for each in stream.steps))

    async def until_detail(self, detail: str) -> None:
        """Return when one of the run's steps says this."""
        await self._until(lambda stream: any(each.detail == detail for each in stream.steps))

    async def until_asked(self, times: int = 1) -> None:
        """Return when the run has asked so many things of a person."""
        await self._until(lambda stream: len(stream.inputs) >= times)

    async def _until(self, reached: Callable[[StreamState], bool]) -> None:
        async with asyncio.timeout(ENDED_WITHIN_S):
            while not reached(self.view.stream):
                self.moved.clear()
                await self.moved.wait()

    async def end(self, within_s: float = ENDED_WITHIN_S) -> None:
        """Return at the end of the run."""
        assert self.task is not None
        async with asyncio.timeout(within_s):
            await self.task


class Deployment:
    """Processes that share ``redis_url``; their folders are in ``folder``."""

    def __init__(
        self,
        folder: Path,
        redis_url: str,
        worker_environment: Mapping[str, str] | None = None,
        *,
        program: Sequence[str | Path] = (PLAYHEAD,),
        environment: Mapping[str, str] | None = None,
        lease_s: float = LEASE_S,
        options: Sequence[str] = (),
    ) -> None:
        """``environment`` and ``options`` are those of all nodes, ``worker_environment`` is added for workers."""
        self._options = options
        self._program = program
        self._environment = environment or {}
        self._lease_s = lease_s
        self._worker_environment = worker_environment or {}
        self._folder = folder
        self._redis_url = redis_url
        self._stack: list[Any] = []
        self._docs = folder / "docs"
        self._docs.mkdir(parents=True)
        (self._docs / "note.txt").write_text("Nothing to see here.\n")
        self.http = httpx2.AsyncClient(trust_env=False, timeout=10.0, limits=httpx2.Limits(max_connections=None))
        self.web: list[Part] = []
        self.workers: list[Part] = []

    async def start(self, *, web: Sequence[str] = ("", ""), workers: Sequence[str] = ("", ""), slots: int = 4) -> None:
        """Start nodes, each with the Redis it is to use; empty = the deployment's."""
        started = await asyncio.gather(
            *(self._start("serve", each, "--port", "0") for each in web),
            *(self._start("worker", each, "--slots", str(slots), "--drain-s", "3") for each in workers),
        )
        self.web += started[: len(web)]
        self.workers += started[len(web) :]
        await self.until_ready()

    async def until_ready(self) -> None:
        """Return when every web node knows of a worker that is ready."""
        for each in self.web:
            await eventually(partial(self._is_ready, each.address))

    async def _is_ready(self, address: str) -> bool:
        return (await self.http.get(f"{address}/readyz")).status_code == 200

    async def _start(self, command: str, redis_url: str, *options: str) -> Part:
        name = f"{command}-{len(self._stack)}"
        errors = (self._folder / f"{name}.log").open("wb")
        context = child_process(
            [
                *(*self._program, command, "--redis", redis_url or self._redis_url, "--lease-s", str(self._lease_s)),
                *("--data", self._folder / name, "--scenarios", SCENARIOS),
                *(("--docs", self._docs) if command == "worker" else ()),
                *(*self._options, *options),
            ],
            errors=errors.fileno(),
            environment={**self._environment, **(self._worker_environment if command == "worker" else {})},
        )
        process = context.__enter__()
        assert process.stdout is not None
        self._stack.append((context, errors))
        async with asyncio.timeout(STARTED_WITHIN_S):
            line = await asyncio.to_thread(process.stdout.readline)
        assert line, (self._folder / f"{name}.log").read_text()
        return Part(process, line.split()[1] if command == "serve" else "")

    async def close(self) -> None:
        """End everything."""
        await self.http.aclose()
        for context, errors in reversed(self._stack):
            context.__exit__(None, None, None)
            errors.close()

    async def ask(self, scenario: str, *, node: int = 0, **fields: Any) -> Watcher:
        """Start a run of a scenario and watch it at every node in turn."""
        return await self.ask_agent(f"scripted:{scenario}", node=node, **fields)

    async def ask_agent(self, agent: str, *, node: int = 0, **fields: Any) -> Watcher:
        """Start a run of any agent and watch it at every node in turn."""
        body = {"question": "Why?", "agent": agent, **fields}
        answer = await self.http.post(f"{self.web[node].address}/v1/runs", json=body)
        assert answer.status_code == 201, answer.text
        return self.watch(answer.json()["run_id"])

    def watch(self, run_id: str, patience_s: float = ENDED_WITHIN_S) -> Watcher:
        """Watch a run from its start."""
        watcher = Watcher(run_id, patience_s=patience_s)
        self.watch_on(watcher)
        return watcher

    def watch_on(self, watcher: Watcher) -> None:
        """Begin to watch, or continue where the watcher had left."""
        source = AnyNode(self.http, [each.address for each in self.web], watcher.run_id)
        watcher.task = asyncio.create_task(watcher.watch(source))

    async def post(
        self, path: str, node: int = 0, headers: Mapping[str, str] | None = None, **body: Any
    ) -> httpx2.Response:
        """Call a web node."""
        return await self.http.post(f"{self.web[node].address}{path}", json=body, headers=headers)

    async def delete(self, path: str, node: int = 0) -> httpx2.Response:
        """Have a web node delete something."""
        return await self.http.delete(f"{self.web[node].address}{path}")

    async def events(self, run_id: str, node: int = 0) -> list[Event]:
        """The run's whole log."""
        answer = await self.http.get(f"{self.web[node].address}/v1/runs/{run_id}/recording")
        assert answer.status_code == 200, answer.text
        return [parse_event(line) for line in answer.text.splitlines()[1:]]

    async def sound(self, watcher: Watcher) -> list[Event]:
        """Wait for the end, and check what holds whatever failed. Gives the run's log."""
        await watcher.end()
        events = await self.events(watcher.run_id)
        assert check(events) == []
        assert sum(isinstance(event, DoneEvent) for event in events) == 1
        whole = fold(RunView.start("Why?"), events)
        assert watcher.view.message.answer == whole.message.answer
        assert watcher.view.stream.outcome == whole.stream.outcome
        seqs = [each.item.seq for each in watcher.arrivals if each.item.type != "snapshot"]
        assert len(seqs) == len(set(seqs)), "an event came twice"
        assert watcher.view.stream.gaps == ()
        return events


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return when it holds; fails if that takes too long."""
    async with asyncio.timeout(STARTED_WITHIN_S):
        while not await holds():  # noqa: ASYNC110 - it is another process that changes it
            await asyncio.sleep(0.1)


def warnings_of(events: Sequence[Event]) -> list[str]:
    """The codes of the warnings."""
    return [event.code for event in events if isinstance(event, WarningEvent)]


def answer_of(events: Sequence[Event]) -> str:
    """The answer."""
    return fold(RunView.start(), events).message.answer
