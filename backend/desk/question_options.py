"""The options of a question, as a reader sets them by hand."""

from pydantic import ValidationError

from backend.protocol.options import RunOptions


def options_by_hand(timeout_s: float | None, speed: float) -> RunOptions | None:
    """Only options that the reader set: the backend knows the rest. None for a timeout that the backend cannot keep.

    ``timeout_s`` in seconds, None or 0 for the backend's own limit; ``speed`` 1 plays as written."""
    by_hand = {"timeout_s": float(timeout_s)} if timeout_s else {}
    if speed != 1:
        by_hand["speed"] = float(speed)
    try:
        return RunOptions.model_validate(by_hand)
    except ValidationError:
        return None
