"""The load of a suite: so many runs at a time, or so many started per second.

Field of a suite; a list of loads plays the whole suite under each of them::

    load: {concurrency: 10}
    load: {rate_per_s: 5, arrivals: poisson, seed: 1}

In a closed loop (concurrency) the next run begins when one has ended, so a target that grows slow is asked less: its
queue never shows. In an open loop (rate) runs begin at scheduled times whether earlier ones have ended or not, like
people who know nothing of each other; the wait from the scheduled time is then free of coordinated omission.
"""

import random
from collections.abc import Iterator
from itertools import accumulate, repeat
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MAX_CONCURRENCY: Final = 200
MAX_RATE_PER_S: Final = 1000.0

LOAD: Final = "{concurrency: 10}, or {rate_per_s: 5, arrivals: poisson}, or a list of such loads"

ArrivalPattern = Literal["constant", "poisson"]


class Load(BaseModel):
    """One load. ``arrivals``: at even distances, or at the random ones of a Poisson process, the same for the same
    ``seed``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    concurrency: int | None = Field(default=None, ge=1, le=MAX_CONCURRENCY)
    rate_per_s: float | None = Field(default=None, strict=False, gt=0, le=MAX_RATE_PER_S)
    arrivals: ArrivalPattern = "constant"
    seed: int = Field(default=0, ge=0, le=2**31 - 1)

    @model_validator(mode="after")
    def _one_of_both(self) -> "Load":
        if (self.concurrency is None) == (self.rate_per_s is None):
            raise ValueError("expected one of concurrency and rate_per_s")
        return self

    @property
    def open(self) -> bool:
        """True if runs begin at scheduled times."""
        return self.rate_per_s is not None

    def starts_s(self) -> Iterator[float]:
        """The starts of runs, in seconds from the beginning, without end; only for an open loop."""
        if self.rate_per_s is None:
            raise ValueError("A closed loop has no scheduled starts.")
        rate = self.rate_per_s
        if self.arrivals == "constant":
            return accumulate(repeat(1 / rate), initial=0.0)
        # Chance without secrets: the same seed must give the same load.
        chance = random.Random(self.seed)  # noqa: S311
        return accumulate((chance.expovariate(rate) for _ in repeat(None)), initial=0.0)

    def __str__(self) -> str:
        """The text in results."""
        return f"{self.arrivals} {self.rate_per_s:g}/s" if self.rate_per_s else f"closed {self.concurrency}"
