"""One control connection: reads commands, carries them out in their order, and sends what becomes of them.

All sending goes through one lock, so that messages stay whole and in order, and nothing is queued for a reader who is
slow: a run's events wait in its log, and an acknowledgement waits for the events before it.
"""

import asyncio
import json
import logging
import time
from collections.abc import Coroutine
from dataclasses import replace

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.access.callers import acting, caller_now, set_caller
from backend.api.authenticator import address_of_peer, authenticated
from backend.api.connection import CONNECTION_EXTENSION
from backend.api.control.allowance import COMMANDS_PER_S, Allowance
from backend.api.control.command_memory import CommandMemory, Performed
from backend.api.control.commands import (
    MAX_MESSAGE_BYTES,
    AnyCommand,
    FollowCommand,
    HelloCommand,
    RunCommand,
    StartCommand,
    UnfollowCommand,
    id_in,
    read_command,
)
from backend.api.control.follows import MOST_FOLLOWED, Follows
from backend.api.control.performer import CommandPerformer
from backend.api.control.replies import ack, heartbeat, nack
from backend.api.control.room import clock_ms
from backend.api.control.room_connection import RoomCommand, RoomConnection
from backend.api.control.stall import StallWatch
from backend.api.lacking_role import not_allowed, sign_in_first
from backend.api.problems import RequestProblem, known_problem
from backend.api.rights import CONTROL, OPERATIONS, RIGHTS, check_right
from backend.api.services import Services
from backend.api.shared_runs import share_id_of, shared_run
from backend.protocol.cursor import Cursor
from backend.runs.store import UnknownRunError

_log = logging.getLogger(__name__)

SUBPROTOCOL = "playhead.v1"
HELLO_WITHIN_S = 5.0
"""How long a client may take to say hello."""

NO_HELLO = 4401
NOT_ADMITTED = 4403
HELLO_TOO_LATE = 4408
READER_STALLED = 4008
_UNPROVEN = (401, 422, 429)
"""The statuses of a first command that proves nothing: without a token, with a wrong one, or unreadable."""
NOT_TEXT = 1003
TOO_LARGE = 1009
SERVER_FAILED = 1011

_FAREWELL_S = 1.0
"""How long a reader who takes nothing gets to take the close, before the connection is dropped."""


class ControlChannel:
    """A connection of one person to a conversation, or to a shared run, which can only be followed."""

    def __init__(
        self, websocket: WebSocket, services: Services, memory: CommandMemory, session_id: str, share_id: str | None
    ) -> None:
        self.room = session_id if share_id is None else share_id
        self.is_shared = share_id is not None
        self.owner = caller_now().owner
        self._websocket = websocket
        self._services = services
        self._memory = memory
        self._session_id = session_id
        self._share_id = share_id
        self._allowance = Allowance(time.monotonic)
        self._follows = Follows(services, session_id, share_id, self._send)
        self._in_room = RoomConnection(services, session_id, self._send)
        self._performer: CommandPerformer | None = None
        self._sending = asyncio.Lock()
        self._stall = StallWatch(services.settings.stalled_reader_s)
        self._heartbeats = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._end: asyncio.Future[tuple[int, str] | None] = asyncio.get_running_loop().create_future()

    async def serve(self) -> None:
        """Take the handshake and serve the connection until its end."""
        offered = self._websocket.scope.get("subprotocols", ())
        await self._websocket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        self._services.channels.add(self)
        try:
            self._begin(self._read())
            self._begin(self._look())
            self._begin(self._in_room.carry())
            end = await self._end
        finally:
            self._in_room.leave()
            for task in (*self._tasks, *self._follows.tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, *self._follows.tasks, return_exceptions=True)
            self._services.channels.discard(self)
        if end is not None:
            await self._leave(*end)

    def close(self, code: int, reason: str) -> None:
        """See ``OpenChannel.close``."""
        self._finish((code, reason))

    def _finish(self, end: tuple[int, str] | None) -> None:
        if not self._end.done():
            self._end.set_result(end)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, WebSocketDisconnect):
            self._finish(None)
        elif error is not None:
            _log.error("A control connection failed.", exc_info=error)
            self._finish((SERVER_FAILED, "server-error"))

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(HELLO_WITHIN_S):
                text = await self._received()
        except TimeoutError:
            self._finish((HELLO_TOO_LATE, "hello-too-late"))
            return
        while text is not None:
            await self._take(text)
            text = await self._received()

    async def _received(self) -> str | None:
        """The next message; None once there is none that can be taken."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            self._finish(None)
            return None
        text = message.get("text")
        if text is None:
            self._finish((NOT_TEXT, "send-text"))
        elif len(text.encode("utf-8", "replace")) > MAX_MESSAGE_BYTES:
            self._finish((TOO_LARGE, "too-large"))
            return None
        return text if isinstance(text, str) else None

    async def _take(self, text: str) -> None:
        """Carry out what one message asks for."""
        self._in_room.hear()
        command_id: str | None = None
        try:
            if not self._allowance.take():
                raise RequestProblem(
                    429,
                    "too-many-commands",
                    f"A connection may send {COMMANDS_PER_S:g} commands a second: wait a moment.",
                )
            command = _read(text)
            command_id = command.id
            await self._obey(command)
        except Exception as error:
            problem = known_problem(error)
            if problem is None:
                if isinstance(error, WebSocketDisconnect):
                    raise
                _log.error("A command of a control connection failed.", exc_info=error)
                problem = RequestProblem(500, "server-error", "The server failed: its log says where; try again.")
            named = command_id or id_in(_json(text))
            await self._send(nack(named, self._websocket.url.path, problem))
            if self._performer is None and self._services.gate is not None:
                # Nobody stays who has not proved anything.
                self._finish((NO_HELLO if problem.status_code in _UNPROVEN else NOT_ADMITTED, problem.slug))

    async def _obey(self, command: AnyCommand) -> None:
        performer = self._performer
        if isinstance(command, HelloCommand):
            await self._admit(command)
            self._performer = self._performer or CommandPerformer(
                self._session_id,
                command.participant,
                self._services.store,
                self._services.starts,
                self._services.steering,
            )
            person = await self._in_room.enter(command, self._share_id)
            limits = {"commands_per_s": COMMANDS_PER_S, "followed": MOST_FOLLOWED, "message_bytes": MAX_MESSAGE_BYTES}
            await self._send(ack(command.id, {"room": self.room, "limits": limits, "clock_ms": clock_ms(), **person}))
        elif performer is None:
            self._finish((NO_HELLO, "say-hello-first"))
        elif isinstance(command, FollowCommand):
            await self._follows.follow(command.run, Cursor.parse(command.after), command.id)
        elif isinstance(command, UnfollowCommand):
            await self._follows.unfollow(command.run)
            await self._send(ack(command.id, {"run": command.run}))
        elif isinstance(command, RoomCommand):
            if self._share_id is None:
                check_right(OPERATIONS[command.op], caller_now())
            await self._send(ack(command.id, {**await self._in_room.obey(command), "clock_ms": clock_ms()}))
        elif self._share_id is not None:
            performed = await self._perform_shared(command, performer, self._share_id)
            self._begin(self._acknowledge(command.id, performed))
        else:
            check_right(OPERATIONS[command.op], caller_now())
            performed = await self._memory.once(self._session_id, command, lambda: performer.perform(command))
            self._begin(self._acknowledge(command.id, performed))

    async def _perform_shared(
        self, command: StartCommand | RunCommand, performer: CommandPerformer, share_id: str
    ) -> Performed:
        """Carry a command out as the share's role allows, on a run that the share names."""
        if isinstance(command, StartCommand):
            raise not_allowed("A share starts no runs: sign in, or queue the question as a message.")
        if share_id_of(command.run) != share_id_of(share_id):
            raise UnknownRunError(command.run)
        shared = await shared_run(self._services.store, command.run)
        shared.check(RIGHTS[OPERATIONS[command.op]].role or "view")
        on_run = command.model_copy(update={"run": shared.run_id})
        with acting(replace(caller_now(), role=shared.share.role, trusted=False, through=shared.name)):
            performed = await self._memory.once(self._session_id, on_run, lambda: performer.perform(on_run))
        result = performed.result.model_copy(update={"run_id": shared.name})
        return Performed(result, shared.name, performed.cursor)

    async def _admit(self, hello: HelloCommand) -> None:
        """Find out who says hello, and whether they may be here. Raises a problem if they may not."""
        gate = self._services.gate
        if hello.share is not None and hello.share != self._share_id:
            raise not_allowed("This connection is not for that share: connect to the share's own address.")
        if gate is None or self._share_id is not None:
            return
        if caller_now().role is None:
            if hello.token is None:
                raise sign_in_first()
            set_caller(authenticated(gate, hello.token.get_secret_value(), "", address_of_peer(self._websocket.scope)))
            self.owner = caller_now().owner
            await self._services.store.session(self._session_id)
        check_right(CONTROL, caller_now())

    async def _acknowledge(self, command_id: str, performed: Performed) -> None:
        """Say that a command was carried out, once its effect was sent where its run is followed."""
        if performed.run_id is not None and performed.cursor is not None:
            await self._follows.reached(performed.run_id, Cursor.parse(performed.cursor).seq)
        await self._send(ack(command_id, performed.result, performed.cursor))

    async def _send(self, text: str) -> None:
        async with self._sending:
            await self._websocket.send_text(text)
            self._stall.sent()

    async def _look(self) -> None:
        """Send heartbeats, and end the connection of a reader who takes nothing any more."""
        settings = self._services.settings
        connection = self._websocket.scope.get("extensions", {}).get(CONNECTION_EXTENSION)
        due = time.monotonic() + settings.heartbeat_s
        beat: asyncio.Task[None] | None = None
        while True:
            await asyncio.sleep(min(self._stall.look_s, max(0.0, due - time.monotonic())))
            unsent = connection.unsent() if connection is not None else int(self._sending.locked())
            if self._stall.stalled(time.monotonic(), unsent):
                self._finish((READER_STALLED, json.dumps(self._follows.cursors())[:120]))
                return
            if time.monotonic() >= due:
                due = time.monotonic() + settings.heartbeat_s
                if beat is None or beat.done():
                    self._heartbeats += 1
                    beat = asyncio.ensure_future(self._send(heartbeat(self._heartbeats, self._follows.behind())))
                    self._tasks.add(beat)
                    beat.add_done_callback(self._done)

    async def _leave(self, code: int, reason: str) -> None:
        """Close the connection; one whose reader takes nothing is dropped after a moment."""
        connection = self._websocket.scope.get("extensions", {}).get(CONNECTION_EXTENSION)
        try:
            async with asyncio.timeout(_FAREWELL_S):
                await self._websocket.close(code, reason)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            _log.debug("A control connection took no close.")
        if connection is not None and code == READER_STALLED:
            connection.drop()


def _read(text: str) -> AnyCommand:
    try:
        return read_command(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        sentence = f"The command cannot be read ({where + ': ' if where else ''}{first['msg']}): send one JSON object."
        raise RequestProblem(422, "invalid-command", sentence) from error


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
