"""How a page recovers by itself when the backend was gone."""

import time
from collections.abc import Callable

from backend.client.errors import BackendGone, ClientError
from backend.client.sync import SyncRunClient

_TICK_S = 0.25
_TICKS_BETWEEN_TRIALS = 4


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
