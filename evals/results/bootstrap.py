"""Bootstrap intervals of medians and means, reproducible from a seed (Efron and Tibshirani, An Introduction to the
Bootstrap, chapter 13: the percentile interval).
"""

import math

import numpy as np
import numpy.typing as npt

from backend.metrics.statistics import LEVEL

Values = npt.NDArray[np.float64]

RESAMPLES = 2000


def medians(values: Values, generator: np.random.Generator, resamples: int = RESAMPLES) -> Values:
    """The nearest-rank median of each of ``resamples`` resamples of ``values``, which has at least one value."""
    return percentiles(values, 0.5, generator, resamples)


def percentiles(values: Values, share: float, generator: np.random.Generator, resamples: int = RESAMPLES) -> Values:
    """The nearest-rank percentile (0 < ``share`` <= 1) of each of ``resamples`` resamples of ``values``, which has at
    least one value.

    The k-th smallest of n draws with replacement is the value at rank ceil(n U), where U is the k-th smallest of n
    uniform numbers, which has a Beta(k, n - k + 1) distribution. So one number stands for a whole resample, and the
    percentiles are distributed exactly as if the resamples had been drawn.
    """
    n = len(values)
    rank = max(1, math.ceil(share * n - 1e-9))
    places = np.ceil(n * generator.beta(rank, n - rank + 1, size=resamples)).astype(np.intp)
    return np.sort(values)[np.clip(places, 1, n) - 1]


def means(values: Values, generator: np.random.Generator, resamples: int = RESAMPLES) -> Values:
    """The mean of each of ``resamples`` resamples of ``values``, which has at least one value."""
    n = len(values)
    if (values == values[0]).all():
        return np.full(resamples, values[0])
    at_a_time = max(1, 2_000_000 // n)
    parts = []
    for start in range(0, resamples, at_a_time):
        drawn = generator.integers(0, n, size=(min(at_a_time, resamples - start), n))
        parts.append(values[drawn].mean(axis=1))
    return np.concatenate(parts)


def percentile_ends(draws: Values, level: float = LEVEL) -> tuple[float, float]:
    """The lower and the upper end of the middle ``level`` of the draws, by nearest ranks."""
    ordered, tail = np.sort(draws), (1 - level) / 2
    lower = math.floor(tail * len(ordered))
    upper = math.ceil((1 - tail) * len(ordered)) - 1
    return float(ordered[lower]), float(ordered[upper])
