"""The recovery of a page after the backend was away."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Protocol

from backend.client.agent_replies import Readiness
from backend.client.errors import BackendGone, ClientError

BETWEEN_TRIALS_S = 0.5
"""The time between two tries to reach the backend. Half a second is short compared with a backend's start, and costs it
nothing."""


class ReadyCall(Protocol):
    """The one call of the client that is needed here."""

    async def ready(self) -> Readiness:
        """Whether the backend accepts runs now."""


async def trials_in_vain(client: ReadyCall, between_trials_s: float = BETWEEN_TRIALS_S) -> AsyncGenerator[None, None]:
    """Yield after each failed try, and end when the backend accepts runs: before that it may answer and not know its
    agents yet.

    Ends as well if the backend answers with an error of another kind, so that the caller's own call meets it and can
    report it. ``between_trials_s``: seconds before each try.
    """
    while True:
        await asyncio.sleep(between_trials_s)
        try:
            if (await client.ready()).ready:
                return
        except BackendGone:
            pass
        except ClientError:
            return
        yield


async def wait_for_backend(
    client: ReadyCall, between_trials_s: float = BETWEEN_TRIALS_S, wanted: Callable[[], bool] = lambda: True
) -> None:
    """Return when the backend accepts runs, as ``trials_in_vain`` ends; or once it is no longer ``wanted``."""
    if not wanted():
        return
    async with aclosing(trials_in_vain(client, between_trials_s)) as trials:
        async for _ in trials:
            if not wanted():
                return
