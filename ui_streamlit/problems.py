"""What went wrong between page and backend, as one of the designed states; and how the page recovers by itself."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.client.sync import SyncRunClient

_NOT_FOUND = 404
_TICK_S = 0.25
_TICKS_BETWEEN_TRIALS = 4


@dataclass(frozen=True, slots=True)
class Problem:
    """A designed state by its name in ``words.NOTICES``; ``sentence`` stands in for its own."""

    notice: str
    sentence: str | None = None

    @property
    def passes(self) -> bool:
        """Whether it ends by itself, once the backend answers again."""
        return self.notice == "backend_down"


def problem_of(error: ClientError) -> Problem:
    """The state that tells of this error."""
    if isinstance(error, BackendGone):
        return Problem("backend_down", error.sentence)
    if isinstance(error, ProblemError) and error.status == _NOT_FOUND:
        return Problem("run_not_found")
    return Problem("refused", error.sentence)


def wait_for_backend(client: SyncRunClient, draw_something: Callable[[], object]) -> None:
    """Come back when the backend takes runs: before that it may answer and not know its agents yet.

    ``draw_something`` makes a Streamlit call, by which a closed tab or a click ends the waiting within a quarter of a
    second.
    """
    while True:
        for _ in range(_TICKS_BETWEEN_TRIALS):
            time.sleep(_TICK_S)
            draw_something()
        try:
            if client.ready().ready:
                return
        except BackendGone:
            continue
        except ClientError:
            return
