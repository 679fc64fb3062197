"""How runs have ended at all nodes: counted in Redis by the script that writes an end, known at every web node."""

from collections import Counter
from typing import Final, cast

from backend.protocol.events import Outcome
from backend.runs.redis.connection import RedisConnection
from backend.runs.redis.keys import Keys
from backend.runs.redis.repeated_work import repeat_every
from backend.runs.run_counts import RunCounts

LOOK_EVERY_S: Final = 5.0
"""How old the counts may be: Prometheus asks less often."""


class EndedRuns:
    """Keeps ``counts.ended_anywhere`` up to date."""

    def __init__(self, redis: RedisConnection, keys: Keys, counts: RunCounts) -> None:
        self._redis = redis
        self._name = keys.name("ended")
        self._counts = counts

    async def look(self) -> None:
        """Read the counts. Raises ``StoreError``."""
        (found,) = await self._redis.hashes([self._name])
        # A newer worker may know more outcomes: they keep their names.
        self._counts.ended_anywhere = Counter(
            {cast(Outcome, outcome.decode()): int(count) for outcome, count in found.items()}
        )

    async def look_forever(self) -> None:
        """Look from time to time, until cancelled."""
        await repeat_every(LOOK_EVERY_S, self.look)
