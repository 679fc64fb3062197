"""The parts of a web node and of a worker, which share a Redis. Only commands with ``--redis`` import this."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from backend.access.participants import Participants
from backend.access.signing_key import SigningKey
from backend.agents.agent import AgentEnvironment, AgentProvider
from backend.agents.catalogue import AgentCatalogue
from backend.api.relayed_steering import RelayedSteering, SteeringPerformer
from backend.api.services import REVOKED_WITHIN_S, Services
from backend.api.steering_service import SteeringService
from backend.free_memory import give_back_forever, memory_giver
from backend.runs.file_library import FileLibrary
from backend.runs.recording_library import RecordingLibrary
from backend.runs.redis.announced_agents import AgentQuestions, AnnouncedAgents, announcement_of
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.ended_runs import EndedRuns
from backend.runs.redis.keys import Keys
from backend.runs.redis.node import RedisNode
from backend.runs.redis.oldest_runs import Turns
from backend.runs.redis.repeated_work import cancel_all, repeat_every
from backend.runs.redis.revoked_tokens import RevokedTokens
from backend.runs.redis.store import RedisStore
from backend.runs.redis.web_runs import WebRuns
from backend.runs.redis.worker import RedisWorker
from backend.runs.retention import KeptAmount, Retention
from backend.runs.supervisor import RunSupervisor
from backend.settings import RedisSettings, Settings
from backend.wiring import STREAM_GRACE_S, Report, gate_of

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class RedisParts:
    """What a web node and a worker have in common."""

    redis: RedisConnection
    keys: Keys
    store: RedisStore
    node: RedisNode
    signing_key: SigningKey

    @classmethod
    def of(cls, settings: Settings, shared: RedisSettings, *, takes_runs: bool) -> "RedisParts":
        """The parts of a node, none of them started."""
        redis, keys = RedisConnection(shared.url), Keys(shared.prefix)
        store = RedisStore(redis, keys, takes_runs=takes_runs, lease_s=shared.lease_s, memory_runs=settings.memory_runs)
        return cls(redis, keys, store, RedisNode(store, redis, keys, shared.lease_s), SigningKey())

    async def open(self) -> None:
        """Connect, and sign with the key that all nodes share. Raises ``StoreError``."""
        await self.store.open()
        name = self.keys.name("signing-key")
        await self.redis.command("SET", name, secrets.token_bytes(_KEY_BYTES), "NX")
        self.signing_key.use(await self.redis.command("GET", name))


class WebNode:
    """A server that runs no agents."""

    def __init__(self, settings: Settings, shared: RedisSettings) -> None:
        self._parts = parts = RedisParts.of(settings, shared, takes_runs=False)
        files = FileLibrary(settings.data_dir / "files", parts.store)
        self._turns = Turns(parts.redis, parts.keys, parts.store.node)
        self._agents = AnnouncedAgents(parts.redis, parts.keys, parts.node.messages)
        self._runs = WebRuns(parts.store, parts.redis, parts.keys, parts.node, shared.most_queued, files)
        self._ended = EndedRuns(parts.redis, parts.keys, self._runs.counts)
        participants = Participants(parts.signing_key)
        self.services = Services(
            settings,
            parts.store,
            self._runs,
            self._agents,
            RecordingLibrary(settings.data_dir / "recordings", parts.store),
            files,
            participants,
            gate_of(settings, parts.signing_key),
            exchange=parts.node.exchange,
            check_store=lambda: parts.redis.command("PING"),
            relayed=RelayedSteering(parts.store, self._runs, participants, parts.node.messages),
        )
        kept = KeptAmount(settings.keep_days, settings.keep_bytes)
        self._retention = Retention(parts.store, files, kept, self._runs.counts)
        self.services.retention = self._retention

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Take part until the end of the context. Raises ``StoreError`` where Redis cannot be used."""
        services, parts = self.services, self._parts
        await parts.open()
        revoked = None if services.gate is None else RevokedTokens(parts.redis, parts.keys, services.gate)
        if revoked is not None:
            await revoked.look()
        services.hear_of_withdrawn()
        await parts.node.start()
        await self._agents.look()
        await self._ended.look()
        services.store_open = True
        work = [
            asyncio.create_task(self._agents.prepare()),
            asyncio.create_task(self._runs.queued.watch_forever()),
            asyncio.create_task(self._ended.look_forever()),
            asyncio.create_task(services.files.sweep_forever()),
            asyncio.create_task(services.watch_tokens()),
            asyncio.create_task(give_back_forever(memory_giver())),
            asyncio.create_task(services.rooms.repeat_forever()),
            *([] if revoked is None else [asyncio.create_task(repeat_every(REVOKED_WITHIN_S, revoked.look))]),
            asyncio.create_task(self._retention.apply_forever(self._turns.take)),
        ]
        try:
            yield
        finally:
            await cancel_all(work)
            await self.stop()
            services.store_open = False
            await self._parts.node.stop()
            await self._parts.store.close()

    async def drain(self) -> None:
        """Take no new run. Those of other machines continue, and their readers go to another node."""
        await self._runs.drain(0.0)

    async def stop(self) -> None:
        """End the streams: their readers come back at another node. A second call does nothing more."""
        await self._runs.shutdown()
        await self.services.streams.close(STREAM_GRACE_S)
        self.services.channels.close()


class WorkerNode:
    """A process that runs agents, and serves nobody."""

    def __init__(
        self,
        settings: Settings,
        shared: RedisSettings,
        slots: int,
        providers: Iterable[AgentProvider] | None = None,
    ) -> None:
        """``providers`` stand in for those found by entry point."""
        self._settings = settings
        self._parts = parts = RedisParts.of(settings, shared, takes_runs=True)
        recordings = RecordingLibrary(settings.data_dir / "recordings", parts.store)
        if providers is None:
            self.catalogue = AgentCatalogue.discover(AgentEnvironment(settings, recordings))
        else:
            self.catalogue = AgentCatalogue(providers)
        self._supervisor = RunSupervisor(
            parts.store, self.catalogue.find, settings, files=FileLibrary(settings.data_dir / "files", parts.store)
        )
        steering = SteeringService(parts.store, self._supervisor, Participants(parts.signing_key))
        parts.node.perform = SteeringPerformer(steering, self._supervisor).perform
        parts.node.answer = AgentQuestions(self.catalogue).answer
        parts.node.describe = self._describe
        self._worker = RedisWorker(parts.store, parts.redis, parts.keys, parts.node, self._supervisor, slots)

    @property
    def name(self) -> str:
        """The id of this node."""
        return self._parts.store.node

    @asynccontextmanager
    async def running(self, report: Report) -> AsyncIterator[None]:
        """Prepare the agents, then take runs until the end of the context. Those that run then are handed over where
        they can begin again, and end as interrupted where they cannot. Raises ``StoreError`` where Redis cannot be
        used."""
        await self._parts.open()
        await self._parts.node.start()
        taking: asyncio.Task[None] | None = None
        giving = asyncio.create_task(give_back_forever(memory_giver()))
        try:
            await self.catalogue.prepare(report)
            await self._parts.node.beat()
            taking = asyncio.create_task(self._worker.run_forever())
            yield
        finally:
            await cancel_all([giving] if taking is None else [giving, taking])
            await self._worker.hand_over()
            await self._supervisor.shutdown()
            await self._parts.node.stop()
            await self._parts.store.close()

    async def drain(self) -> None:
        """Take no new run, and give those that are running the operator's time to end."""
        await self._supervisor.drain(self._settings.drain_s)

    async def _describe(self) -> bytes:
        said = await announcement_of(self.catalogue, self._worker.slots, self._supervisor.running)
        return said.model_dump_json().encode()
