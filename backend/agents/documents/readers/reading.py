"""How one file is to be read, and how far its reader has come."""

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int, str], None]
"""Called with (done, of how many, the unit): 12, 300, ``page``. The total is 0 where it is not known beforehand."""


def no_progress(done: int, total: int, unit: str) -> None:
    """Takes note of nothing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader reports to, and the parts of the file (pages, from 1) that ended an earlier attempt to read it."""

    progress: Progress = no_progress
    left_out: frozenset[int] = frozenset()
