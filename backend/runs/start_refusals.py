"""Why no run is started now."""

from math import ceil

RETRY_AFTER_S = 2
"""How long a caller is asked to wait when there are too many runs: a guess, since nobody knows when one will
end."""


class TooManyRunsError(Exception):
    """No further run can be started now. ``retry_after_s`` says when to try again."""

    def __init__(self, message: str, retry_after_s: int = RETRY_AFTER_S) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ServerStoppingError(TooManyRunsError):
    """No run can be started any more. ``left_s`` is how long the server waits for its runs, in seconds."""

    def __init__(self, left_s: float = 0.0) -> None:
        super().__init__("The server is stopping: ask again when it is back.", RETRY_AFTER_S + ceil(left_s))
