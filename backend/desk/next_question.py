"""The question that was queued behind a run, and the run that it began."""

import asyncio
from typing import Final, NamedTuple, Protocol

from backend.client.errors import ProblemError
from backend.client.replies import RunState
from backend.protocol.inputs import STEERING
from backend.protocol.run_view import RunView

BETWEEN_LOOKS_S: Final = 0.05
MOST_LOOKS: Final = 40
"""How often it is looked whether the next run has begun: it begins a moment after the run before it has ended."""


class RunCall(Protocol):
    """The one call of the client that is needed here."""

    async def run(self, run_id: str) -> RunState: ...  # noqa: D102 - said by the class


class NextQuestion(NamedTuple):
    """The conversation's next run, and its question."""

    run_id: str
    question: str


def next_question(view: RunView) -> NextQuestion | None:
    """What follows a run that has ended; None if nothing was queued behind it."""
    if not view.ended:
        return None
    for step in view.stream.steps:
        # The first one begins the next run, and the others wait for that one's end.
        if step.step == STEERING and step.mode == "queue" and step.state == "finished" and step.delivered_to:
            return NextQuestion(step.delivered_to, step.detail or "")
    return None


async def begun(client: RunCall, run_id: str, between_looks_s: float = BETWEEN_LOOKS_S) -> RunState:
    """The run once it has begun. ``between_looks_s`` is in seconds. Raises ``ClientError``: ``ProblemError`` 404 if it
    does not begin within ``MOST_LOOKS`` looks, two seconds."""
    for _ in range(MOST_LOOKS - 1):
        try:
            return await client.run(run_id)
        except ProblemError as error:
            if error.status != 404:
                raise
        await asyncio.sleep(between_looks_s)
    return await client.run(run_id)
