"""The agents that workers have, as web nodes know them; and what a worker says of its agents."""

import asyncio
import difflib
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from backend import __version__
from backend.agents.agent import AgentOffer, RunRequest, UnknownAgentError
from backend.agents.catalogue import AgentCatalogue, AgentNotReadyError, ProviderProgress
from backend.agents.worker_load import WorkerLoad
from backend.protocol.events import KnownEvent
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.messages import NodeMessages
from backend.runs.redis.run_hash import known_options
from backend.runs.store import StoreError

FRESH_S: Final = 1.0
"""How long what workers said is not asked for again."""

_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_OFFER: TypeAdapter[AgentOffer] = TypeAdapter(AgentOffer)
_EVENTS: TypeAdapter[list[KnownEvent]] = TypeAdapter(list[KnownEvent])


_log = logging.getLogger(__name__)


class WorkerAnnouncement(BaseModel):
    """What a worker says of itself with every beat."""

    version: str = ""
    slots: int = 0
    running: int = 0
    offers: list[AgentOffer] = []
    preparations: list[ProviderProgress] = []
    warnings: list[str] = []
    ready: bool = False


async def announcement_of(catalogue: AgentCatalogue, slots: int, running: int) -> WorkerAnnouncement:
    """What this worker has to say now."""
    return WorkerAnnouncement(
        version=__version__,
        slots=slots,
        running=running,
        offers=await catalogue.offers(),
        preparations=list(catalogue.preparations),
        warnings=list(catalogue.warnings),
        ready=catalogue.ready,
    )


def read_announcement(text: bytes) -> WorkerAnnouncement | None:
    """What a worker says of itself, as far as this version understands it; None where it understands nothing."""
    try:
        return WorkerAnnouncement.model_validate_json(text)
    except ValidationError:
        _log.debug("A worker's announcement is of another version.")
    try:
        known = _OBJECT.validate_json(text)
        offers = [found for each in known.get("offers", ()) if (found := _read_offer(each)) is not None]
        fields = {name: known[name] for name in ("version", "slots", "running", "warnings", "ready") if name in known}
        return WorkerAnnouncement.model_validate({**fields, "offers": offers})
    except (ValidationError, TypeError):
        return None


def _read_offer(given: object) -> AgentOffer | None:
    try:
        return _OFFER.validate_python(given)
    except ValidationError:
        return None


class AgentQuestions:
    """Answers what web nodes ask of a worker's agents."""

    def __init__(self, catalogue: AgentCatalogue) -> None:
        self._catalogue = catalogue

    async def answer(self, question: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to ``find`` or ``plan``."""
        agent = str(body["agent"])
        try:
            if question == "find":
                await self._catalogue.find(agent)
                return {}
            if question != "plan":
                return {"unknown": f"This worker does not know the question {question!r}."}
            options = known_options(body["options"])
            request = RunRequest(run_id="plan", question=str(body["question"]), options=options)
            events = await self._catalogue.plan(agent, request)
        except UnknownAgentError as error:
            return {"unknown": str(error)}
        except AgentNotReadyError as error:
            return {"not_ready": str(error)}
        # The node that asked has to get a reply, whatever a foreign provider raises.
        except Exception:  # noqa: BLE001 - logged
            _log.exception("The agent %s could not be asked: %s.", agent, question)
            return {"not_ready": f"The agent {agent} failed when it was asked: the log of its worker says where."}
        return {"events": None if events is None else _EVENTS.dump_python(list(events), mode="json")}


class AnnouncedAgents:
    """Implements ``OfferedAgents`` by what the workers say."""

    def __init__(self, redis: RedisConnection, keys: Keys, messages: NodeMessages) -> None:
        self._redis = redis
        self._keys = keys
        self._messages = messages
        self._workers: dict[str, WorkerAnnouncement] = {}
        self._asked = -FRESH_S
        self._logged: set[str] = set()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the workers warn of, and that there is none."""
        if not self._workers:
            return ("No worker is there: start one with `playhead worker --redis URL`.",)
        warnings = [warning for each in self._workers.values() for warning in each.warnings]
        return tuple(dict.fromkeys([*warnings, *self._other_versions()]))

    @property
    def preparations(self) -> tuple[ProviderProgress, ...]:
        """The progress of the providers of the worker that is furthest."""
        known = sorted(self._workers.values(), key=lambda each: not each.ready)
        return tuple(known[0].preparations) if known else ()

    @property
    def ready(self) -> bool:
        """Whether some worker is ready."""
        return any(each.ready for each in self._workers.values())

    @property
    def workers(self) -> tuple[WorkerLoad, ...]:
        """What the workers said last of their load."""
        return tuple(WorkerLoad(each.ready, each.slots, each.running) for each in self._workers.values())

    async def prepare(self, report: Callable[[ProviderProgress], None] = lambda _: None) -> None:
        """Keep up with what the workers say, until cancelled."""
        while True:
            try:
                await self.look()
            except StoreError:
                self._asked = -FRESH_S
            await asyncio.sleep(FRESH_S)

    async def look(self) -> None:
        """Read what the workers say. Raises ``StoreError``."""
        found = await self._redis.command("SMEMBERS", self._keys.name("workers"))
        nodes = sorted(each.decode() for each in found or ())
        said = await self._redis.commands([("GET", self._keys.node(node)) for node in nodes])
        gone = [node for node, text in zip(nodes, said, strict=True) if text is None]
        if gone:
            await self._redis.command("SREM", self._keys.name("workers"), *gone)
        read = {node: read_announcement(text) for node, text in zip(nodes, said, strict=True) if text is not None}
        self._workers = {node: each for node, each in read.items() if each is not None}
        self._asked = time.monotonic()
        for sentence in self._other_versions():
            if sentence not in self._logged:
                self._logged.add(sentence)
                _log.warning("%s", sentence)

    async def offers(self) -> list[AgentOffer]:
        """Every agent that some worker has."""
        await self._look_if_stale()
        offers: dict[str, AgentOffer] = {}
        for each in self._workers.values():
            for offer in each.offers:
                offers.setdefault(offer.agent, offer)
        return list(offers.values())

    async def find(self, agent: str) -> object:
        """Return if a worker has the agent. Raises ``UnknownAgentError`` and ``AgentNotReadyError``."""
        if agent not in {offer.agent for offer in await self.offers()}:
            _refuse(await self._ask("find", {"agent": agent}))
        return agent

    async def plan(self, agent: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """See ``AgentCatalogue.plan``: a worker is asked."""
        options = request.options.model_dump(mode="json")
        answer = await self._ask("plan", {"agent": agent, "question": request.question, "options": options})
        _refuse(answer)
        events = answer.get("events")
        try:
            return None if events is None else _EVENTS.validate_python(events)
        except ValidationError:
            # A newer worker plans events that are not known here, and half a plan is not the truth.
            return None

    async def nearest(self, agent: str, limit: int = 5) -> list[str]:
        """The names on offer that look most like this one."""
        names = [offer.agent for offer in await self.offers()]
        close = difflib.get_close_matches(agent, names, limit, cutoff=0.7)
        family = agent.partition(":")[0]
        return close or [name for name in names if name.partition(":")[0] == family][:limit]

    async def _ask(self, question: str, body: dict[str, Any]) -> dict[str, Any]:
        await self._look_if_stale()
        if not self._workers:
            # One may have come a moment ago.
            await self.look()
        if not self._workers:
            raise AgentNotReadyError("No worker is there: start one with `playhead worker --redis URL`.")
        ready = [node for node, each in self._workers.items() if each.ready] or list(self._workers)
        return await self._messages.ask_node(ready[0], question, body)

    def _other_versions(self) -> list[str]:
        """That workers have another version than this node, for the operator."""
        others = sorted({each.version for each in self._workers.values()} - {__version__, ""})
        return [
            f"A worker has version {each}, this web node {__version__}: update all of them soon." for each in others
        ]

    async def _look_if_stale(self) -> None:
        if time.monotonic() - self._asked > 2 * FRESH_S:
            await self.look()


def _refuse(answer: dict[str, Any]) -> None:
    if "unknown" in answer:
        raise UnknownAgentError(answer["unknown"])
    if "not_ready" in answer:
        raise AgentNotReadyError(answer["not_ready"])
