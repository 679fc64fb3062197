"""What came over a control channel, read after the run: events, each with the stamp of the chunk that completed it."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from backend.client.control_messages import RunNews, read_message
from evals.wire.arrivals import Arrivals, NativeBody
from evals.wire.frames import TEXT, FrameError, FrameReader
from evals.wire.stamps import Capture

HEAD_END: Final = b"\r\n\r\n"
"""What stands between the answer to the handshake and the first message."""

OF_RUN: Final = b'{"run"'
"""How a message about a run begins."""


def control_arrivals(capture: Capture) -> Arrivals:
    """The events that came over a channel, each with the stamp of the chunk that completed its message. Never raises
    for what the server sent."""
    arrivals, body = Arrivals(closed_ns=capture.closed_ns), NativeBody()
    try:
        for stamp, kernel_ns, payload in _messages(capture, arrivals):
            keep_message(arrivals, body, payload, stamp, kernel_ns)
    except (FrameError, ValueError) as error:
        arrivals.failure = f"The control channel cannot be read further after {len(arrivals.events)} events: {error}"
    arrivals.failure = arrivals.failure or capture.failure
    return arrivals


def messages_of(capture: Capture) -> Iterator[tuple[int, bytes]]:
    """Every text that came over a channel, with its stamp. Raises ``FrameError``."""
    for stamp, _, payload in _messages(capture, Arrivals()):
        yield stamp, payload


def _messages(capture: Capture, arrivals: Arrivals) -> Iterator[tuple[int, int | None, bytes]]:
    """Every text with its stamp and the kernel's. The status of the handshake goes into ``arrivals``."""
    reader, head = FrameReader(), b""
    for (stamp, data), kernel_ns in zip_longest(capture.chunks, capture.kernel_ns):
        if arrivals.status is None:
            head += data
            start, end, data = head.partition(HEAD_END)
            if not end:
                continue
            arrivals.status = handshake_status(start)
        for opcode, payload in reader.feed(data):
            if opcode == TEXT:
                yield stamp, kernel_ns, payload


def keep_message(
    arrivals: Arrivals, body: NativeBody, payload: bytes, stamp: int, kernel_ns: int | None = None
) -> None:
    """Keep the event in a message about a run, or that nothing more comes. Raises ``ValueError``."""
    if not payload.startswith(OF_RUN):
        return
    message = read_message(payload.decode("utf-8", "replace"))
    if not isinstance(message, RunNews):
        return
    if message.frame is None:
        arrivals.closed_ns = stamp
        return
    for event, cursor in body.feed(message.frame, stamp):
        arrivals.events.append(event)
        arrivals.stamps_ns.append(stamp)
        arrivals.kernel_ns.append(kernel_ns)
        arrivals.ids.append(cursor)


def handshake_status(head: bytes) -> int | None:
    """The status in the head of an answer to a handshake; None if it is not a head of HTTP."""
    part = head.split(b"\r\n", 1)[0].split(b" ")[1:2]
    return int(part[0]) if part and part[0].isdigit() else None
