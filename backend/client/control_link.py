"""The connection of a control channel: kept open, and what is sent and received over it brought together.

Nothing is carried out twice: a command that has no reply when the connection is lost is sent again with its id. Runs
are not followed again here: their readers come back with their cursors.
"""

import asyncio
import json
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from types import TracebackType
from typing import Any, Final, Literal, Self

from backend.client.control_messages import CommandReply, RunNews, read_message
from backend.client.control_socket import ControlSocket, NoControlChannel
from backend.client.errors import StreamLost
from backend.client.resumption import Backoff
from backend.protocol.cursor import Cursor
from backend.protocol.inputs import GivenPerson

Opener = Callable[[str, str], AbstractAsyncContextManager[ControlSocket]]
"""Opens the connection to a path of the backend at an address, as ``open_socket`` does."""

Lost = Literal["lost"]

SILENT_AFTER_S: Final = 37.5
"""A channel without a message for this long, two heartbeats and a half, is taken for dead."""

_MOST_WAITING: Final = 10_000
"""Events of a run that wait for their reader. Beyond that they are let go: its cursor brings them back."""


class ControlLink:
    """Keeps the connection to ``path`` open inside ``async with``, until it turns out that there is none."""

    def __init__(
        self, base_url: str, path: str, person: GivenPerson | None, opener: Opener, silent_after_s: float
    ) -> None:
        """``person`` is who acts; ``silent_after_s`` is in seconds."""
        self._base_url = base_url
        self._path = path
        self._person = person
        self._opener = opener
        self._silent_after_s = silent_after_s
        self._socket: ControlSocket | None = None
        self._over_http = False
        self._settled = asyncio.Event()
        self._unanswered: dict[str, tuple[str, asyncio.Future[CommandReply], bool]] = {}
        self._followed: dict[str, asyncio.Queue[bytes | Lost | None]] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection now."""
        return self._socket is not None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_open())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def send(self, op: str, fields: dict[str, Any], command_id: str, *, again: bool) -> CommandReply:
        """Send a command and wait for its reply; ``again``: also over the next connection, if this one is lost.

        Raises ``NoControlChannel``, and without ``again`` ``StreamLost``."""
        await self._settled.wait()
        if self._over_http:
            raise NoControlChannel
        given = {name: value for name, value in fields.items() if value is not None}
        text = json.dumps({"id": command_id, "op": op, **given})
        waiter: asyncio.Future[CommandReply] = asyncio.get_running_loop().create_future()
        self._unanswered[command_id] = text, waiter, again
        try:
            if self._socket is not None:
                with suppress(StreamLost):
                    await self._socket.send(text)
            elif not again:
                raise StreamLost("The control channel is being opened again.")
            return await waiter
        finally:
            self._unanswered.pop(command_id, None)

    async def begin(self, run_id: str, after: Cursor) -> asyncio.Queue[bytes | Lost | None] | None:
        """Have the run's events put into a queue; None if nothing follows the cursor.

        Raises ``StreamLost``, ``ProblemError``, and ``NoControlChannel`` where everything goes over HTTP."""
        if run_id in self._followed:
            # A connection follows a run once: another reader in this process gets a separate stream.
            raise NoControlChannel
        queue: asyncio.Queue[bytes | Lost | None] = asyncio.Queue()
        self._followed[run_id] = queue
        reply = await self.send("follow", {"run": run_id, "after": str(after)}, new_id(), again=False)
        if reply.problem is not None or reply.result.get("over"):
            self._followed.pop(run_id, None)
        if reply.problem is not None:
            raise reply.problem
        return None if reply.result.get("over") else queue

    async def end(self, run_id: str, queue: asyncio.Queue[bytes | Lost | None] | None) -> None:
        """Have no more of the run's events put into the queue."""
        if self._followed.get(run_id) is queue:
            del self._followed[run_id]
            if self._socket is not None:
                with suppress(StreamLost):
                    await self._socket.send(json.dumps({"id": new_id(), "op": "unfollow", "run": run_id}))

    async def _keep_open(self) -> None:
        backoff = Backoff()
        while True:
            try:
                async with self._opener(self._base_url, self._path) as socket:
                    await self._serve(socket, backoff)
            except NoControlChannel as error:
                self._give_up(error)
                return
            except StreamLost:
                pass
            finally:
                self._let_go()
            await asyncio.sleep(backoff.next_s())

    async def _serve(self, socket: ControlSocket, backoff: Backoff) -> None:
        """Say hello, send what has no reply, and read until the connection is lost."""
        who = None if self._person is None else self._person.model_dump(exclude_none=True)
        await socket.send(json.dumps({"id": new_id(), "op": "hello", **({} if who is None else {"participant": who})}))
        self._socket = socket
        self._settled.set()
        for text, _, _ in list(self._unanswered.values()):
            await socket.send(text)
        while True:
            try:
                async with asyncio.timeout(self._silent_after_s):
                    text = await socket.receive()
                message = read_message(text)
            except (TimeoutError, ValueError) as error:
                raise StreamLost("The control channel is silent, or cannot be read.") from error
            backoff.reset()
            self._take(message)

    def _take(self, message: CommandReply | RunNews | None) -> None:
        if isinstance(message, CommandReply):
            known = self._unanswered.get(message.command_id)
            if known is not None and not known[1].done():
                known[1].set_result(message)
        elif isinstance(message, RunNews):
            queue = self._followed.get(message.run_id)
            if queue is not None:
                queue.put_nowait(message.frame)
                if queue.qsize() > _MOST_WAITING:
                    del self._followed[message.run_id]
                    queue.put_nowait("lost")

    def _let_go(self) -> None:
        """The connection is gone: readers continue at their cursors, and commands wait for the next one."""
        self._socket = None
        for queue in self._followed.values():
            queue.put_nowait("lost")
        self._followed.clear()
        for _, waiter, again in self._unanswered.values():
            if not again and not waiter.done():
                waiter.set_exception(StreamLost("The control channel was lost."))

    def _give_up(self, error: NoControlChannel) -> None:
        self._over_http = True
        self._settled.set()
        for _, waiter, _ in self._unanswered.values():
            if not waiter.done():
                waiter.set_exception(error)


def new_id() -> str:
    """An id for a command: the same one again is the same command."""
    return f"cmd_{secrets.token_urlsafe(16)}"
