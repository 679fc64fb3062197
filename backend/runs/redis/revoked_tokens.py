"""Tokens that were revoked at one web node are worth nothing at any other, whichever file of tokens it reads."""

from backend.access.gate import Gate
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys


class RevokedTokens:
    """Brings what was taken out of this node's file of tokens to the others, and theirs to its gate."""

    def __init__(self, redis: RedisConnection, keys: Keys, gate: Gate) -> None:
        self._redis = redis
        self._name = keys.name("revoked")
        self._gate = gate
        self._seen: frozenset[str] = frozenset()

    async def look(self) -> None:
        """Look once. Raises ``StoreError``; what could not be said then is said at the next look."""
        now = self._gate.file_digests()
        # Without a file nothing is known: perhaps a disk is not mounted.
        gone = self._seen - now if now is not None else frozenset()
        if gone:
            await self._redis.command("SADD", self._name, *sorted(gone))
        if now is not None:
            self._seen = now
        found = await self._redis.command("SMEMBERS", self._name)
        self._gate.refuse(frozenset(each.decode() for each in found or ()))
