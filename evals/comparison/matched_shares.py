"""Two shares of the same scenarios, each played once on both sides: what differs is only what one side has alone.

The interval is Newcombe's for matched shares (Statistics in Medicine 17, 1998, p. 2635, method 10), the test McNemar's
exact one: a sign test of the scenarios in which the sides differ.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.metrics.statistics import LEVEL
from evals.comparison.pairs import Matrix
from evals.comparison.proportions import ALIKE, DECISIVE_LEVEL, EQUIVALENCE_LEVEL, MOST_RUNS, STEP, readable
from evals.results.proportion import Proportion

_FEWEST: Final = 10.0


@dataclass(frozen=True, slots=True)
class MatchedShares:
    """How many scenarios have it on both sides, on one alone, and on neither; not whole for an imagined number."""

    both: float
    only_a: float
    only_b: float
    neither: float

    @classmethod
    def of(cls, a: Matrix, b: Matrix) -> "MatchedShares":
        """From 0 or 1 for each scenario on both sides."""
        has_a, has_b = a > 0, b > 0
        counts = has_a & has_b, has_a & ~has_b, ~has_a & has_b, ~has_a & ~has_b
        return cls(*(float(np.count_nonzero(count)) for count in counts))

    @property
    def scenarios(self) -> float:
        """All of them."""
        return self.both + self.only_a + self.only_b + self.neither

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The interval of the difference of the shares, B minus A."""
        n = self.scenarios
        a, b = Proportion((self.both + self.only_a) / n, n), Proportion((self.both + self.only_b) / n, n)
        (low_a, high_a), (low_b, high_b) = a.wilson(level), b.wilson(level)
        difference, phi = b.share - a.share, self._phi()
        down, up = (b.share - low_b, high_a - a.share), (high_b - b.share, a.share - low_a)
        lower, upper = (math.sqrt(max(0.0, x * x - 2 * phi * x * y + y * y)) for x, y in (down, up))
        return difference - lower, difference + upper

    def _phi(self) -> float:
        """How alike both sides are, with a correction for few scenarios."""
        has_a, has_b = self.both + self.only_a, self.both + self.only_b
        spread = has_a * (self.scenarios - has_a) * has_b * (self.scenarios - has_b)
        if spread <= 0:
            return 0.0
        alike = self.both * self.neither - self.only_a * self.only_b
        if alike > self.scenarios / 2:
            alike -= self.scenarios / 2
        elif alike >= 0:
            return 0.0
        return alike / math.sqrt(spread)

    def exact_p_value(self) -> float:
        """McNemar's exact test, two-sided."""
        differ, fewer = round(self.only_a + self.only_b), round(min(self.only_a, self.only_b))
        tail = math.fsum(math.comb(differ, count) for count in range(fewer + 1)) / 2**differ
        return float(min(1.0, 2 * tail))

    def scenarios_that_tell(self) -> int | None:
        """About how many scenarios would decide, if both sides differ in as large a share of them; None for more than
        ``MOST_RUNS``."""
        count = _FEWEST
        while count <= MOST_RUNS:
            scale = count / self.scenarios
            imagined = MatchedShares(
                *(scale * part for part in (self.both, self.only_a, self.only_b, self.neither))
            )  # fmt: skip
            lower, upper = imagined.interval(EQUIVALENCE_LEVEL)
            if lower >= -ALIKE and upper <= ALIKE:
                return readable(count)
            lower, upper = imagined.interval(DECISIVE_LEVEL)
            if abs(self.only_b - self.only_a) > ALIKE * self.scenarios and (lower > 0 or upper < 0):
                return readable(count)
            count *= STEP
        return None
