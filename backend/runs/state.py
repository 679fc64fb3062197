"""The state machine of a run. Pure: no clock, no I/O."""

from typing import Final, Literal

RunState = Literal["queued", "running", "waiting", "paused", "closing", "ended"]

TRANSITIONS: dict[RunState, tuple[RunState, ...]] = {
    "queued": ("running", "closing"),
    "running": ("waiting", "paused", "closing"),
    "waiting": ("running", "paused", "closing"),
    "paused": ("running", "waiting", "closing"),
    "closing": ("ended",),
    "ended": (),
}
"""Where a run may go from each state. A queued run that is cancelled closes without ever running. A run that is paused
while it waits for a person is paused, and waits again once it is resumed."""


class TransitionError(RuntimeError):
    """A run was asked to go where its state does not lead: an error of the caller."""


class RunClosedError(Exception):
    """The run has an end: nothing is written into its log any more."""


def advance(state: RunState, following: RunState) -> RunState:
    """The following state. Raises ``TransitionError`` where the machine has no such arrow."""
    if following not in TRANSITIONS[state]:
        raise TransitionError(f"A run that is {state} cannot become {following}.")
    return following


ACTIVE_STATES: Final[tuple[RunState, ...]] = ("queued", "running", "waiting", "paused")
"""Those in which drafts of the agent still count."""


def is_active(state: RunState) -> bool:
    """Whether drafts of the agent still count."""
    return state in ACTIVE_STATES
