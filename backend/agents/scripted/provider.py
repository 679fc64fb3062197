"""Offers every scenario as an agent, ``scripted:<scenario>``."""

import asyncio
from collections.abc import Sequence

from backend.agents.agent import AgentEnvironment, AgentOffer, Progress, RunRequest, UnknownAgentError
from backend.agents.plans import UnplannedError, planned_events
from backend.agents.scheduled_drafts import as_wanted
from backend.agents.scripted.library import ScenarioLibrary
from backend.agents.scripted.player import ScriptedAgent
from backend.agents.scripted.scenario import Scenario
from backend.agents.scripted.schedule import schedule
from backend.agents.time_limits import TimeLimits
from backend.protocol.events import KnownEvent
from backend.settings import Settings
from backend.yaml_lines.complaints import SourceError


class ScriptedProvider:
    """The bundled scenarios and those of ``settings.scenarios_dir``, read again when a file changes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._library = ScenarioLibrary(settings.scenarios_dir)

    @property
    def name(self) -> str:
        """``scripted``."""
        return "scripted"

    async def prepare(self, progress: Progress) -> Sequence[str]:
        """Read every file once; the warnings name each of the user's faulty files, and the line."""
        await asyncio.to_thread(self._library.scenarios)
        return await asyncio.to_thread(self._library.warnings)

    async def offers(self) -> Sequence[AgentOffer]:
        """One offer for each scenario that can be played."""
        scenarios = await asyncio.to_thread(self._library.scenarios)
        return [
            AgentOffer(
                agent=f"scripted:{name}",
                title=scenario.title,
                description=scenario.description,
                examples=(scenario.question,),
                steerable=scenario.steerable,
            )
            for name, scenario in scenarios.items()
        ]

    async def open(self, variant: str) -> ScriptedAgent:
        """The agent that plays the scenario of that name. Raises ``UnknownAgentError``, also for a broken file."""
        return ScriptedAgent(await self._find(variant))

    async def plan(self, variant: str, request: RunRequest) -> Sequence[KnownEvent] | None:
        """The events of a run without delays, including the end; None where they depend on a person. Raises
        ``UnknownAgentError``."""
        scenario = await self._find(variant)
        options = request.options
        limits = TimeLimits.of(options, scenario.own_options, self._settings)
        cues = schedule(scenario, options.seed, by_itself=not options.may_ask)
        try:
            return planned_events(as_wanted(cues, options), options.speed, limits)
        except UnplannedError:
            return None

    async def _find(self, name: str) -> Scenario:
        if not name:
            some = ", ".join(f"scripted:{known}" for known in (await asyncio.to_thread(self._library.names))[:3])
            raise UnknownAgentError(f"Which scenario? Name one, such as {some}.")
        try:
            scenario = await asyncio.to_thread(self._library.find, name)
        except SourceError as error:
            raise UnknownAgentError(f"The scenario {name!r} cannot be played: {error}") from error
        if scenario is None:
            raise UnknownAgentError(f"There is no scenario {name!r}.")
        return scenario


def provide(environment: AgentEnvironment) -> ScriptedProvider:
    """Entry point of ``playhead.agents``."""
    return ScriptedProvider(environment.settings)
