"""Whether citations came in the order of their markers. Says nothing about how late they were: see
exposure.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence

from backend.metrics.metric import Metric
from backend.metrics.references import references
from backend.metrics.trace import Trace


def order_inversions(trace: Trace) -> int | None:
    """Order inversions: pairs of sources of which the one referred to first was sent last. Over all numbers
    that have both a marker and a citation, and over all ranges of the answer that citations name; no value for
    fewer than two of them.
    """
    ranks = _citation_ranks(trace)
    return discordant_pairs(ranks) if len(ranks) > 1 else None


def kendall_tau(trace: Trace) -> float | None:
    """Kendall's tau between the order of first markers (or of ranges) and the order of citations: +1 the same
    order, -1 the opposite. A stream that sends all citations at the end scores +1 too. No value for fewer
    than two.
    """
    ranks = _citation_ranks(trace)
    if len(ranks) < 2:
        return None
    pairs = len(ranks) * (len(ranks) - 1) // 2
    return 1 - 2 * discordant_pairs(ranks) / pairs


def renumber_inversions(trace: Trace) -> int | None:
    """Renumber inversions: pairs of marker numbers that first appear in the answer in descending order,
    such as [2] before [1]; a range appears with the number of its citation. No value for fewer than two numbers.
    """
    numbers = _numbers_by_appearance(trace)
    return discordant_pairs(numbers) if len(numbers) > 1 else None


def discordant_pairs(ranks: Sequence[int]) -> int:
    """How many pairs stand in descending order."""
    earlier: list[int] = []
    found = 0
    for rank in ranks:
        found += len(earlier) - bisect_right(earlier, rank)
        insort(earlier, rank)
    return found


def _numbers_by_appearance(trace: Trace) -> list[int]:
    numbers = [reference.number for reference in references(trace) if reference.number is not None]
    return list(dict.fromkeys(numbers))


def _citation_ranks(trace: Trace) -> list[int]:
    """For the first markers and all ranges, in their order in the answer: the place of their citation among the
    events.
    """
    ranks: dict[tuple[str, int], int] = {}
    for reference in references(trace):
        if reference.cited is not None:
            place = reference.end if reference.is_range else -1
            ranks.setdefault((reference.source, place), reference.cited.index)
    return list(ranks.values())


INVERSIONS = Metric("order_inversions", "Order inversions", "count", "lower", order_inversions, clocked=False)
TAU = Metric("kendall_tau", "Kendall's tau of citation order", "tau", "higher", kendall_tau, clocked=False)
RENUMBERED = Metric("renumber_inversions", "Renumber inversions", "count", "lower", renumber_inversions, clocked=False)
