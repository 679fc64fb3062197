"""The end of an answer on a connection that stays open: its last chunk, its Content-Length, or the stream's own end.

Servers are asked to close the connection after the answer, and many keep it. An answer is over when it is complete; the
rest of the wait is not a part of it.
"""

from collections.abc import Callable, Iterable

import h11

from backend.protocol.events import DoneEvent, Event
from backend.protocol.sse import MessageTooLargeError
from evals.wire.arrivals import AnswerReader, Arrivals, parse
from evals.wire.stamps import Capture

OwnEnd = Callable[[Capture], int | None]
"""The stamp of the bytes with which a stream said that it is over; None if it did not."""


def native_end(capture: Capture) -> int | None:
    """The own end of Playhead's protocol: ``done``."""
    arrivals = parse(capture)
    ends = zip(arrivals.events, arrivals.stamps_ns, strict=True)
    return next((stamp for event, stamp in ends if isinstance(event, DoneEvent)), None)


def message_end(capture: Capture, own_end: OwnEnd = native_end) -> int | None:
    """The stamp with which the answer was complete by HTTP, else by the stream's own end; None if it is not."""
    arrivals = Arrivals()
    reading = AnswerReader(arrivals, _Unread())
    try:
        for stamp, data in capture.chunks:
            reading.feed(data, stamp)
    except (h11.RemoteProtocolError, MessageTooLargeError):
        return None
    own = own_end(capture)
    found = [stamp for stamp in (arrivals.closed_ns, own) if stamp is not None]
    return min(found, default=None)


class _Unread:
    """A body whose content does not matter."""

    def takes(self, kind: str) -> bool:
        """Any."""
        return True

    def feed(self, data: bytes, stamp: int) -> Iterable[tuple[Event, str]]:
        """No events."""
        return ()
