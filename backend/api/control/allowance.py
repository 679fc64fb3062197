"""How many commands a connection may send: a bucket that fills steadily."""

from collections.abc import Callable

COMMANDS_PER_S = 20.0
"""How fast the bucket fills, and how much is in a full one."""


class Allowance:
    """At most ``per_second`` commands a second on average, and so many at once."""

    def __init__(self, now: Callable[[], float], per_second: float = COMMANDS_PER_S) -> None:
        """``now`` gives seconds."""
        self._now = now
        self._per_second = per_second
        self._left = per_second
        self._looked = now()

    def take(self) -> bool:
        """Whether one more is allowed now."""
        now = self._now()
        self._left = min(self._per_second, self._left + (now - self._looked) * self._per_second)
        self._looked = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
