"""Categories: each one is a tick, a bin or a box, whatever the number of points."""

from collections.abc import Iterable
from typing import Any, Final

from backend.protocol.charts.extents import as_number

MOST_CATEGORIES: Final = 10_000
"""Different words on the axes of a chart."""
MOST_CATEGORIES_OF: Final[dict[str, int]] = {"histogram": 5_000, "histogram2d": 500}
"""Different words along one axis of a trace that makes a bin of each."""
MOST_GROUPS: Final[dict[str, int]] = {"violin": 300, "box": 2_000}
"""Places of a trace that draws one figure at each."""


def words_of(trace: dict[str, Any]) -> set[str]:
    """The different words along the trace's axes."""
    return {word for letter in "xy" for word in _words(trace.get(letter))}


def group_problem(trace: dict[str, Any], kind: str) -> str:
    """Why a trace with so many categories is not drawn; empty if it is."""
    most = MOST_CATEGORIES_OF.get(kind)
    if most is not None and any(len(set(_words(trace.get(letter)))) > most for letter in "xy"):
        return f"at most {most:,} categories of type {kind} are drawn"
    groups = MOST_GROUPS.get(kind)
    if groups is not None and min(_different(trace.get(letter)) for letter in "xy") > groups:
        return f"at most {groups:,} groups of type {kind} are drawn"
    return ""


def _different(value: Any) -> int:
    return len({str(one) for one in _flat(value)})


def _words(value: Any) -> Iterable[str]:
    return (one for one in _flat(value) if isinstance(one, str) and as_number(one) is None)


def _flat(value: Any) -> Iterable[Any]:
    if isinstance(value, list):
        for one in value:
            if isinstance(one, list):
                yield from _flat(one)
            else:
                yield one
