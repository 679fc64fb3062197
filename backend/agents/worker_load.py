"""How busy the workers are that have the agents, where those are not in this process."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkerLoad:
    """What one worker says of itself. ``ready``: its agents are prepared; ``slots``: how many runs it takes at once;
    ``running``: how many it has."""

    ready: bool
    slots: int
    running: int
