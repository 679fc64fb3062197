"""A share of runs, and its interval."""

import math
from dataclasses import dataclass
from statistics import NormalDist

from backend.metrics.statistics import LEVEL


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share of ``runs`` runs, which is a whole number unless several scenarios were weighted."""

    share: float
    runs: float

    def wilson(self, level: float = LEVEL) -> tuple[float, float]:
        """The Wilson score interval."""
        z = NormalDist().inv_cdf((1 + level) / 2)
        spread = z * math.sqrt(self.share * (1 - self.share) / self.runs + z * z / (4 * self.runs**2))
        middle, scale = self.share + z * z / (2 * self.runs), 1 + z * z / self.runs
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
