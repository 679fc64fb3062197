"""The agents on offer and whether the backend takes runs, as the backend answers them."""

from typing import Any

from backend.client.replies import Reply
from backend.protocol.attachments import MAX_ATTACHMENTS, MAX_FILE_BYTES


class TakenFiles(Reply):
    """The files that can be attached to an agent's questions. ``max_bytes`` is that of one file."""

    kinds: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    max_bytes: int = MAX_FILE_BYTES
    max_files: int = MAX_ATTACHMENTS


class OfferedAgent(Reply):
    """An agent on offer: the name to run it by and what to say of it. ``examples`` are questions to try."""

    agent: str
    title: str = ""
    description: str = ""
    examples: tuple[str, ...] = ()
    pause: str = "none"
    """What a pause does: ``exact``, ``step``, ``hold``; ``none`` = it cannot be paused."""
    messages: bool = False
    """Whether it reads messages while it works."""
    attachments: TakenFiles | None = None
    """None for an agent that takes no files."""


class Offers(Reply):
    """The agents that can be run now."""

    agents: tuple[OfferedAgent, ...]
    options: tuple[str, ...] | None = None
    """The options that the backend takes of a run. None for an older one, which does not say."""


class PlannedRun(Reply):
    """The events a run would send on a perfect machine, as JSON objects."""

    events: tuple[dict[str, Any], ...]


class Preparation(Reply):
    """How far a family of agents is: ``done`` of ``total`` (0 = not known yet) of what ``what`` names."""

    name: str
    state: str = ""
    done: int = 0
    total: int = 0
    what: str = ""


class Readiness(Reply):
    """Whether the backend takes runs. ``sentence`` says why not yet; ``warnings`` are for its operator."""

    ready: bool = True
    sentence: str = ""
    preparations: tuple[Preparation, ...] = ()
    warnings: tuple[str, ...] = ()
