"""Plays one run over the connections that its scenario asks for, all of them on the measuring path.

Most runs take one: the answer to their POST. A run read over ``GET …/events`` or over the control channel takes a POST
that only starts it and then the stream; a run that is cut takes one more connection for each cut; what is done to a run
takes one for each call, or goes over the control channel. The events of such a run are read as they come, right after
their stamp, to notice the chosen one; nothing else is read until all runs are over.
"""

import asyncio
import json
from contextlib import suppress
from time import perf_counter_ns
from urllib.parse import quote

import h11

from backend.protocol.sse import MessageTooLargeError
from evals.playing.connections import Connections, RunConnection
from evals.playing.steering import PlannedSteering
from evals.playing.target import Play
from evals.wire.arrivals import AnswerReader, Arrivals, NativeBody, get_request, post_request
from evals.wire.control_arrivals import keep_message
from evals.wire.control_channel import ChannelFailed, WireChannel, wire_channel
from evals.wire.exchange import Address, Capture, exchange
from evals.wire.message_end import message_end

RUNS_PATH = "/v1/runs"

_LEAST_S = 0.01


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
    scenario = play.scenario
    options: dict[str, object] = {
        "speed": scenario.speed,
        "seed": scenario.seed,
        "on_abandon": "cancel",
    }
    if play.background:
        # Where runs are queued, nobody waits for an answer behind a suite.
        options["background"] = True
    if scenario.answers:
        options["may_ask"] = True
    return {"question": play.question, "agent": scenario.agent, "options": options}


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
        self._session = ""
        self.steering = PlannedSteering(play.scenario, address, self.connections.calls, self._left_s)

    async def play(self) -> None:
        scenario = self._play.scenario
        async with self.steering.under_way():
            await (self._over_channel() if scenario.transport == "websocket" else self._over_http())
        if self._path and (self.connections.calls or scenario.cut):
            self.connections.log = await self._exchange(get_request(self._address, f"{self._path}/events"))

    def _cuts(self) -> list[int | None]:
        """The events after which the connection is cut; None is the last connection, which is not."""
        cut = self._play.scenario.cut
        return [*(cut.after_events if cut else ()), None]

    async def _start(self) -> bool:
        """Start the run with a POST that carries none of it; gives whether the run is known."""
        started = await self._exchange(self._post("application/json"), _Listener(self, None))
        self.connections.parts.append(RunConnection(started, 0))
        return bool(self._path)

    async def _over_http(self) -> None:
        if self._play.scenario.transport == "events":
            if not await self._start():
                return
            request = get_request(self._address, f"{self._path}/events")
        else:
            request = self._post("text/event-stream")
        for cut in self._cuts():
            listener = _Listener(self, None if cut is None else cut - self._seen)
            capture = await self._exchange(request, listener)
            if not self._keep(capture, listener):
                return
            request = get_request(self._address, f"{self._path}/events", self._cursor)

    async def _over_channel(self) -> None:
        if not await self._start():
            return
        for cut in self._cuts():
            listener = _ChannelListener(self, None if cut is None else cut - self._seen)
            capture = Capture()
            try:
                async with asyncio.timeout(self._left_s()):
                    await self._follow(capture, listener)
            except TimeoutError:
                capture.failure = f"The channel was still open {self._deadline_s:g} s after the request."
            except ChannelFailed as error:
                capture.failure = str(error)
            if not self._keep(capture, listener):
                return

    async def _follow(self, capture: Capture, listener: "_ChannelListener") -> None:
        """Follow the run over one channel until its end, or until the listener hangs up."""
        path = f"/v1/sessions/{quote(self._session, safe='')}/control"
        async with wire_channel(self._address, path, capture, listener) as channel:
            run_id = self._path.rpartition("/")[2]
            followed = await channel.command("follow", run=run_id, after=self._cursor)
            capture.sent_ns = followed.sent_ns
            if followed.status != 200:
                raise ChannelFailed(f"The run cannot be followed: {followed.failure}")
            await self._until_over(channel, nothing_follows=bool(followed.result.get("over")))

    async def _until_over(self, channel: WireChannel, *, nothing_follows: bool) -> None:
        self.steering.carried_by(channel)
        try:
            if not nothing_follows:
                await channel.over.wait()
            if channel.capture.hung_up_ns is None:
                # A command that is due may still be waiting for its reply.
                await self.steering.settled()
        finally:
            self.steering.carried_by(None)

    def _keep(self, capture: Capture, listener: "_Listener | _ChannelListener") -> bool:
        """Keep what a connection carried; gives whether another one continues the run."""
        kept = None if capture.hung_up_ns is None else listener.wanted
        self.connections.parts.append(RunConnection(capture, kept))
        if kept is None or not self._path:
            return False
        self._seen += kept
        self._cursor = listener.arrivals.ids[kept - 1]
        return True

    def _post(self, accept: str) -> bytes:
        return post_request(self._address, RUNS_PATH, _body(self._play), accept)

    def _left_s(self) -> float:
        return max(_LEAST_S, round(self._deadline_s - (perf_counter_ns() - self._began_ns) / 1e9, 3))

    async def _exchange(self, request: bytes, heard: "_Listener | None" = None) -> Capture:
        capture = Capture() if self._first.sent_ns else self._first
        return await exchange(self._address, request, self._left_s(), heard, capture, message_end)

    def named(self, headers: dict[str, str]) -> None:
        """The run is known."""
        self._path = run_path(headers)
        self._session = headers.get("playhead-session-id", "")
        self.steering.named(self._path, self._first.sent_ns or self._began_ns)

    def came(self, arrivals: Arrivals, before: int) -> None:
        """Events have come on this connection, beside the first ``before`` of them."""
        self.steering.came(self._seen + len(arrivals.events), arrivals.events[before:])


class _Listener:
    """Reads one connection of a disturbed run as it comes, and hangs up after the ``wanted``-th event."""

    def __init__(self, run: _RunUnderWay, wanted: int | None) -> None:
        self.arrivals = Arrivals()
        self.wanted = wanted
        self._run = run
        self._reading = AnswerReader(self.arrivals)
        self._readable = True
        self._named = False

    def __call__(self, stamp: int, data: bytes) -> bool:
        """Return True to hang up after these bytes."""
        if not self._readable:
            return False
        before = len(self.arrivals.events)
        try:
            self._reading.feed(data, stamp)
        except (h11.RemoteProtocolError, MessageTooLargeError):
            # The reason is given when the run is scored.
            self._readable = False
        if not self._named and run_path(self.arrivals.headers):
            self._named = True
            self._run.named(self.arrivals.headers)
        self._run.came(self.arrivals, before)
        return self.wanted is not None and len(self.arrivals.events) >= self.wanted


class _ChannelListener:
    """Reads what comes of a run over one channel, and hangs up after the ``wanted``-th event."""

    def __init__(self, run: _RunUnderWay, wanted: int | None) -> None:
        self.arrivals = Arrivals()
        self.wanted = wanted
        self._run = run
        self._body = NativeBody()

    def __call__(self, stamp: int, message: bytes) -> bool:
        """Return True to hang up after this message."""
        before = len(self.arrivals.events)
        # What cannot be read is reported when the run is scored.
        with suppress(ValueError, json.JSONDecodeError):
            keep_message(self.arrivals, self._body, message, stamp)
        self._run.came(self.arrivals, before)
        return self.wanted is not None and len(self.arrivals.events) >= self.wanted
