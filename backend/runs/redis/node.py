"""A node among others: it shows that it lives, hears what has news, keeps its runs, and notices who is lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from pydantic import TypeAdapter

from backend.runs.pace import Distance, Rounds
from backend.runs.redis.connection import RedisConnection, ScriptCall, StoreFullError
from backend.runs.redis.keys import Keys
from backend.runs.redis.lost_runs import LostRuns
from backend.runs.redis.messages import NodeMessages
from backend.runs.redis.node_exchange import NodeExchange
from backend.runs.redis.owned_run import LostLeaseError, OwnedRun
from backend.runs.redis.repeated_work import RETRY_S, cancel_all, repeat, repeat_every
from backend.runs.redis.store import RedisStore
from backend.runs.store import StoreError

BEATS_PER_LEASE: Final = 4
"""How often a lease is renewed in its time."""

REFRESH_S: Final = 5.0
"""How often a node says which runs are read on it, and looks for what it may have missed."""

HEARING: Final = Distance(shortest_s=0.001, longest_s=0.025, few_a_second=100, for_rate_s=0.000_05)
"""How far apart a node hears what has news, by the news a second. Each time it waits for two answers of Redis, which
cost nearly the same for one run and for twenty."""

_COMMANDS_PER_READ: Final = 100

_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_log = logging.getLogger(__name__)

Perform = Callable[[str, str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Carries out a command: the run, the verb, and what it is about."""

Answer = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Answers a question of another node."""


async def _nothing_to_say() -> bytes:
    return b"{}"


class RedisNode:
    """The tasks of a node. ``perform``, ``answer`` and ``queue_moved`` are a worker's."""

    def __init__(self, store: RedisStore, redis: RedisConnection, keys: Keys, lease_s: float) -> None:
        self.messages = NodeMessages(redis, keys, store.node, patience_s=2 * lease_s + 5)
        self.exchange = NodeExchange(redis, keys, store.node)
        self.perform: Perform | None = None
        self.answer: Answer | None = None
        self.queue_moved: Callable[[], object] | None = None
        self.describe: Callable[[], Awaitable[bytes]] = _nothing_to_say
        """What the node says of itself with every beat."""
        self.followed: Callable[[str, int], object] = lambda run_id, nodes: None
        """Called with how many nodes have readers of a run of this node."""
        self._store = store
        self._redis = redis
        self._keys = keys
        self._lease_s = lease_s
        self._lost_runs = LostRuns(store, redis, keys, lease_s)
        self._tasks: list[asyncio.Task[None]] = []
        self._performing: dict[str, asyncio.Task[None]] = {}
        self._after: dict[str, bytes] = {}
        """The last entry that was heard, of each stream."""
        self._answering: set[asyncio.Task[None]] = set()
        self._rounds = Rounds(HEARING)

    async def start(self) -> None:
        """Join the others. Raises ``StoreError``."""
        await self.beat()
        self._after[self._keys.wake(self._store.node)] = b"0-0"
        if self.queue_moved is not None:
            self._after[self._keys.name("{q}", "news")] = b"$"
        loops: list[Coroutine[Any, Any, None]] = [
            repeat_every(self._lease_s / BEATS_PER_LEASE, self.beat),
            repeat_every(self._lease_s / 2, self._lost_runs.look),
            repeat_every(REFRESH_S, self._store.mirrors.refresh),
            repeat_every(REFRESH_S, self.exchange.refresh),
            repeat(self.exchange.send),
            repeat(self._listen, self._rounds.rest),
        ]
        self._tasks = [asyncio.create_task(each) for each in loops]

    async def stop(self) -> None:
        """Leave the others."""
        await cancel_all([*self._tasks, *self._performing.values(), *self._answering])
        with suppress(StoreError):
            await self.exchange.close()
            await self._redis.commands(
                [
                    ("DEL", self._keys.node(self._store.node), self._keys.wake(self._store.node)),
                    ("SREM", self._keys.name("workers"), self._store.node),
                ]
            )

    async def beat(self) -> None:
        """Show that this node lives, and keep its runs. Raises ``StoreError``."""
        runs = list(self._store.owned.values())
        forgotten = False
        try:
            known, _, newest, *_ = await self._redis.commands(await self._signs_of_life())
            forgotten = bool(self._after) and known is None
            await self._tidy_wakes(newest)
        except StoreFullError:
            # Leases have to live on.
            _log.warning("Redis has no memory left.")
        finally:
            await self._renew(runs)
        if forgotten:
            # Those who write may have taken this node off their lists meanwhile.
            await self._store.mirrors.refresh()

    async def _signs_of_life(self) -> list[tuple[str | bytes | int, ...]]:
        node, living_s, wake = self._store.node, max(2, int(3 * self._lease_s)), self._keys.wake(self._store.node)
        commands: list[tuple[str | bytes | int, ...]] = [
            ("SET", self._keys.node(node), await self.describe(), "EX", living_s, "GET"),
            ("EXPIRE", wake, 10 * living_s),
            ("XREVRANGE", wake, "+", "-", "COUNT", 1),
        ]
        if self.perform is not None:
            commands.append(("SADD", self._keys.name("workers"), node))
        return commands

    async def _tidy_wakes(self, newest: list[list[bytes]] | None) -> None:
        """Remove what was heard. Where the clock of Redis went back since the stream was made anew, hear it from its
        start: its ids are those of an earlier time."""
        wake = self._keys.wake(self._store.node)
        heard = self._after.get(wake, b"0-0")
        if newest and _place(newest[0][0]) < _place(heard):
            self._after[wake] = b"0-0"
        elif newest:
            await self._redis.command("XTRIM", wake, "MINID", heard)

    async def _renew(self, runs: list[OwnedRun]) -> None:
        calls = [self._renewal(run) for run in runs]
        try:
            answers = await self._redis.scripts(calls)
        except StoreError:
            answers = [None] * len(calls)
        now = asyncio.get_running_loop().time()
        for run, answer in zip(runs, answers, strict=True):
            if isinstance(answer, StoreFullError):
                run.renewed = now
            elif isinstance(answer, list):
                await self._renewed(run, answer, now)
            elif now - run.renewed > self._lease_s and run.failure is None:
                self._store.lose(run, LostLeaseError())

    def _renewal(self, run: OwnedRun) -> ScriptCall:
        run_id = run.record.run_id
        keys = [self._keys.run(run_id, part) for part in ("h", "nodes", "cmd")]
        keys += [self._keys.name("running"), self._keys.run(run_id, "gone")]
        return ScriptCall("renew", tuple(keys), (run_id, self._store.node, run.attempt))

    async def _renewed(self, run: OwnedRun, answer: list[Any], now: float) -> None:
        said = answer[0]
        if said == b"ok":
            run.renewed = now
            self.followed(run.record.run_id, int(answer[1]))
            if answer[2] and answer[2].decode() != run.last_command:
                self.look_for_commands(run.record.run_id)
        elif said == b"gone":
            # The next write finds out, and brings the run back.
            self._store.writer.add(run)
        elif said == b"deleted":
            self._store.forget(run.record.run_id)
        elif not run.finishing:
            self._store.lose(run, LostLeaseError())

    async def _listen(self) -> None:
        """Hear once what has news."""
        try:
            news = await self._redis.news(self._after)
        except StoreError:
            # What was said meanwhile may be lost, and this node's runs as well: look at everything once Redis is back.
            self._after[self._keys.wake(self._store.node)] = b"0-0"
            self.exchange.cut()
            await asyncio.sleep(RETRY_S)
            await self.beat()
            await self._store.mirrors.refresh()
            return
        self._rounds.served(len(news))
        self._after.update({stream: entry_id for stream, entry_id, _ in news})
        wake = self._keys.wake(self._store.node)
        await self._take([(entry_id, fields) for stream, entry_id, fields in news if stream == wake])
        if self.queue_moved is not None and (not news or any(stream != wake for stream, _, _ in news)):
            self.queue_moved()

    async def _take(self, entries: list[tuple[bytes, dict[bytes, bytes]]]) -> None:
        runs: dict[str, None] = {}
        for entry_id, fields in entries:
            if b"r" in fields:
                runs[fields[b"r"].decode()] = None
            elif b"t" in fields:
                self.exchange.hear(entry_id, fields)
            elif b"re" in fields:
                self.messages.take_reply(fields)
            elif b"g" in fields:
                self._store.forget(fields[b"g"].decode())
            elif b"q" in fields:
                self._begin(self._answering, self._reply(fields))
        for run_id in runs.keys() & self._store.owned.keys():
            self.look_for_commands(run_id)
        if runs:
            await self._store.mirrors.fetch(runs)

    def look_for_commands(self, run_id: str) -> None:
        """Carry out the commands that wait for a run of this node, one after the other."""
        if self.perform is not None and run_id not in self._performing:
            task = asyncio.create_task(self._perform_all(run_id, self.perform))
            self._performing[run_id] = task
            task.add_done_callback(lambda _: self._performing.pop(run_id, None))

    async def _perform_all(self, run_id: str, perform: Perform) -> None:
        stream = self._keys.run(run_id, "cmd")
        while (run := self._store.owned.get(run_id)) is not None:
            try:
                entries = await self._redis.range(stream, run.last_command, _COMMANDS_PER_READ)
            except StoreError:
                # The renewal of the lease says whether there are commands, once Redis is back.
                return
            if not entries:
                return
            for entry_id, fields in entries:
                run.last_command = entry_id.decode()
                reply = await perform(run_id, fields[b"v"].decode(), _OBJECT.validate_json(fields[b"b"]))
                await self.messages.reply(fields[b"from"].decode(), fields[b"id"].decode(), reply)
                with suppress(StoreError):
                    await self._redis.command("HSET", self._keys.run(run_id, "h"), "commands", entry_id)

    async def _reply(self, fields: dict[bytes, bytes]) -> None:
        if self.answer is not None:
            answer = await self.answer(fields[b"q"].decode(), _OBJECT.validate_json(fields[b"b"]))
            await self.messages.reply(fields[b"from"].decode(), fields[b"id"].decode(), answer)

    def _begin(self, tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)


def _place(entry_id: bytes) -> tuple[int, int]:
    """Where an entry is in its stream."""
    time_ms, _, number = entry_id.partition(b"-")
    return int(time_ms), int(number)
