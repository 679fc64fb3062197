"""Whether citations came in the order of their markers. Says nothing about how late they were: see
exposure.
"""

from collections.abc import Sequence

from backend.metrics.citing import first_by_number
from backend.metrics.metric import Metric
from backend.metrics.trace import Trace


def order_inversions(trace: Trace) -> int | None:
    """Order inversions: pairs of sources of which the one referred to first was sent last. Over all numbers
    that have both a marker and a citation; no value for fewer than two of them.
    """
    ranks = _citation_ranks(trace)
    return discordant_pairs(ranks) if len(ranks) > 1 else None


def kendall_tau(trace: Trace) -> float | None:
    """Kendall's tau between the order of first markers and the order of citations: +1 the same order, -1
    the opposite. A stream that sends all citations at the end scores +1 too. No value for fewer than
    two.
    """
    ranks = _citation_ranks(trace)
    if len(ranks) < 2:
        return None
    pairs = len(ranks) * (len(ranks) - 1) // 2
    return 1 - 2 * discordant_pairs(ranks) / pairs


def renumber_inversions(trace: Trace) -> int | None:
    """Renumber inversions: pairs of marker numbers that first appear in the answer in descending order,
    such as [2] before [1]. No value for fewer than two numbers.
    """
    numbers = _numbers_by_appearance(trace)
    return discordant_pairs(numbers) if len(numbers) > 1 else None


def discordant_pairs(ranks: Sequence[int]) -> int:
    """How many pairs stand in descending order."""
    return sum(earlier > later for at, later in enumerate(ranks) for earlier in ranks[:at])


def _numbers_by_appearance(trace: Trace) -> list[int]:
    return list(dict.fromkeys(marker.number for marker in trace.answer.markers))


def _citation_ranks(trace: Trace) -> list[int]:
    """For the numbers in order of their markers: the place of their citation among the events."""
    known = first_by_number(trace)
    return [known[number].index for number in _numbers_by_appearance(trace) if number in known]


INVERSIONS = Metric("order_inversions", "Order inversions", "count", "lower", order_inversions, clocked=False)
TAU = Metric("kendall_tau", "Kendall's tau of citation order", "tau", "higher", kendall_tau, clocked=False)
RENUMBERED = Metric("renumber_inversions", "Renumber inversions", "count", "lower", renumber_inversions, clocked=False)
