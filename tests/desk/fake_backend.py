"""A backend in memory, as the desk's ports see one: a test says what happens to its runs, and when it is away."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.client.agent_replies import OfferedAgent, Readiness
from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.client.frames import Frame
from backend.client.replies import RunsPage, RunSummary, SignedInCaller, StartedRun
from backend.protocol.events import Draft, Event, StatusEvent, TokenEvent
from backend.protocol.options import RunOptions
from backend.protocol.recordings import RecordingHeader, recording_lines
from backend.protocol.roles import Role
from backend.protocol.run_view import RunView
from backend.protocol.view import view_at
from tests.metrics.traces import done

GONE = BackendGone("Nobody answers.")
READY = Readiness(ready=True, sentence="", preparations=())


@dataclass
class FakeRun:
    """A run of the backend. Whoever follows it gets a frame at every change."""

    header: RecordingHeader
    events: list[Event] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    lost: ClientError | None = None
    """What everybody who asks for it gets instead."""
    cut: bool = False
    """Whether its stream ends before the run has."""

    async def add(self, *timed: tuple[float, Draft | Event]) -> None:
        """More events, at these times in milliseconds."""
        async with self.changed:
            for at_ms, event in timed:
                self.events.append(event.model_copy(update={"seq": len(self.events) + 1, "at_ms": at_ms}))
            self.changed.notify_all()

    async def lose(self, error: ClientError) -> None:
        """From now on the run cannot be had."""
        async with self.changed:
            self.lost = error
            self.changed.notify_all()

    async def cut_off(self) -> None:
        """End its stream without an end of the run."""
        async with self.changed:
            self.cut = True
            self.changed.notify_all()

    @property
    def ended(self) -> bool:
        return bool(self.events) and self.events[-1].type == "done"

    @property
    def recording(self) -> bytes:
        return "".join(recording_lines(self.header, self.events)).encode()


class FakeBackend:
    """Implements the ports of Replay and Compare."""

    def __init__(self) -> None:
        self.kept: dict[str, FakeRun] = {}
        self.offers: tuple[OfferedAgent, ...] = ()
        self.role: Role = "host"
        """The reader's."""
        self.most_runs = 100
        """Starting one more is refused."""
        self.away_for = 0
        """How often it is asked in vain whether it is there, until it is."""
        self.refusal: ClientError | None = None
        """What lists and offers are answered with instead."""
        self.stubborn = False
        """Whether it refuses to stop runs."""
        self.cancelled: list[str] = []
        self.asked: list[str] = []

    def keep(self, run_id: str, *timed: tuple[float, Draft | Event], agent: str = "documents") -> FakeRun:
        """A run that it has so far."""
        header = RecordingHeader(run_id=run_id, agent=agent, question=f"What of {run_id}?")
        run = self.kept[run_id] = FakeRun(header)
        for at_ms, event in timed:
            run.events.append(event.model_copy(update={"seq": len(run.events) + 1, "at_ms": at_ms}))
        return run

    async def ready(self) -> Readiness:
        if self.away_for:
            self.away_for -= 1
            raise BackendGone("Nobody answers.")
        return READY

    async def runs(self, *, limit: int) -> RunsPage:
        self._answer("runs")
        runs = list(self.kept.items())[::-1][:limit]
        return RunsPage(
            runs=tuple(RunSummary(run_id=run_id, agent=run.header.agent, question=run_id) for run_id, run in runs)
        )

    async def agents(self) -> tuple[OfferedAgent, ...]:
        self._answer("agents")
        return self.offers

    async def me(self) -> SignedInCaller:
        self._answer("me")
        return SignedInCaller(role=self.role)

    async def recording(self, run_id: str) -> bytes:
        self._answer(f"recording of {run_id}", listed=False)
        return self._run(run_id).recording

    async def frames(self, run_id: str) -> AsyncGenerator[Frame, None]:
        self._answer(f"frames of {run_id}", listed=False)
        yield Frame(RunView.start(), 0.0, urgent=True)
        seen = -1
        while True:
            run = self._run(run_id)
            if len(run.events) > seen:
                seen = len(run.events)
                at_ms = run.events[-1].at_ms if run.events else 0.0
                yield Frame(view_at(run.events, at_ms), at_ms, urgent=True)
            if run.ended or run.cut:
                return
            async with run.changed:
                while len(run.events) == seen and not run.cut and run.lost is None:
                    await run.changed.wait()

    async def start_run(
        self, question: str, agent: str, *, session_id: str | None = None, options: Mapping[str, Any] | None = None
    ) -> StartedRun:
        self._answer(f"start {agent}", listed=False)
        if len(self.kept) >= self.most_runs:
            raise ProblemError(429, "too-many-runs", "Wait.")
        run_id = f"run_{len(self.kept) + 1}"
        header = RecordingHeader(
            run_id=run_id, agent=agent, question=question, session_id=session_id or "ses_1",
            options=RunOptions(**(options or {})),
        )  # fmt: skip
        self.kept[run_id] = FakeRun(header)
        return StartedRun(run_id=run_id, session_id=header.session_id)

    async def cancel(self, run_id: str) -> None:
        self._answer(f"cancel {run_id}", listed=False)
        if self.stubborn:
            raise ProblemError(409, "no", f"{run_id} cannot be stopped.")
        self.cancelled.append(run_id)
        if not self._run(run_id).ended:
            await self._run(run_id).add((5000, done(outcome="cancelled")))

    def _answer(self, call: str, *, listed: bool = True) -> None:
        self.asked.append(call)
        if self.away_for:
            raise BackendGone("Nobody answers.")
        if listed and self.refusal is not None:
            raise self.refusal

    def _run(self, run_id: str) -> FakeRun:
        run = self.kept.get(run_id)
        if run is None:
            raise ProblemError(404, "unknown-run", f"There is no run {run_id}.")
        if run.lost is not None:
            raise run.lost
        return run


def step(at_ms: float = 0) -> tuple[float, Event]:
    """The first sign of work."""
    return at_ms, StatusEvent(step_id="s", step="retrieving")


def said(at_ms: float, text: str) -> tuple[float, Event]:
    """A piece of the answer."""
    return at_ms, TokenEvent(text=text)


def over(at_ms: float) -> tuple[float, Event]:
    """The end."""
    return at_ms, done()
