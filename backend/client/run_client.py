"""The backend's calls as methods, and the two ways to follow a run: event by event, or frame by frame."""

import json
import uuid
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

import httpx2
from pydantic import TypeAdapter, ValidationError

from backend.client.access import AccessCalls
from backend.client.agent_replies import OfferedAgent, Offers, PlannedRun, Preparation, Readiness
from backend.client.calls import run_path, shown_path
from backend.client.errors import ProblemError
from backend.client.files import FileCalls
from backend.client.followed_run import ConnectionChange, Patience, follow_source
from backend.client.frames import TICK_S, Frame, paced_frames
from backend.client.history import HistoryCalls
from backend.client.http_source import HttpEventSource
from backend.client.replies import RunState, StartedRun
from backend.client.resumption import Arrival, Resumption, StreamItem
from backend.client.review import ReviewCalls
from backend.client.steering import SteeringCalls
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import Event, parse_event
from backend.protocol.inputs import GivenPerson
from backend.protocol.options import RunOptions, WhenBusy
from backend.protocol.run_view import RunView

HEARTBEAT_S = 15.0
"""How often the backend sends a comment on a silent stream."""

_STARTED = TypeAdapter(StartedRun)
_RUN = TypeAdapter(RunState)
_OFFERS = TypeAdapter(Offers)
_PLAN = TypeAdapter(PlannedRun)
_READINESS = TypeAdapter(Readiness)
_PREPARATIONS = TypeAdapter(tuple[Preparation, ...])


class RunClient(HistoryCalls, FileCalls, SteeringCalls, ReviewCalls, AccessCalls):
    """A client of the backend at ``base_url``, such as ``http://127.0.0.1:8750``.

    Cheap to make: it keeps an address and the HTTP client it is given, or the running event loop's shared one
    (``connection.shared_http``). It never closes that client. Every method raises ``ProblemError`` where the
    backend refuses and ``BackendGone`` where nobody answers; both contain one sentence for people.

    Methods that only read (``run``, ``recording``, ``follow``, ``arrivals``, ``frames``) take the id of a share as
    well as that of a run.
    """

    def __init__(
        self, base_url: str, http: httpx2.AsyncClient | None = None, *, heartbeat_s: float = HEARTBEAT_S
    ) -> None:
        super().__init__(base_url, http)
        self._heartbeat_s = heartbeat_s

    async def ready(self) -> Readiness:
        """Whether the backend takes runs now. Raises ``BackendGone`` only where nobody answers."""
        try:
            response = await self._send("GET", "/readyz")
        except ProblemError as problem:
            try:
                under_way = _PREPARATIONS.validate_python(problem.members.get("preparations", ()))
            except ValidationError:
                under_way = ()
            return Readiness(ready=False, sentence=problem.sentence, preparations=under_way)
        return self._read(response, _READINESS)

    async def start_run(
        self,
        question: str,
        agent: str = "documents",
        *,
        session_id: str | None = None,
        options: RunOptions | Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        when_busy: WhenBusy = "beside",
        by: GivenPerson | None = None,
        attachments: Sequence[str] = (),
    ) -> StartedRun:
        """Start a run and return at once. Without a key of the caller's a fresh one is sent, so that the one
        retry after a broken connection cannot start a second run.

        ``when_busy``: while a run of the conversation is active, the new one runs ``beside`` it, is refused
        (``reject``: ``conversation-busy``), takes its place (``interrupt``), or the question becomes a message to it
        (``queue``, ``steer``): then ``message_id`` is set, and ``run_id`` is that of the active run. ``attachments``:
        ids of uploaded files (``upload_file``)."""
        body: dict[str, Any] = {"question": question, "agent": agent, "options": _options(options)}
        if when_busy != "beside":
            body["when_busy"] = when_busy
        if by is not None:
            body["by"] = by.model_dump(exclude_none=True)
        if session_id is not None:
            body["session_id"] = session_id
        if attachments:
            body["attachments"] = list(attachments)
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        return self._read(await self._send("POST", "/v1/runs", json=body, headers=headers), _STARTED)

    async def run(self, run_id: str) -> RunState:
        """The run's record and its view so far."""
        return self._read(await self._send("GET", shown_path(run_id)), _RUN)

    async def cancel(self, run_id: str) -> None:
        """Ask for the run's end; its stream then brings ``done``. A run that had ended stays as it is."""
        await self._send("POST", f"{run_path(run_id)}/cancel")

    async def agents(self) -> tuple[OfferedAgent, ...]:
        """The agents and scenarios on offer."""
        return (await self.offers()).agents

    async def offers(self) -> Offers:
        """The agents and scenarios on offer, and the options that their runs may have."""
        return self._read(await self._send("GET", "/v1/agents"), _OFFERS)

    async def plan(
        self, agent: str, question: str = "", options: RunOptions | Mapping[str, Any] | None = None
    ) -> tuple[Event, ...] | None:
        """The stamped events this agent would send on a perfect machine; None where nobody can know.

        Of the options ``speed``, ``seed`` and ``status_events`` matter. Raises ``ProblemError`` for an unknown agent.
        """
        asked = _options(options)
        params = {name: json.dumps(asked[name]) for name in ("speed", "seed", "status_events") if name in asked}
        path = f"/v1/agents/{quote(agent, safe=':')}/plan"
        try:
            response = await self._send("GET", path, params={"question": question, **params})
        except ProblemError as problem:
            if problem.slug == "no-plan":
                return None
            raise
        return tuple(parse_event(event) for event in self._read(response, _PLAN).events)

    async def recording(self, run_id: str) -> bytes:
        """The run as a recording (JSON lines)."""
        return (await self._send("GET", f"{shown_path(run_id)}/recording")).content

    async def follow(
        self, run_id: str, after: Cursor = START, *, give_up_after_s: float | None = None
    ) -> AsyncGenerator[StreamItem, None]:
        """The run's events after ``after``, each once and in order, over as many connections as it takes.

        Ends with ``done`` and nothing else, except where nothing follows ``after``. Where events were lost on
        the way, a ``SnapshotEvent`` stands for all of them. ``give_up_after_s``: seconds without a working
        connection after which ``BackendGone`` is raised; None = keep trying. Close the iterator
        (``contextlib.aclosing``) to close the connection; the run continues.
        """
        async with aclosing(self.arrivals(run_id, after, give_up_after_s=give_up_after_s)) as arrivals:
            async for arrival in arrivals:
                if not isinstance(arrival, ConnectionChange):
                    yield arrival.item

    def arrivals(
        self, run_id: str, after: Cursor = START, *, give_up_after_s: float | None = None
    ) -> AsyncGenerator[Arrival | ConnectionChange, None]:
        """``follow`` with all that is known: each event with its JSON as sent, and what becomes of the connection."""
        return follow_source(self.source(run_id), Resumption(after), Patience(give_up_after_s))

    async def frames(
        self,
        run_id: str,
        *,
        question: str | None = None,
        give_up_after_s: float | None = None,
        tick_s: float = TICK_S,
    ) -> AsyncGenerator[Frame, None]:
        """The run as views at the pace of a screen, the last one with the whole of it. See ``frames.Frame``.

        ``question`` given (a run just started): follows from the first event. Otherwise the run's record is
        fetched first, so that a reload draws everything so far in one frame. Closing the generator closes the
        connection and cancels nothing.
        """
        if question is None:
            state = await self.run(run_id)
            view, after = state.view, state.cursor
            # A share of a conversation names its latest run, which has another name.
            run_id = state.run_id
            if not view.message.question:
                message = view.message.model_copy(update={"question": state.question})
                view = view.model_copy(update={"message": message})
        else:
            view, after = RunView.start(question), START
        resumption = Resumption(after, finished=view.ended)
        arrivals = follow_source(self.source(run_id), resumption, Patience(give_up_after_s))
        async with aclosing(paced_frames(arrivals, view, tick_s=tick_s)) as frames:
            async for frame in frames:
                yield frame

    def source(self, run_id: str) -> HttpEventSource:
        """Where a run's stream and its snapshot come from, for ``follow_source``."""
        return HttpEventSource(self._http(), self.base_url, self.base_url + shown_path(run_id), self._heartbeat_s)


def _options(options: RunOptions | Mapping[str, Any] | None) -> dict[str, Any]:
    """The options that were set; the backend knows the others' defaults."""
    return options.model_dump(exclude_unset=True) if isinstance(options, RunOptions) else dict(options or {})
