"""Following and steering the runs of a conversation over one WebSocket, or over HTTP where there is none.

The connection is opened again as often as it takes. A command that has no reply yet is sent again with its id, so that
it is carried out once; a run that is followed continues at its cursor, by the same rules as over server-sent events.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from backend.client.connection import ANSWER_TIMEOUT_S
from backend.client.control_link import SILENT_AFTER_S, ControlLink, Lost, Opener, new_id
from backend.client.control_socket import NoControlChannel, open_socket
from backend.client.errors import BackendGone, StreamLost
from backend.client.followed_run import ConnectionChange, EventSource, Patience, follow_source
from backend.client.resumption import Resumption, StreamItem
from backend.client.run_client import RunClient
from backend.client.steering_replies import AnsweredInput, SteeredMessage, SteeredRunState
from backend.protocol.cursor import START, Cursor
from backend.protocol.inputs import GivenAnswer, GivenPerson
from backend.protocol.run_view import RunView

T = TypeVar("T")

_ANSWERED: TypeAdapter[AnsweredInput] = TypeAdapter(AnsweredInput)
_ACTIVITY: TypeAdapter[SteeredRunState] = TypeAdapter(SteeredRunState)
_MESSAGE: TypeAdapter[SteeredMessage] = TypeAdapter(SteeredMessage)


class ControlClient:
    """The control channel of one conversation, open inside ``async with``. Its methods are those of ``RunClient``."""

    def __init__(
        self,
        client: RunClient,
        session_id: str,
        person: GivenPerson | None = None,
        *,
        opener: Opener = open_socket,
        silent_after_s: float = SILENT_AFTER_S,
    ) -> None:
        """``person`` is who acts. ``opener`` opens the connection; ``silent_after_s`` is in seconds."""
        self._client = client
        path = f"/v1/sessions/{quote(session_id, safe='')}/control"
        self._person = person
        self._link = ControlLink(client.base_url, path, person, opener, silent_after_s)

    @property
    def transport(self) -> Literal["websocket", "http"]:
        """What a command would go over now."""
        return "websocket" if self._link.is_open else "http"

    async def __aenter__(self) -> Self:
        await self._link.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._link.__aexit__(kind, error, trace)

    async def answer(self, run_id: str, input_id: str | None, answer: GivenAnswer) -> AnsweredInput:
        """See ``RunClient.answer``."""
        fields = {"run": run_id, "input_id": input_id, "answer": answer.model_dump(mode="json", exclude_none=True)}
        return await self._do("input", fields, _ANSWERED, lambda _: self._client.answer(run_id, input_id, answer))

    async def pause(self, run_id: str) -> SteeredRunState:
        """See ``RunClient.pause``."""
        return await self._do("pause", {"run": run_id}, _ACTIVITY, lambda _: self._client.pause(run_id, self._person))

    async def resume(self, run_id: str) -> SteeredRunState:
        """See ``RunClient.resume``."""
        return await self._do("resume", {"run": run_id}, _ACTIVITY, lambda _: self._client.resume(run_id, self._person))

    async def cancel(self, run_id: str) -> None:
        """See ``RunClient.cancel``."""
        anything: TypeAdapter[object] = TypeAdapter(object)
        await self._do("cancel", {"run": run_id}, anything, lambda _: self._client.cancel(run_id))

    async def send_message(self, run_id: str, text: str, mode: Literal["steer", "queue"] = "steer") -> SteeredMessage:
        """See ``RunClient.send_message``."""
        fields = {"run": run_id, "text": text, "mode": mode}
        return await self._do(
            "message",
            fields,
            _MESSAGE,
            lambda name: self._client.send_message(run_id, text, mode, message_id=name, by=self._person),
        )

    async def withdraw_message(self, run_id: str, message_id: str) -> SteeredMessage:
        """See ``RunClient.withdraw_message``."""
        fields = {"run": run_id, "message_id": message_id}
        return await self._do("withdraw", fields, _MESSAGE, lambda _: self._client.withdraw_message(run_id, message_id))

    async def follow(
        self, run_id: str, after: Cursor = START, *, give_up_after_s: float | None = None
    ) -> AsyncGenerator[StreamItem, None]:
        """See ``RunClient.follow``."""
        arrivals = follow_source(self.source(run_id), Resumption(after), Patience(give_up_after_s))
        async with aclosing(arrivals) as items:
            async for arrival in items:
                if not isinstance(arrival, ConnectionChange):
                    yield arrival.item

    def source(self, run_id: str) -> EventSource:
        """Where a run's events come from: this channel, or HTTP at each connection that begins without it."""
        return _ControlSource(self._link, run_id, self._client.source(run_id))

    async def _do(
        self,
        op: str,
        fields: dict[str, Any],
        kind: TypeAdapter[T],
        over_http: Callable[[str], Awaitable[T]],
    ) -> T:
        """One command, carried out once. Raises ``ProblemError`` and ``BackendGone``."""
        command_id = new_id()
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                reply = await self._link.send(op, fields, command_id, again=True)
        except NoControlChannel:
            return await over_http(command_id)
        except TimeoutError as error:
            raise BackendGone(f"The backend at {self._client.base_url} takes too long to answer: try again.") from error
        if reply.problem is not None:
            raise reply.problem
        try:
            return kind.validate_python(reply.result)
        except ValidationError as error:
            raise BackendGone(f"{self._client.base_url} is not a Playhead backend: check the address.") from error


class _ControlSource:
    """Implements ``EventSource`` over a control channel."""

    def __init__(self, link: ControlLink, run_id: str, over_http: EventSource) -> None:
        self._link = link
        self._run_id = run_id
        self._over_http = over_http

    @asynccontextmanager
    async def connect(self, cursor: Cursor) -> AsyncIterator[AsyncIterator[bytes] | None]:
        try:
            queue = await self._link.begin(self._run_id, cursor)
        except NoControlChannel:
            async with self._over_http.connect(cursor) as chunks:
                yield chunks
            return
        if queue is None:
            yield None
            return
        try:
            async with aclosing(_frames(queue)) as frames:
                yield frames
        finally:
            await self._link.end(self._run_id, queue)

    async def snapshot(self) -> tuple[RunView, Cursor]:
        return await self._over_http.snapshot()


async def _frames(queue: asyncio.Queue[bytes | Lost | None]) -> AsyncGenerator[bytes, None]:
    while (frame := await queue.get()) is not None:
        if frame == "lost":
            raise StreamLost("The control channel was lost.")
        if isinstance(frame, bytes):
            yield frame
