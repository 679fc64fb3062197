"""The times of a run that its limits count: they stand still while a person is waited for. Pure."""

import math

_NO_SIGN = -math.inf


class Stopwatch:
    """How long a run has taken, been silent and gone unwatched, in seconds on the clock that ``now`` is read from.

    An agent that works on while its request is open is not blocked: its time counts up to its latest sign of work.
    """

    def __init__(self, now: float) -> None:
        self.sign = _NO_SIGN
        """The moment of the latest sign of work. To set it is what ``heard`` does, for who hears thousands a second: it
        is counted once something depends on it."""
        self._started = self._heard = now
        self._unwatched: float | None = now
        self._still: float | None = None
        self._paused = False

    def heard(self, now: float) -> None:
        """The agent has shown that it works."""
        self.sign = max(self.sign, now)

    def watched(self, now: float, *, watched: bool) -> None:
        """Whether anybody watches the run now."""
        self._count_sign()
        self._unwatched = None if watched else self._at(now)

    def stand(self, now: float, *, waiting: bool, paused: bool) -> None:
        """From now on a request is open, the run is paused, both or neither."""
        self._count_sign()
        if self._still is not None:
            passed = max(0.0, now - self._still)
            self._started += passed
            self._heard += passed
            if self._unwatched is not None:
                self._unwatched += passed
        self._still = now if waiting or paused else None
        self._paused = paused

    @property
    def stands(self) -> bool:
        """Whether the times stand still."""
        return self._still is not None

    def times(self, now: float) -> tuple[float, float, float | None]:
        """How long the run has taken, been silent, and gone unwatched (None = it is watched)."""
        self._count_sign()
        at = now if self._still is None else self._still
        return at - self._started, at - self._heard, None if self._unwatched is None else at - self._unwatched

    def _at(self, now: float) -> float:
        return now if self._still is None else self._still

    def _count_sign(self) -> None:
        if self.sign == _NO_SIGN:
            return
        at, self.sign = self.sign, _NO_SIGN
        if self._still is not None:
            if not self._paused:
                self._still = max(self._still, at)
            at = self._still
        self._heard = max(self._heard, at)
