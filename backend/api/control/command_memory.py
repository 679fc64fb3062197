"""What the latest commands gave, so that one that is sent again is not carried out again."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import BaseModel

from backend.api.control.commands import Command
from backend.api.problems import RequestProblem

MOST_REMEMBERED = 4096
"""How many commands are remembered."""


@dataclass(frozen=True, slots=True)
class Performed:
    """A command that was carried out: what it gave, and the run and cursor up to which its effect is in a log."""

    result: BaseModel
    run_id: str | None = None
    cursor: str | None = None


class CommandMemory:
    """What the latest commands of all conversations gave, by conversation and id."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._performed: OrderedDict[tuple[str, str], tuple[Command, asyncio.Task[Performed]]] = OrderedDict()

    async def once(self, session_id: str, command: Command, perform: Callable[[], Awaitable[Performed]]) -> Performed:
        """Carry the command out, or wait for what the same one gave. One that was refused may be tried again.

        Raises what ``perform`` raises, and a problem where the id was used for another command."""
        key = (session_id, command.id)
        known = self._performed.get(key)
        if known is None:
            task = asyncio.ensure_future(perform())
            self._performed[key] = command, task
            task.add_done_callback(lambda done: self._settle(key, done))
        elif known[0] != command:
            sentence = "This id was used for another command: give every command another id."
            raise RequestProblem(422, "key-reused", sentence)
        else:
            task = known[1]
        # The effect does not depend on a connection that may close: the task continues by itself.
        return await asyncio.shield(task)

    def _settle(self, key: tuple[str, str], task: asyncio.Task[Performed]) -> None:
        if task.cancelled() or task.exception() is not None:
            self._performed.pop(key, None)
        while len(self._performed) > self._most:
            self._performed.popitem(last=False)
