"""True if two results differ at all, over all metrics and scenarios at once.

Many metrics in many scenarios are compared together, so some differ by chance alone. The largest of all
statistics is therefore compared with the largest that arises when the labels A and B are dealt again within every
scenario (Westfall and Young, Resampling-Based Multiple Testing, 1993, the single-step maxT procedure). If both are
the same build, any difference at all is reported in at most 5 % of comparisons, however many metrics there are and
however they depend on one another; no distribution is assumed.

Columns belong to parts of this one family, times to one, counts and shares to the other. Each part has its own
maximum and its share of the 5 %, so that the many times do not hide a rare fault; where all values of a part are the
same in both results, the other part has the whole 5 %.

The statistic is a difference of means over its standard error, to which the smallest plausible error is added
(Tusher, Tibshirani and Chu, PNAS 2001), so that values which happen to lie close together do not stand out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evals.comparison.pairs import Matrix

Flags = npt.NDArray[np.bool_]

PERMUTATIONS = 2000
_CELLS_AT_A_TIME = 4_000_000


@dataclass(frozen=True, slots=True)
class ScenarioValues:
    """One scenario: both sides (rows are runs, NaN for no value), and for every column the floor that is added to the
    standard error, above zero. ``matched``: the rows of both sides belong together, one scenario each.
    """

    a: Matrix
    b: Matrix
    floor: Matrix
    matched: bool = False


@dataclass(frozen=True, slots=True)
class Chances:
    """How often chance alone produces a statistic as large as this anywhere: adjusted p-values.

    ``single`` has a row for each scenario, ``together`` is over all scenarios; both have the columns of the values.
    """

    single: Matrix
    together: Matrix


def chances(
    tables: Sequence[ScenarioValues],
    parts: Sequence[str],
    generator: np.random.Generator,
    permutations: int = PERMUTATIONS,
) -> Chances:
    """The adjusted p-value of every column in every scenario, and over all of them.

    ``parts`` names the part of the family that each column belongs to; a column whose part is empty text decides
    nothing and has p-values of 1.
    """
    columns = len(parts)
    total, seen = np.zeros((permutations + 1, columns)), np.zeros((permutations + 1, columns))
    largest = {part: np.zeros(permutations + 1) for part in dict.fromkeys(parts) if part}
    places = {part: np.array([part == other for other in parts]) for part in largest}
    observed = []
    for table in tables:
        statistics = (_of_matched if table.matched else _statistics)(table, generator, permutations)
        observed.append(np.abs(statistics[0]))
        for part, found in largest.items():
            np.maximum(found, np.abs(statistics[:, places[part]]).max(axis=1, initial=0.0), out=found)
        total += statistics
        seen += statistics != 0
    together = np.abs(total) / np.sqrt(np.maximum(seen, 1))
    single, over_all = np.ones((len(tables), columns)), np.ones(columns)
    for part, found in largest.items():
        np.maximum(found, together[:, places[part]].max(axis=1, initial=0.0), out=found)
    varying = [part for part, found in largest.items() if found.any()]
    for part in varying:
        ordered, at = np.sort(largest[part]), places[part]
        for row, statistic in zip(single, observed, strict=True):
            row[at] = _adjusted(ordered, statistic[at], len(varying))
        over_all[at] = _adjusted(ordered, together[0][at], len(varying))
    return Chances(single, over_all)


def _adjusted(ordered: Matrix, values: Matrix, parts: int) -> Matrix:
    # The original labels are one of the permutations, so that no p-value is zero.
    below = np.searchsorted(ordered, values * (1 - 1e-9), side="left")
    return np.asarray(np.minimum(1.0, parts * (len(ordered) - below) / len(ordered)), dtype=np.float64)


def _statistics(table: ScenarioValues, generator: np.random.Generator, permutations: int) -> Matrix:
    """The statistic of every column, in the first row with the original labels, then with permuted labels."""
    both = np.vstack((table.a, table.b))
    runs, of_b = len(both), len(table.b)
    known = ~np.isnan(both)
    if runs == 0:
        return np.zeros((permutations + 1, both.shape[1]))
    centre = np.where(known, both, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, both - centre, 0.0)
    # Whatever has the same value in all runs differs under no labels: most columns of a scripted scenario.
    varies: Flags = np.any(centred != 0, axis=0)
    centred, known, floor = centred[:, varies], known[:, varies], table.floor[varies]
    as_they_are = np.arange(runs)[None, :] >= len(table.a)
    parts = [_of_labels(as_they_are, centred, known, floor)]
    at_a_time = max(1, _CELLS_AT_A_TIME // runs)
    for start in range(0, permutations, at_a_time):
        count = min(at_a_time, permutations - start)
        labels = generator.random((count, runs)).argsort(axis=1) < of_b
        parts.append(_of_labels(labels, centred, known, floor))
    statistics = np.zeros((permutations + 1, len(varies)))
    statistics[:, varies] = np.concatenate(parts)
    return statistics


def _of_matched(table: ScenarioValues, generator: np.random.Generator, permutations: int) -> Matrix:
    """The same where every scenario has one run a side: labels are exchanged within pairs, which turns the signs of
    their differences, and the spread is that of the differences (Fisher's paired test)."""
    known = ~np.isnan(table.a) & ~np.isnan(table.b)
    differences = np.where(known, table.b - table.a, 0.0)
    varies: Flags = np.any(differences != 0, axis=0)
    differences, pairs = differences[:, varies], known[:, varies].sum(axis=0)
    sums = [differences.sum(axis=0, keepdims=True)]
    at_a_time = max(1, _CELLS_AT_A_TIME // max(1, len(differences)))
    for start in range(0, permutations, at_a_time):
        signs = generator.integers(0, 2, size=(min(at_a_time, permutations - start), len(differences))) * 2.0 - 1.0
        sums.append(signs @ differences)
    n = np.maximum(pairs, 2)
    mean = np.concatenate(sums) / n
    spread = np.sqrt(np.maximum((differences**2).sum(axis=0) - n * mean**2, 0.0) / (n - 1) / n)
    statistics = np.zeros((permutations + 1, len(varies)))
    statistics[:, varies] = np.where(pairs > 1, mean / (spread + table.floor[varies]), 0.0)
    return statistics


def _of_labels(labels: Flags, centred: Matrix, known: Flags, floor: Matrix) -> Matrix:
    """The statistic under every row of labels (true for side B); zero if a side is empty or the remaining values are
    too few to estimate their spread."""
    chosen, there = labels.astype(np.float64), known.astype(np.float64)
    n_b = chosen @ there
    n_a = there.sum(axis=0) - n_b
    sum_b = chosen @ centred
    sum_a = centred.sum(axis=0) - sum_b
    squares = (centred**2).sum(axis=0)
    usable = (n_a > 0) & (n_b > 0) & (n_a + n_b > 2)
    n_a, n_b = np.where(usable, n_a, 1.0), np.where(usable, n_b, 1.0)
    within = np.maximum(squares - sum_a**2 / n_a - sum_b**2 / n_b, 0.0)
    error = np.sqrt(within / np.maximum(n_a + n_b - 2, 1.0) * (1 / n_a + 1 / n_b))
    return np.asarray(np.where(usable, (sum_b / n_b - sum_a / n_a) / (error + floor), 0.0), dtype=np.float64)
