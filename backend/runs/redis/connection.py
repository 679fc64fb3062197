"""The one user of redis-py: commands, scripts and the reading of a stream, with errors as sentences."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    ConnectionError as RedisConnectionError,
    NoScriptError,
    OutOfMemoryError,
    RedisError,
    TimeoutError as RedisTimeoutError,
)

from backend.runs.store import StoreError, StoreUnreachableError

T = TypeVar("T")

COMMAND_TIMEOUT_S: Final = 2.0
"""How long a command may take. A command whose answer did not come may have been carried out all the same."""

CONNECTION_WITHIN_S: Final = 10.0
"""How long a command waits for a connection while all are in use."""

BLOCK_S: Final = 5.0
"""How long the reader of a stream waits for news in one go."""

_MOST_CONNECTIONS = 32

Entry = tuple[bytes, dict[bytes, bytes]]
"""An entry of a stream: its id and its fields."""

Value = str | bytes | int | float
"""What a command consists of."""


class StoreFullError(StoreUnreachableError):
    """Redis has no memory left."""


@dataclass(frozen=True, slots=True)
class ScriptCall:
    """A script of this room with its keys and values."""

    script: str
    keys: tuple[str, ...]
    values: tuple[Value, ...]


@cache
def _source(name: str) -> str:
    return files(__package__).joinpath("scripts", f"{name}.lua").read_text(encoding="utf-8")


def store_error(error: Exception) -> StoreError:
    """What went wrong with Redis, in one sentence."""
    if isinstance(error, OutOfMemoryError) or str(error).startswith("OOM"):
        return StoreFullError("Redis has no memory left: give it more, or delete old conversations.")
    if isinstance(error, RedisConnectionError | RedisTimeoutError | OSError | asyncio.TimeoutError):
        return StoreUnreachableError("Redis does not answer: try again in a moment.")
    return StoreError(f"Redis refused a command ({error}).")


class RedisConnection:
    """Commands over a pool of connections. Every method raises ``StoreError``. Belongs to one event loop."""

    def __init__(self, url: str) -> None:
        self.url = url
        retry = Retry(ExponentialBackoff(cap=0.2, base=0.02), 2)
        # Whoever finds every connection in use waits for one: an error would say that Redis does not answer.
        pool = BlockingConnectionPool.from_url(
            url,
            timeout=CONNECTION_WITHIN_S,
            socket_timeout=COMMAND_TIMEOUT_S,
            socket_connect_timeout=COMMAND_TIMEOUT_S,
            retry=retry,
            retry_on_error=[RedisConnectionError],
            max_connections=_MOST_CONNECTIONS,
        )
        self._commands: Redis = Redis.from_pool(pool)
        # A reader that waits has a patience of its own, and is not tried again behind its back.
        self._reading: Redis = Redis.from_url(
            url,
            socket_timeout=BLOCK_S + 2,
            socket_connect_timeout=COMMAND_TIMEOUT_S,
            retry=Retry(ExponentialBackoff(), 0),
            max_connections=2,
        )
        self._hashes: dict[str, str] = {}
        for client in (self._commands, self._reading):
            # Redis-py would take each entry apart a second time.
            client.set_response_callback("XREAD", _as_it_came)

    async def close(self) -> None:
        """Close every connection."""
        await self._commands.aclose()
        await self._reading.aclose()

    async def command(self, *parts: Value) -> Any:
        """What Redis answers to one command."""
        try:
            return await _execute(self._commands, *parts)
        except (RedisError, OSError) as error:
            raise store_error(error) from error

    async def commands(self, commands: Sequence[Sequence[Value]]) -> list[Any]:
        """What Redis answers to several commands in one go."""
        if not commands:
            return []
        try:
            async with self._commands.pipeline(transaction=False) as pipeline:
                for parts in commands:
                    pipeline.execute_command(*parts)
                return await _with_cancel(pipeline.execute())
        except (RedisError, OSError) as error:
            raise store_error(error) from error

    async def script(self, script: str, keys: Sequence[str], values: Sequence[Value]) -> Any:
        """What a script gives."""
        (answer,) = await self.scripts([ScriptCall(script, tuple(keys), tuple(values))])
        if isinstance(answer, StoreError):
            raise answer
        return answer

    async def scripts(self, calls: Sequence[ScriptCall]) -> list[Any]:
        """What several scripts give in one go, a ``StoreError`` in place of each that failed by itself."""
        if not calls:
            return []
        try:
            answers = await self._run(calls)
            if any(isinstance(answer, NoScriptError) for answer in answers):
                # Redis was started anew, or is another one now.
                self._hashes.clear()
                again = [index for index, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
                for index, answer in zip(again, await self._run([calls[index] for index in again]), strict=True):
                    answers[index] = answer
        except (RedisError, OSError) as error:
            raise store_error(error) from error
        return [store_error(answer) if isinstance(answer, Exception) else answer for answer in answers]

    async def _run(self, calls: Sequence[ScriptCall]) -> list[Any]:
        for name in {call.script for call in calls} - self._hashes.keys():
            loaded = await _execute(self._commands, "SCRIPT LOAD", _source(name))
            self._hashes[name] = loaded.decode() if isinstance(loaded, bytes) else loaded
        async with self._commands.pipeline(transaction=False) as pipeline:
            for call in calls:
                pipeline.execute_command("EVALSHA", self._hashes[call.script], len(call.keys), *call.keys, *call.values)
            return await _with_cancel(pipeline.execute(raise_on_error=False))

    async def news(self, after: Mapping[str, bytes]) -> list[tuple[str, bytes, dict[bytes, bytes]]]:
        """The entries of the streams after these ids, as soon as there are some; none after a while without any."""
        try:
            block_ms = int(BLOCK_S * 1000)
            wanted: tuple[Value, ...] = ("COUNT", 1000, "BLOCK", block_ms, "STREAMS", *after.keys(), *after.values())
            answer = await _execute(self._reading, "XREAD", *wanted)
        except (RedisError, OSError) as error:
            raise store_error(error) from error
        return [(stream, *entry) for stream, entries in _streams(answer).items() for entry in entries]

    async def range(self, stream: str, after: str, count: int) -> list[tuple[bytes, dict[bytes, bytes]]]:
        """Up to so many entries of a stream after that id (``-`` = from the start)."""
        start = after if after == "-" else f"({after}"
        answer = await self.command("XRANGE", stream, start, "+", "COUNT", count)
        return [(entry[0], _fields(entry[1])) for entry in answer or ()]

    async def ranges(self, after: Mapping[str, str], count: int) -> dict[str, list[Entry]]:
        """Up to so many entries of each stream after its id, by one command; nothing of a stream that has none."""
        answer = await self.command("XREAD", "COUNT", count, "STREAMS", *after.keys(), *after.values())
        return _streams(answer)

    async def scores(self, name: str) -> dict[str, float]:
        """The members of a sorted set with their scores."""
        answer = await self.command("ZRANGE", name, 0, -1, "WITHSCORES") or ()
        # RESP 2 has one flat list, RESP 3 pairs.
        pairs = answer if answer and isinstance(answer[0], list) else zip(answer[::2], answer[1::2], strict=True)
        return {member.decode(): float(score) for member, score in pairs}

    async def hashes(self, names: Sequence[str]) -> list[dict[bytes, bytes]]:
        """Whole hashes in one go; an empty one for each that is not there."""
        return [_fields(answer) for answer in await self.commands([("HGETALL", name) for name in names])]


def _as_it_came(response: Any, **kwargs: Any) -> Any:
    return response


def _streams(answer: Any) -> dict[str, list[Entry]]:
    """The entries of several streams, in whichever form the protocol has them."""
    streams = answer.items() if isinstance(answer, dict) else answer or ()
    return {
        stream.decode(): [(entry[0], dict(zip(entry[1][::2], entry[1][1::2], strict=True))) for entry in entries]
        for stream, entries in streams
    }


async def _execute(client: Any, *parts: Value) -> Any:
    # Its own method of that name has no types.
    return await _with_cancel(client.execute_command(*parts))


async def _with_cancel(call: Awaitable[T]) -> T:
    """What the call gives, unless its task was cancelled meanwhile.

    Up to Python 3.11, ``asyncio.wait_for`` loses a cancel that comes together with its result, and redis-py sends with
    it: a task that is cancelled then would continue for ever."""
    task = asyncio.current_task()
    before = 0 if task is None else task.cancelling()
    answer = await call
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError
    return answer


def _fields(answer: Any) -> dict[bytes, bytes]:
    """The fields of a hash or of a stream's entry, in whichever form the protocol has them."""
    if not answer:
        return {}
    if isinstance(answer, dict):
        return {_bytes(key): _bytes(value) for key, value in answer.items()}
    return dict(zip(answer[::2], answer[1::2], strict=True))


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
