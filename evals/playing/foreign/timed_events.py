"""The bytes of a foreign answer as Playhead's events, each with the stamp of the chunk that completed it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from backend.dialects.addresses import KEY_VARIABLE, without_key
from backend.dialects.decoder import DialectDecoder
from backend.dialects.dialect import losses_sentence
from backend.dialects.framing import CONTENT_TYPES
from backend.dialects.registry import open_decoder
from backend.protocol.ending import Ending, Tally, end_run
from backend.protocol.events import Draft, Event, WarningEvent, stamp
from evals.wire.arrivals import Arrivals, parse
from evals.wire.exchange import Capture

_NOT_ALLOWED = (401, 403)


class ForeignBody:
    """One answer in a dialect. Its events are timed by their arrival, in milliseconds since the request."""

    def __init__(self, dialect: str, sent_ns: int, key: str | None = None, *, opened: bool = False) -> None:
        """``opened``: its texts begin with thinking whose start is not marked."""
        self._decoder: DialectDecoder = open_decoder(dialect, key=key, opened=opened)
        self._dialect = dialect
        self._sent_ns = sent_ns
        self._tally = Tally()
        self._last_ns: int | None = None

    def takes(self, kind: str) -> bool:
        """True for the content types of a streaming server; a page or a picture is not one."""
        return kind in CONTENT_TYPES

    def feed(self, data: bytes, stamp: int) -> Iterator[tuple[Event, str]]:
        """The events that these bytes complete. A foreign stream has no cursor."""
        self._last_ns = stamp
        for event in self._stamped(self._decoder.feed(data, self._at_ms(stamp)), stamp):
            yield event, ""

    def close(self, closed_ns: int) -> list[tuple[Event, int]]:
        """The events at the end of the answer, ``done`` last, each with its stamp.

        The last bytes completed whatever only the end shows to be whole, and an end in the stream itself. The missing
        end of a stream is seen when its connection closes.
        """
        drafts = self._decoder.close()
        end = self._decoder.end
        last_ns = self._last_ns if self._last_ns is not None else closed_ns
        ended_ns = closed_ns if end.outcome == "interrupted" else last_ns
        events = [(event, last_ns) for event in self._stamped(drafts, last_ns)]
        words = (WarningEvent(code="lost", message=losses_sentence(self._decoder.losses)),)
        ending = Ending(end.outcome, end.error, words if self._decoder.losses else (), end.usage)
        closing, done = end_run(self._tally, ending, self._at_ms(ended_ns))
        return [*events, *((event, ended_ns) for event in closing), (done, ended_ns)]

    @property
    def begins_in_thought(self) -> bool:
        """Whether its texts were seen to begin with thinking whose start is not marked."""
        return self._decoder.begins_in_thought is True

    @property
    def is_over(self) -> bool:
        """True if the stream itself has said how it ends."""
        return self._decoder.told_end

    def problem(self) -> str | None:
        """Why the bytes were not a stream of the dialect, or None; known once it is closed."""
        if self._decoder.recognised:
            return None
        return f"The server did not send a stream of {self._dialect}: check its dialect and its address."

    def _stamped(self, drafts: Iterable[Draft], stamp_ns: int) -> list[Event]:
        at_ms = self._at_ms(stamp_ns)
        events: list[Event] = [
            stamp(draft, self._tally.last_seq + place, at_ms) for place, draft in enumerate(drafts, start=1)
        ]
        self._tally.add(events)
        return events

    def _at_ms(self, stamp_ns: int) -> float:
        return round((stamp_ns - self._sent_ns) / 1e6, 3)


def read_foreign(capture: Capture, dialect: str, key: str | None = None) -> Arrivals:
    """The answer to one request, decoded; an error from the server does not repeat the ``key``. Never raises for the
    answer's content: see ``Arrivals.failure``."""
    arrivals, body = _read(capture, dialect, key, opened=False)
    if body.begins_in_thought:
        # Only the end of the thinking showed that the text before it was thinking.
        arrivals, body = _read(capture, dialect, key, opened=True)
    if arrivals.failure is not None:
        arrivals.failure = without_key(arrivals.failure, key)
        if arrivals.status in _NOT_ALLOWED:
            what_to_do = f"Check the key in {KEY_VARIABLE}." if key else f"Put its key in {KEY_VARIABLE}."
            arrivals.failure = f"{arrivals.failure.rstrip('.')}. {what_to_do}"
    return arrivals


def _read(capture: Capture, dialect: str, key: str | None, *, opened: bool) -> tuple[Arrivals, ForeignBody]:
    body = ForeignBody(dialect, capture.sent_ns or 0, key, opened=opened)
    arrivals = parse(capture, body)
    arrivals.server_times = False
    if arrivals.failure is None and arrivals.closed_ns is not None:
        _end(arrivals, body, arrivals.closed_ns)
    return arrivals, body


def foreign_end(capture: Capture, dialect: str) -> int | None:
    """The stamp of the bytes with which a stream of the dialect said that it is over; None if it did not."""
    body = ForeignBody(dialect, capture.sent_ns or 0)
    found = _EndWatch(body)
    parse(replace(capture, closed_ns=None), found)
    return found.end_ns


class _EndWatch:
    """A body that keeps the stamp at which its stream was over, and no events."""

    def __init__(self, body: ForeignBody) -> None:
        self._body = body
        self.end_ns: int | None = None

    def takes(self, kind: str) -> bool:
        return self._body.takes(kind)

    def feed(self, data: bytes, stamp: int) -> Iterator[tuple[Event, str]]:
        for _ in self._body.feed(data, stamp):
            pass
        if self.end_ns is None and self._body.is_over:
            self.end_ns = stamp
        return iter(())


def _end(arrivals: Arrivals, body: ForeignBody, closed_ns: int) -> None:
    last = body.close(closed_ns)
    arrivals.failure = body.problem()
    if arrivals.failure is not None:
        return
    kernel = arrivals.kernel_ns
    for event, stamp_ns in last:
        # Bytes that came before carry it: the kernel's stamp is that of the last event of the same chunk, if any.
        same = kernel[-1] if kernel and arrivals.stamps_ns and arrivals.stamps_ns[-1] == stamp_ns else None
        arrivals.events.append(event)
        arrivals.stamps_ns.append(stamp_ns)
        arrivals.ids.append("")
        kernel.append(same)
