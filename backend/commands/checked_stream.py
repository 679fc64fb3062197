"""Streams read to be checked, as they are: nothing is repaired, resumed or put in order."""

from dataclasses import dataclass, field

import httpx2

from backend.client.connection import new_http, other_answer, problem_of, transport_failures
from backend.client.errors import BackendGone, ProblemError
from backend.commands.refusals import BadInput
from backend.protocol.checks import Checker, Violation, check
from backend.protocol.events import EventError, parse_event
from backend.protocol.recording_reader import parse_recording
from backend.protocol.recordings import RecordingError
from backend.protocol.sse import Decoder, Message, MessageTooLargeError

_SILENCE_S = 60.0
_TRANSPORT_EVENTS = frozenset({"snapshot"})
"""Messages that belong to the connection and not to the run."""


@dataclass(slots=True)
class CheckedStream:
    """What was found: how many events there were, and every violation in order."""

    events: int = 0
    violations: list[Violation] = field(default_factory=list)


class StreamChecker:
    """Checks a stream from its messages or lines. What is not an event at all breaks the rule of the clean subset."""

    def __init__(self) -> None:
        self._checker = Checker()
        self._decoder = Decoder()
        self._result = CheckedStream()

    def feed(self, data: bytes) -> None:
        """Some more bytes of an event stream. Raises ``MessageTooLargeError``."""
        self._take(self._decoder.feed(data))

    def text(self, text: str, hint: str | None = None) -> None:
        """One event as JSON; ``hint`` names its type where it does not."""
        self._result.events += 1
        try:
            event = parse_event(text, hint)
        except EventError as error:
            # Its seq is not known, so that the order is judged from the events beside it.
            self._result.violations.append(
                Violation("clean-subset", 0, f"Message {self._result.events} is not an event ({error}).")
            )
            return
        self._result.violations += self._checker.feed(event)

    def close(self) -> CheckedStream:
        """The end of the stream: all that was found."""
        self._take(self._decoder.close())
        self._result.violations += self._checker.close()
        return self._result

    def _take(self, messages: list[Message]) -> None:
        for message in messages:
            if message.event not in _TRANSPORT_EVENTS:
                self.text(message.data, None if message.event == "message" else message.event)


def check_bytes(data: bytes) -> CheckedStream:
    """Check a recording, a captured event stream, or events as JSON lines. Raises ``BadInput`` for anything else."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    checker = StreamChecker()
    if not start.startswith(b"{"):
        return _check_capture(data, checker)
    first = start.partition(b"\n")[0]
    if b'"playhead"' in first:
        try:
            recording = parse_recording(data)
        except RecordingError as error:
            raise BadInput(str(error)) from error
        return CheckedStream(len(recording.events), check(recording.events))
    for line in start.split(b"\n"):
        if line.strip():
            checker.text(line.decode("utf-8", "replace"))
    return checker.close()


def _check_capture(data: bytes, checker: StreamChecker) -> CheckedStream:
    try:
        checker.feed(data)
    except MessageTooLargeError as error:
        raise BadInput(str(error)) from error
    result = checker.close()
    if result.events == 0:
        raise BadInput(
            "There are no events in it: expected a recording, a captured event stream, or events as JSON lines."
        )
    return result


async def check_url(url: str) -> CheckedStream:
    """Check what the address streams, on one connection, to its end. Raises ``BadInput`` where it streams nothing.

    A connection that breaks, or is silent for a minute, ends the stream like any other end: without ``done`` a rule
    is broken.
    """
    checker = StreamChecker()
    timeout = httpx2.Timeout(_SILENCE_S, connect=3.0, pool=None)
    headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
    begun = False
    try:
        async with (
            transport_failures(url),
            new_http() as http,
            http.stream("GET", url, headers=headers, timeout=timeout) as response,
        ):
            if response.status_code != 200:
                raise await problem_of(response)
            if other := other_answer(response):
                raise BadInput(other)
            begun = True
            async for chunk in response.aiter_bytes():
                checker.feed(chunk)
    except (ProblemError, BackendGone, MessageTooLargeError) as error:
        if not begun or isinstance(error, MessageTooLargeError):
            raise BadInput(str(error)) from error
    return checker.close()
