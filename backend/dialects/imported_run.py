"""A foreign stream as the lines of a recording: its drafts are stamped, and it is ended as every run is."""

from collections.abc import Iterable

from backend.dialects.decoder import DialectDecoder
from backend.dialects.dialect import Loss
from backend.dialects.step_drafts import MAX_STEPS
from backend.protocol.ending import Ending, Tally, end_run
from backend.protocol.events import Draft, Event, Outcome, StatusEvent, TokenEvent, event_json, stamp
from backend.protocol.recording_reader import MAX_LINE_BYTES


class ImportedRun:
    """Takes the bytes of one stream and gives the events it makes, each as a line with its LF.

    An event keeps its own time, which only Playhead's protocol sends; else it gets the arrival time of its bytes,
    or 0 where nobody knows it. A time that goes back is raised to the one before.
    """

    def __init__(self, decoder: DialectDecoder) -> None:
        self._decoder = decoder
        self._tally = Tally()
        self._too_long = 0
        self.text_chars = 0
        """Code points of the answer."""
        self._tools: set[str] = set()

    def feed(self, data: bytes, at_ms: float | None = None) -> list[bytes]:
        """The lines that these bytes bring. ``at_ms``: when they came, in milliseconds since the request, if known."""
        return self._lines(self._decoder.feed(data, at_ms), at_ms)

    def close(self, at_ms: float | None = None) -> list[bytes]:
        """The last lines, ``done`` among them."""
        lines = self._lines(self._decoder.close(), at_ms)
        end = self._decoder.end
        ending = Ending(end.outcome, end.error, usage=end.usage)
        closing, done = end_run(self._tally, ending, end.at_ms if at_ms is None else at_ms)
        self._tally.last_seq = done.seq
        if at_ms is None and done.at_ms == 0:
            # Nobody knows how long it took, and no measure may read that as no time at all.
            done = done.model_copy(update={"latency_ms": None, "ttft_ms": None})
        return [*lines, *(_line(event) for event in closing), _line(done)]

    @property
    def events(self) -> int:
        """Events so far."""
        return self._tally.last_seq

    @property
    def warnings(self) -> int:
        """Warnings so far."""
        return self._tally.warnings

    @property
    def citations(self) -> int:
        """Citations: a source once for every place that the stream says it is cited at, or once."""
        return self._decoder.citations

    @property
    def tools(self) -> int:
        """Different tools that were called, by their names."""
        return len(self._tools)

    @property
    def tool_calls(self) -> int:
        """Calls of tools so far."""
        return self._decoder.tools

    @property
    def last_at_ms(self) -> float:
        """The time of the last event."""
        return self._tally.last_at_ms

    @property
    def outcome(self) -> Outcome:
        """How the stream ended."""
        return self._decoder.end.outcome

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the stream carried and the recording does not."""
        own = (Loss("events longer than a line of a recording", self._too_long),) if self._too_long else ()
        return (*self._decoder.losses, *own)

    def _lines(self, drafts: Iterable[Draft], at_ms: float | None) -> list[bytes]:
        lines = []
        for draft in drafts:
            moment = max(self._tally.last_at_ms, draft.at_ms if at_ms is None else at_ms)
            event = stamp(draft, self._tally.last_seq + 1, moment)
            line = _line(event)
            if len(line) > MAX_LINE_BYTES:
                self._too_long += 1
                continue
            self._tally.add([event])
            if isinstance(event, TokenEvent):
                self.text_chars += len(event.text)
            elif isinstance(event, StatusEvent) and event.tool is not None and len(self._tools) < MAX_STEPS:
                self._tools.add(event.tool.name)
            lines.append(line)
        return lines


def _line(event: Event) -> bytes:
    return event_json(event).encode() + b"\n"
