"""Which run the current task works for, so that its lines name it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_RUN: ContextVar[str] = ContextVar("run", default="")


def current_run() -> str:
    """The run's id; empty outside of one."""
    return _RUN.get()


@contextmanager
def run_scope(run_id: str) -> Iterator[None]:
    """Inside, and in tasks and threads that are started from inside, lines are about this run."""
    before = _RUN.set(run_id)
    try:
        yield
    finally:
        _RUN.reset(before)
