"""The frames of a run's events as they are kept and sent: made once, and read back from there."""

from collections.abc import Sequence

from backend.protocol.events import KnownEvent
from backend.protocol.sse import encode_event

_DATA = b"\ndata: "
_END = b"\n\n"


def encode_frames(events: Sequence[KnownEvent], attempt: int) -> list[bytes]:
    """The frames of stamped events. Raises ``ValueError`` if one of them cannot be written as JSON."""
    return [encode_event(event, attempt) for event in events]


def frame_data(frame: bytes) -> bytes:
    """The JSON inside a Playhead frame."""
    return frame[frame.index(_DATA) + len(_DATA) : -2]


def split_frames(frames: bytes) -> list[bytes]:
    """Frames that follow each other in one piece, one by one. None contains the empty line that ends it."""
    return [frame + _END for frame in frames.split(_END)[:-1]]
