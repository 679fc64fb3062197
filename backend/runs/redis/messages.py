"""What nodes say to each other: commands for a run, which its worker carries out, questions, and the replies."""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.history import RedisHistory
from backend.runs.redis.keys import Keys
from backend.runs.redis.repeated_work import RETRY_S
from backend.runs.store import StoreError, StoreUnreachableError, UnknownRunError

logger = logging.getLogger(__name__)

MOST_WAKES: Final = 20_000
"""The most entries that wait for one node; a node that lost some looks at all its runs."""

LOOK_EVERY_S: Final = 1.0
"""How often one who waits for a reply looks at whether the run is over."""

_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


class NodeMessages(RedisHistory):
    """The post of one node."""

    def __init__(self, redis: RedisConnection, keys: Keys, node: str, patience_s: float) -> None:
        """``patience_s`` is how long a reply is waited for."""
        self._redis = redis
        self._keys = keys
        self._node = node
        self._patience_s = patience_s
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def state_of(self, run_id: str) -> str:
        """``queued``, ``running`` or ``ended``. Raises ``UnknownRunError``."""
        return (await self.stored(run_id)).state

    async def ask_run(self, run_id: str, verb: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Have the run's worker carry out a command. Gives its reply, or None where the run ended before.

        The command waits for a run that is queued, and for the next worker where one is lost. Raises
        ``UnknownRunError``, and ``StoreUnreachableError`` where nobody replies in time.
        """
        message_id, reply = self._expect()
        try:
            owner = await self._send(run_id, verb, body, message_id)
            deadline = asyncio.get_running_loop().time() + self._patience_s
            while True:
                done, _ = await asyncio.wait({reply}, timeout=LOOK_EVERY_S)
                if done:
                    return reply.result()
                stored = await self.stored(run_id)
                if stored.state == "ended":
                    done, _ = await asyncio.wait({reply}, timeout=LOOK_EVERY_S)
                    return reply.result() if done else None
                if stored.owner != owner:
                    owner = stored.owner
                    await self.wake(owner, run_id)
                if asyncio.get_running_loop().time() > deadline:
                    raise StoreUnreachableError("The worker of this run does not answer: try again in a moment.")
        finally:
            self._waiting.pop(message_id, None)

    async def leave_for_run(self, run_id: str, verb: str, body: Mapping[str, Any]) -> None:
        """Have the run's worker carry out a command, now or when it has one. Raises ``UnknownRunError``."""
        await self._send(run_id, verb, body, "")

    async def ask_node(self, node: str, question: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Ask another node. Raises ``StoreUnreachableError`` where it does not reply in time."""
        message_id, reply = self._expect()
        try:
            entry = ("q", question, "id", message_id, "from", self._node, "b", _OBJECT.dump_json(dict(body)))
            await self._redis.command("XADD", self._keys.wake(node), "MAXLEN", "~", MOST_WAKES, "*", *entry)
            async with asyncio.timeout(self._patience_s):
                return await reply
        except TimeoutError as error:
            raise StoreUnreachableError("No worker answers: try again in a moment.") from error
        finally:
            self._waiting.pop(message_id, None)

    async def reply(self, node: str, message_id: str, body: Mapping[str, Any]) -> None:
        """Reply to a command or a question of that node: while Redis takes nothing again and again, for as long as
        the reply is waited for. What was asked has been done by then, and would be taken for lost."""
        if not message_id:
            return
        entry = ("re", message_id, "b", _OBJECT.dump_json(dict(body)))
        deadline = asyncio.get_running_loop().time() + self._patience_s
        while True:
            try:
                await self._redis.command("XADD", self._keys.wake(node), "MAXLEN", "~", MOST_WAKES, "*", *entry)
            except StoreError as error:
                if asyncio.get_running_loop().time() >= deadline:
                    logger.warning("A reply to another node was not sent: %s", str(error))
                    return
                await asyncio.sleep(RETRY_S)
            else:
                return

    async def wake(self, node: str, run_id: str) -> None:
        """Say to a node that there are commands for a run of its."""
        if node:
            await self._redis.command("XADD", self._keys.wake(node), "MAXLEN", "~", MOST_WAKES, "*", "r", run_id)

    def take_reply(self, fields: Mapping[bytes, bytes]) -> None:
        """A reply has come."""
        reply = self._waiting.get(fields[b"re"].decode())
        if reply is not None and not reply.done():
            reply.set_result(_OBJECT.validate_json(fields[b"b"]))

    def _expect(self) -> tuple[str, asyncio.Future[dict[str, Any]]]:
        message_id = secrets.token_hex(12)
        reply = asyncio.get_running_loop().create_future()
        self._waiting[message_id] = reply
        return message_id, reply

    async def _send(self, run_id: str, verb: str, body: Mapping[str, Any], message_id: str) -> str:
        """Add the command to the run's stream and wake its owner, who is given."""
        entry = ("v", verb, "id", message_id, "from", self._node, "b", _OBJECT.dump_json(dict(body)))
        h, commands = self._keys.run(run_id, "h"), self._keys.run(run_id, "cmd")
        _, owner, state = await self._redis.commands(
            [("XADD", commands, "*", *entry), ("HGET", h, "owner"), ("HGET", h, "state")]
        )
        if state in (None, b"ended"):
            await self._redis.command("DEL", commands)
        if state is None:
            raise UnknownRunError(run_id)
        named = owner.decode() if owner else ""
        await self.wake(named, run_id)
        return named
