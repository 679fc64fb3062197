"""How far a reader has come within one file."""

from collections.abc import Callable

Progress = Callable[[int, int, str], None]
"""Called with (done, of how many, the unit): 12, 300, ``page``. The total is 0 where it is not known beforehand."""


def no_progress(done: int, total: int, unit: str) -> None:
    """Takes note of nothing."""
