"""Two runs of one question, started together to be compared."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from backend.client.errors import ClientError
from backend.client.replies import OfferedAgent, StartedRun

_PLAYED: Final = ("scripted:", "recording:")
"""What the names of agents begin with that can be played without their status events."""


class RaceCalls(Protocol):
    """The calls of the client that are needed here."""

    async def start_run(
        self, question: str, agent: str, *, session_id: str | None = None, options: Mapping[str, Any] | None = None
    ) -> StartedRun:
        """Start a run and return at once."""

    async def cancel(self, run_id: str) -> None:
        """Ask for the run's end."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """One of the two: an agent, and the options it runs with."""

    agent: str
    options: Mapping[str, Any] = field(default_factory=dict)


def with_and_without_status(agent: str) -> tuple[Entrant, Entrant]:
    """The same agent twice, the second time without its status events."""
    return Entrant(agent), Entrant(agent, {"status_events": False})


def plays_without_status(offer: OfferedAgent) -> bool:
    """Whether the agent can leave its status events out."""
    return offer.agent.startswith(_PLAYED)


def question_for(offer: OfferedAgent) -> str:
    """What to ask an agent when nobody has asked anything: its first example, else its title."""
    return offer.examples[0] if offer.examples else offer.title or offer.agent


async def start_both(client: RaceCalls, question: str, first: Entrant, second: Entrant) -> tuple[str, str]:
    """Start both in one conversation, one right after the other; their ids. Raises ``ClientError``.

    Where the second is not accepted the first is cancelled, and the error of the second raised: nobody wants half a
    race.
    """
    one = await client.start_run(question, first.agent, options=first.options)
    try:
        other = await client.start_run(
            question, second.agent, session_id=one.session_id or None, options=second.options
        )
    except ClientError:
        # Where this fails as well, it is the second run's error that says what to do.
        with suppress(ClientError):
            await client.cancel(one.run_id)
        raise
    return one.run_id, other.run_id
