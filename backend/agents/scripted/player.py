"""The agent that plays a scenario."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from backend.agents.agent import RunContext, RunRequest
from backend.agents.scheduled_drafts import as_wanted, play_cues
from backend.agents.scripted.scenario import Scenario
from backend.agents.scripted.schedule import schedule
from backend.protocol.events import Draft, StatusEvent, TokenEvent


def play(scenario: Scenario, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
    """The drafts of a scenario on the context's clock, with the speed and the seed of the request's options.

    The scenario answers its own question, whatever was asked, and what it asks of a person as well, unless
    ``may_ask`` says that there is one. Raises ``AgentFailure`` if it scripts an error.
    """
    options = request.options
    cues = schedule(scenario, options.seed, by_itself=not options.may_ask)
    drafts = play_cues(as_wanted(cues, options), context.clock, options.speed, context.ask)
    return drafts if scenario.hears is None else _hearing(drafts, scenario.hears, context)


async def _hearing(drafts: AsyncGenerator[Draft, None], hears: str, context: RunContext) -> AsyncIterator[Draft]:
    """The drafts, and after the start of each step what is said to the messages that came until then."""
    async with aclosing(drafts):
        async for draft in drafts:
            yield draft
            if isinstance(draft, StatusEvent) and draft.state == "started":
                for message in await context.messages():
                    yield TokenEvent(text=hears.replace("{message}", message.text))


class ScriptedAgent:
    """A scenario as an agent.

    The supervisor uses ``default_options`` if a request leaves an option out: a scenario that shows a timeout has its
    own ``timeout_s``, and hangs until the supervisor ends it.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.default_options = scenario.own_options
        self.steerable = scenario.steerable

    def run(self, request: RunRequest, context: RunContext) -> AsyncIterator[Draft]:
        """Play the scenario once."""
        return play(self._scenario, request, context)
