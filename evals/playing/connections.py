"""Plays one run over the connections that its scenario asks for, all of them on the measuring path.

Most runs take one: the answer to their POST. A run read over ``GET …/events`` takes a POST that only starts it and then
the stream; a run that is cut takes one more connection for each cut; a run that is cancelled takes one that carries the
cancel. The events of a disturbed run are read as they come, right after their stamp, to notice the chosen one; nothing
else is read until all runs are over.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter_ns

import h11

from backend.protocol.sse import MessageTooLargeError
from evals.playing.target import Play
from evals.suites.disturbance import Cancel
from evals.wire.arrivals import AnswerReader, Arrivals, get_request, post_request
from evals.wire.exchange import Address, Capture, exchange
from evals.wire.message_end import message_end

RUNS_PATH = "/v1/runs"

_LEAST_S = 0.01


@dataclass(frozen=True, slots=True)
class RunConnection:
    """One connection that carried a part of the run. ``kept`` is the number of its events that count: the events after
    the chosen one in the same bytes are lost, as a cut on the way would have lost them. None = all."""

    capture: Capture
    kept: int | None = None


@dataclass(slots=True)
class Connections:
    """The captures of a run's connections: ``parts`` carried the run, in order, and the first one's request starts it.

    ``cancel`` is the exchange that carried the cancel. ``log`` is the run's whole log, read without a cut after its
    end, as a later reader sees it.
    """

    parts: list[RunConnection] = field(default_factory=list)
    cancel: Capture | None = None
    log: Capture | None = None

    @classmethod
    def one(cls, capture: Capture) -> "Connections":
        """A run that came whole over one connection."""
        return cls([RunConnection(capture)])

    @property
    def first(self) -> Capture:
        """The capture of the connection whose request started the run."""
        return self.parts[0].capture


async def play_run(play: Play, address: Address, deadline_s: float) -> Connections:
    """Play the run to its end, or to ``deadline_s`` seconds after its request. Never raises for faults of the
    server."""
    if play.scenario.comes_whole:
        request = post_request(address, RUNS_PATH, _body(play))
        return Connections.one(await exchange(address, request, deadline_s, over=message_end))
    under_way = _RunUnderWay(play, address, deadline_s)
    await under_way.play()
    return under_way.connections


def _body(play: Play) -> dict[str, object]:
    options = {"speed": play.scenario.speed, "seed": play.scenario.seed, "on_abandon": "cancel"}
    return {"question": play.question, "agent": play.scenario.agent, "options": options}


def run_path(headers: dict[str, str]) -> str:
    """The path of the run in the head of an answer; empty if there is none."""
    run_id = headers.get("playhead-run-id") or headers.get("location", "").rstrip("/").rpartition("/")[2]
    return f"{RUNS_PATH}/{run_id}" if run_id else ""


class _RunUnderWay:
    """A run under way that takes more than one connection."""

    def __init__(self, play: Play, address: Address, deadline_s: float) -> None:
        self.connections = Connections()
        self._play = play
        self._address = address
        self._deadline_s = deadline_s
        self._began_ns = perf_counter_ns()
        self._first = Capture()
        self._seen = 0
        self._cursor = ""
        self._path = ""
        self._named = asyncio.Event()
        self._cancel_due = asyncio.Event()

    async def play(self) -> None:
        async with self._cancelling():
            await self._stream()
        if self._path and (self.connections.cancel or self._play.scenario.cut):
            self.connections.log = await self._exchange(get_request(self._address, f"{self._path}/events"))

    async def _stream(self) -> None:
        cuts = iter(self._play.scenario.cut.after_events if self._play.scenario.cut else ())
        if self._play.scenario.transport == "events":
            started = await self._exchange(self._post("application/json"), _Listener(self, None))
            self.connections.parts.append(RunConnection(started, 0))
            if not self._path:
                return
            request = get_request(self._address, f"{self._path}/events")
        else:
            request = self._post("text/event-stream")
        while True:
            cut = next(cuts, None)
            listener = _Listener(self, None if cut is None else cut - self._seen)
            capture = await self._exchange(request, listener)
            kept = None if capture.hung_up_ns is None else listener.wanted
            self.connections.parts.append(RunConnection(capture, kept))
            if kept is None or not self._path:
                return
            self._seen += kept
            self._cursor = listener.arrivals.ids[kept - 1]
            request = get_request(self._address, f"{self._path}/events", self._cursor)

    @asynccontextmanager
    async def _cancelling(self) -> AsyncIterator[None]:
        """The cancel is sent while the body runs, if the run has got to its moment by then."""
        cancel = self._play.scenario.cancel
        if cancel is None:
            yield
            return
        sending = asyncio.create_task(self._cancel(cancel), name="cancel")
        try:
            yield
            if self.connections.cancel is None and self._cancel_due.is_set():
                await sending
        finally:
            sending.cancel()
            await asyncio.wait([sending])

    async def _cancel(self, cancel: Cancel) -> None:
        await self._named.wait()
        if cancel.at_ms is None:
            await self._cancel_due.wait()
        else:
            sent_ns = self._first.sent_ns or self._began_ns
            await asyncio.sleep(cancel.at_ms / 1000 - (perf_counter_ns() - sent_ns) / 1e9)
            self._cancel_due.set()
        self.connections.cancel = await self._exchange(
            post_request(self._address, f"{self._path}/cancel", None, "application/json")
        )

    def _post(self, accept: str) -> bytes:
        return post_request(self._address, RUNS_PATH, _body(self._play), accept)

    async def _exchange(self, request: bytes, heard: "_Listener | None" = None) -> Capture:
        left_s = self._deadline_s - (perf_counter_ns() - self._began_ns) / 1e9
        capture = Capture() if self._first.sent_ns else self._first
        return await exchange(self._address, request, max(_LEAST_S, round(left_s, 3)), heard, capture, message_end)

    def named(self, path: str) -> None:
        """The run's path is known."""
        self._path = path
        self._named.set()

    def came(self, events: int) -> None:
        """So many events have come on this connection."""
        cancel = self._play.scenario.cancel
        if cancel is not None and cancel.after_events is not None and self._seen + events >= cancel.after_events:
            self._cancel_due.set()


class _Listener:
    """Reads one connection of a disturbed run as it comes, and hangs up after the ``wanted``-th event."""

    def __init__(self, run: _RunUnderWay, wanted: int | None) -> None:
        self.arrivals = Arrivals()
        self.wanted = wanted
        self._run = run
        self._reading = AnswerReader(self.arrivals)
        self._readable = True

    def __call__(self, stamp: int, data: bytes) -> bool:
        """Return True to hang up after these bytes."""
        if not self._readable:
            return False
        try:
            self._reading.feed(data, stamp)
        except (h11.RemoteProtocolError, MessageTooLargeError):
            # The reason is given when the run is scored.
            self._readable = False
        path = run_path(self.arrivals.headers)
        if path:
            self._run.named(path)
        self._run.came(len(self.arrivals.events))
        return self.wanted is not None and len(self.arrivals.events) >= self.wanted
