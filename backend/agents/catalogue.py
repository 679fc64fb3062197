"""The agents on offer, found by entry point, so that any installed package can add its own.

An entry point of the group ``playhead.agents`` is a function ``provide(environment) -> AgentProvider``. One that cannot
be loaded, or fails during its preparation, is left out with a warning: the others stay usable.
"""

import asyncio
import difflib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Literal

from backend.agents.agent import (
    Agent,
    AgentEnvironment,
    AgentOffer,
    AgentProvider,
    RunRequest,
    UnknownAgentError,
)
from backend.agents.worker_load import WorkerLoad
from backend.protocol.events import KnownEvent

ENTRY_POINT_GROUP = "playhead.agents"

PATIENCE_S = 5.0
"""How long a caller waits for a provider that is about to be ready, before the call fails."""

PreparationState = Literal["waiting", "preparing", "ready", "failed"]

_log = logging.getLogger(__name__)


class AgentNotReadyError(Exception):
    """The agent's provider is still in preparation; the message gives its progress."""


@dataclass(frozen=True, slots=True)
class ProviderProgress:
    """The progress of a provider. ``done`` of ``total`` counts the things named by ``what``; ``total`` is 0 while
    unknown."""

    name: str
    state: PreparationState = "waiting"
    done: int = 0
    total: int = 0
    what: str = ""
    warnings: tuple[str, ...] = ()
    """Warnings for the operator once the provider is ready, such as skipped files."""

    def sentence(self) -> str:
        """The state in words, such as ``documents: 312 of 2,000, reading files``."""
        count = f" {self.done:,} of {self.total:,}" if self.total else ""
        detail = f", {self.what}" if self.what else ""
        return f"{self.name}: {self.state}{count}{detail}"


class AgentCatalogue:
    """Every provider by name, with its progress and the warnings for the operator."""

    def __init__(
        self, providers: Iterable[AgentProvider], warnings: Iterable[str] = (), patience_s: float = PATIENCE_S
    ) -> None:
        """``providers`` are used after ``prepare``; of two with one name the first is kept."""
        self._patience_s = patience_s
        self._providers: dict[str, AgentProvider] = {}
        self._warnings = list(warnings)
        for provider in providers:
            if provider.name in self._providers:
                self._warnings.append(f"Two packages offer agents named {provider.name!r}: only the first is used.")
            else:
                self._providers[provider.name] = provider
        self._failing: set[str] = set()
        """The providers whose agents could not be listed when they were asked last."""
        self._preparations = {name: ProviderProgress(name) for name in self._providers}
        self._settled = {name: asyncio.Event() for name in self._providers}

    @classmethod
    def discover(cls, environment: AgentEnvironment, found: Iterable[EntryPoint] | None = None) -> "AgentCatalogue":
        """The catalogue of everything installed. ``found`` replaces the installed entry points.

        Agents that the settings name come first, all others follow by name.
        """
        points = entry_points(group=ENTRY_POINT_GROUP) if found is None else found
        chosen = environment.settings.chosen_agents
        providers, warnings = [], []
        for point in sorted(points, key=lambda entry: (entry.name not in chosen, entry.name)):
            try:
                providers.append(point.load()(environment))
            except Exception as error:  # noqa: BLE001 - a foreign package may fail in any way
                _log.debug("the agent provider %s failed to load", point.name, exc_info=True)
                warnings.append(
                    f"The agents of {point.name!r} ({point.value}) are left out: {type(error).__name__}: {error}"
                )
        return cls(providers, warnings)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for the operator, those of the preparation included."""
        return tuple(self._warnings)

    @property
    def preparations(self) -> tuple[ProviderProgress, ...]:
        """The progress of each provider, in the order of the offers."""
        return tuple(self._preparations.values())

    @property
    def workers(self) -> tuple[WorkerLoad, ...]:
        """None: these agents run in this process."""
        return ()

    @property
    def ready(self) -> bool:
        """True once every provider is prepared, or left out because it could not be."""
        return all(preparation.state in ("ready", "failed") for preparation in self._preparations.values())

    async def prepare(self, report: Callable[[ProviderProgress], None] = lambda _: None) -> None:
        """Prepare every provider, all at once. ``report`` is called with each step, possibly from a worker thread."""
        await asyncio.gather(*(self._prepare(provider, report) for provider in self._providers.values()))

    async def _prepare(self, provider: AgentProvider, report: Callable[[ProviderProgress], None]) -> None:
        name = provider.name

        def update(preparation: ProviderProgress) -> None:
            self._preparations[name] = preparation
            report(preparation)

        def progress(done: int, total: int, what: str) -> None:
            update(ProviderProgress(name, "preparing", done, total, what))

        update(ProviderProgress(name, "preparing"))
        try:
            warnings = tuple(await provider.prepare(progress))
            self._warnings += warnings
        except Exception as error:  # noqa: BLE001 - one provider's failure is not the server's
            _log.debug("the agent provider %s failed to prepare", name, exc_info=True)
            reason = _reason(error)
            self._warnings.append(f"The agents of {name!r} are left out: {reason}")
            update(ProviderProgress(name, "failed", what=reason))
        else:
            update(replace(self._preparations[name], state="ready", warnings=warnings))
        self._settled[name].set()

    async def offers(self) -> list[AgentOffer]:
        """Every agent that can be run now: those of the chosen providers first, then all others by name."""
        offers: list[AgentOffer] = []
        for name, provider in self._providers.items():
            if self._preparations[name].state == "ready":
                offers += await self._offers_of(name, provider)
        return offers

    async def _offers_of(self, name: str, provider: AgentProvider) -> Sequence[AgentOffer]:
        """The provider's agents; none where it fails, so that those of the others can be run."""
        try:
            offers = await provider.offers()
        except Exception:  # noqa: BLE001 - whatever a foreign provider raises
            if name not in self._failing:
                _log.exception("The agents of the provider %s cannot be listed.", name)
            self._failing.add(name)
            return ()
        self._failing.discard(name)
        return offers

    async def find(self, agent: str) -> Agent:
        """The agent of that name, such as ``scripted:happy_path``.

        Waits a moment for a provider that is still being prepared, then raises ``AgentNotReadyError``. Raises
        ``UnknownAgentError`` with the nearest names.
        """
        provider, variant = await self._provider(agent)
        try:
            return await provider.open(variant)
        except UnknownAgentError as error:
            raise UnknownAgentError(await self._unknown(agent, str(error))) from error

    async def plan(self, agent: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """The events that a run would send on a perfect machine, or None if they cannot be known. Raises as
        ``find``."""
        provider, variant = await self._provider(agent)
        try:
            return await provider.plan(variant, request)
        except UnknownAgentError as error:
            raise UnknownAgentError(await self._unknown(agent, str(error))) from error

    async def nearest(self, agent: str, limit: int = 5) -> list[str]:
        """The names on offer that look most like this one."""
        names = [offer.agent for offer in await self.offers()]
        family, _, variant = agent.partition(":")
        close = difflib.get_close_matches(agent, names, limit, cutoff=0.7) if variant else []
        if close:
            return close
        families = difflib.get_close_matches(family, self._providers, limit, cutoff=0.5)
        return [name for name in names if name.partition(":")[0] in families][:limit]

    async def _provider(self, agent: str) -> tuple[AgentProvider, str]:
        family, _, variant = agent.partition(":")
        provider = self._providers.get(family)
        if provider is None:
            raise UnknownAgentError(await self._unknown(agent, f"There is no agent {agent!r}."))
        try:
            async with asyncio.timeout(self._patience_s):
                await self._settled[family].wait()
        except TimeoutError:
            state = self._preparations[family].sentence()
            raise AgentNotReadyError(
                f"The agent {agent!r} is not ready yet ({state}): try again in a moment."
            ) from None
        preparation = self._preparations[family]
        if preparation.state == "failed":
            raise UnknownAgentError(f"The agent {agent!r} could not be prepared: {preparation.what}")
        return provider, variant

    async def _unknown(self, agent: str, reason: str) -> str:
        near = await self.nearest(agent)
        # Some families offer nothing here, for example if no model is named.
        families = dict.fromkeys(offer.agent.partition(":")[0] for offer in await self.offers())
        hint = f"Similar names: {', '.join(near)}." if near else f"Available: {', '.join(families) or 'none'}."
        return f"{reason} {hint}"


def _reason(error: Exception) -> str:
    """The error's own sentence if it has one, else its kind as well."""
    text = str(error)
    return text if text.endswith(".") else f"{type(error).__name__}: {text}"
