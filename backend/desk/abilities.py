"""What people can do to a run of each agent, as the backend offers it."""

from collections.abc import Iterable
from typing import NamedTuple

from backend.client.agent_replies import OfferedAgent


class Abilities(NamedTuple):
    """``pause`` says what a pause does: ``exact``, ``step`` or ``hold``; ``none`` = it cannot be paused.
    ``messages``: whether the agent reads messages while it works."""

    pause: str = "none"
    messages: bool = False


def abilities_of(offers: Iterable[OfferedAgent]) -> dict[str, Abilities]:
    """The abilities of the agents on offer, by their names."""
    return {offer.agent: Abilities(offer.pause, offer.messages) for offer in offers}
