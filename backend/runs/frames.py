"""The frames of a run's events as they are kept and sent: made once, taken apart for the tables, put together again."""

from collections.abc import Sequence

from backend.protocol.events import KnownEvent
from backend.protocol.sse import encode_event

_EVENT = b"\nevent: "
_DATA = b"\ndata: "


def encode_frames(events: Sequence[KnownEvent], attempt: int) -> list[bytes]:
    """The frames of stamped events. Raises ``ValueError`` if one of them cannot be written as JSON."""
    return [encode_event(event, attempt) for event in events]


def frame_data(frame: bytes) -> bytes:
    """The JSON inside a Playhead frame."""
    return frame[frame.index(_DATA) + len(_DATA) : -2]


def frame_parts(frame: bytes) -> tuple[str, str]:
    """The event type and the JSON inside a Playhead frame."""
    _, _, rest = frame.partition(_EVENT)
    kind, _, data = rest.partition(_DATA)
    return kind.decode("ascii"), data[:-2].decode("ascii")


def frame_of(attempt: int, seq: int, kind: str, data: str) -> bytes:
    """The frame that ``frame_parts`` takes apart, just as ``encode_event`` made it."""
    return f"id: {attempt}-{seq}\nevent: {kind}\ndata: {data}\n\n".encode("ascii")
