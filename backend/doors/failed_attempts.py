"""How often somebody may be wrong: a bucket of failures for each address, which empties steadily."""

from collections import OrderedDict
from collections.abc import Callable

MOST_FAILURES = 10
"""Failures at once, after which an address has to wait."""

FORGIVEN_AFTER_S = 6.0
"""How long it takes until one failure is forgotten."""

MOST_ADDRESSES = 10_000
"""How many addresses are remembered: the oldest are let go."""


class FailedAttempts:
    """Counts the failures of addresses."""

    def __init__(self, now: Callable[[], float]) -> None:
        """``now`` gives seconds."""
        self._now = now
        self._failures: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, address: str) -> int:
        """How long the address has to wait until its next attempt is looked at, in whole seconds; 0 = not at all."""
        left = self._count(address) - MOST_FAILURES + 1
        return 0 if left <= 0 else max(1, round(left * FORGIVEN_AFTER_S))

    def note(self, address: str) -> None:
        """Count one more failure."""
        self._failures[address] = (min(self._count(address) + 1, MOST_FAILURES), self._now())
        self._failures.move_to_end(address)
        while len(self._failures) > MOST_ADDRESSES:
            self._failures.popitem(last=False)

    def _count(self, address: str) -> float:
        count, at = self._failures.get(address, (0.0, 0.0))
        return max(0.0, count - (self._now() - at) / FORGIVEN_AFTER_S)
