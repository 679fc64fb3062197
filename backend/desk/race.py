"""Two runs of one question, started together to be compared."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from backend.client.agent_replies import OfferedAgent
from backend.client.errors import ClientError
from backend.client.replies import StartedRun

_PLAYED: Final = ("scripted:", "recording:")
"""The beginnings of the names of agents that can be played without their status events."""


class RaceCalls(Protocol):
    """The calls of the client that are needed here."""

    async def start_run(
        self, question: str, agent: str, *, session_id: str | None = None, options: Mapping[str, Any] | None = None
    ) -> StartedRun:
        """Start a run and return at once."""

    async def cancel(self, run_id: str) -> None:
        """Ask the backend to end the run."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """One of the two: an agent, and its options."""

    agent: str
    options: Mapping[str, Any] = field(default_factory=dict)


def with_and_without_status(agent: str) -> tuple[Entrant, Entrant]:
    """The same agent twice, the second time without its status events."""
    return Entrant(agent), Entrant(agent, {"status_events": False})


def plays_without_status(offer: OfferedAgent) -> bool:
    """True if the agent can leave its status events out."""
    return offer.agent.startswith(_PLAYED)


def question_for(offer: OfferedAgent) -> str:
    """The question for an agent if the reader asked nothing: its first example, else its title."""
    return offer.examples[0] if offer.examples else offer.title or offer.agent


async def start_both(client: RaceCalls, question: str, first: Entrant, second: Entrant) -> tuple[str, str]:
    """Start both in one conversation, one right after the other; returns their ids. Raises ``ClientError``.

    If the second is refused, the first is cancelled and the error of the second raised: half a race is of no use.
    """
    one = await client.start_run(question, first.agent, options=first.options)
    try:
        other = await client.start_run(
            question, second.agent, session_id=one.session_id or None, options=second.options
        )
    except ClientError:
        # If this fails as well, the error of the second run has the next action.
        with suppress(ClientError):
            await client.cancel(one.run_id)
        raise
    return one.run_id, other.run_id
