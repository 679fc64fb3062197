"""The state machine of a run. Pure: no clock, no I/O."""

from typing import Literal

RunState = Literal["queued", "running", "closing", "ended"]

TRANSITIONS: dict[RunState, tuple[RunState, ...]] = {
    "queued": ("running", "closing"),
    "running": ("closing",),
    "closing": ("ended",),
    "ended": (),
}
"""Where a run may go from each state. A queued run that is cancelled closes without ever running."""


class TransitionError(RuntimeError):
    """A run was asked to go where its state does not lead: an error of the caller."""


def advance(state: RunState, following: RunState) -> RunState:
    """The following state. Raises ``TransitionError`` where the machine has no such arrow."""
    if following not in TRANSITIONS[state]:
        raise TransitionError(f"A run that is {state} cannot become {following}.")
    return following


def is_active(state: RunState) -> bool:
    """Whether drafts of the agent still count."""
    return state in ("queued", "running")
