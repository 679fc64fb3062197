"""Whether a Redis can keep runs at all, and how much room it has."""

import logging
from dataclasses import dataclass
from typing import Any, Final

from backend.runs.redis.connection import RedisConnection
from backend.runs.store import StoreError

OLDEST: Final = (6, 2)
"""The oldest version whose commands are enough; Valkey counts from 7.2."""

FULL_AT: Final = 0.8
"""The share of its memory from which on Redis gets no new runs: those that are running need the rest to end."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServerRoom:
    """How much of its memory Redis uses, in bytes; ``most`` is 0 where it has no limit."""

    used: int
    most: int

    @property
    def is_tight(self) -> bool:
        """Whether nothing new should be begun."""
        return self.most > 0 and self.used >= FULL_AT * self.most


async def check_server(redis: RedisConnection) -> None:
    """Raise ``StoreError`` for a Redis that would lose runs by itself, and warn of one that keeps nothing on disk."""
    server = _info(await redis.command("INFO", "server"))
    version = str(server.get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        raise StoreError(f"Redis {version} is too old: Playhead needs Redis 6.2 or Valkey 7.2, or newer.")
    policy = str(_info(await redis.command("INFO", "memory")).get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        raise StoreError(
            f"Redis deletes runs when its memory is full (maxmemory-policy {policy}): set it to noeviction."
        )
    persistence = _info(await redis.command("INFO", "persistence"))
    if str(persistence.get("aof_enabled", "1")) == "0":
        _log.warning("Redis has no append-only file: a restart of Redis loses what is queued, and the history.")


async def room_of(redis: RedisConnection) -> ServerRoom:
    """How much room Redis has. Raises ``StoreError``."""
    memory = _info(await redis.command("INFO", "memory"))
    return ServerRoom(int(memory.get("used_memory", 0)), int(memory.get("maxmemory", 0)))


def _info(answer: Any) -> dict[str, Any]:
    if isinstance(answer, dict):
        return answer
    text = answer.decode() if isinstance(answer, bytes) else str(answer)
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
