"""A backend for the desk without a socket: away or unwilling when a test says so."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from backend.client.agent_replies import OfferedAgent, Readiness
from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.client.frames import Frame
from backend.client.replies import KnownFile, RunState, RunSummary, SessionState, SignedInCaller, StartedRun
from backend.client.review_replies import RunThroughShare, SharedRuns
from backend.protocol.events import DoneEvent, Event, Outcome, StatusEvent, TokenEvent
from backend.protocol.file_kinds import kind_of_file
from backend.protocol.inputs import STEERING
from backend.protocol.options import RunOptions, WhenBusy
from backend.protocol.recordings import RecordingHeader, recording_lines
from backend.protocol.roles import Role
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from tests.fakes import turn

AGENTS = (
    OfferedAgent(agent="reports", title="Annual reports"),
    OfferedAgent(agent="scripted:brief", title="Brief"),
)
GONE = BackendGone("Nobody answers.")
FULL = ProblemError(429, "too-many-runs", "The server is already running 8 runs, its maximum.")
UNKNOWN = ProblemError(404, "unknown-run", "There is no such run.")


@dataclass
class FakeRun:
    """A run that goes on as a test says."""

    run_id: str
    session_id: str
    question: str
    agent: str
    options: RunOptions
    view: RunView
    attachments: tuple[KnownFile, ...] = ()
    deleted: bool = False
    cancelled: int = 0
    watched_from_the_start: int = 0
    changes: int = 0
    events: list[Event] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, text: str) -> None:
        """One more piece of the answer."""
        self.take(TokenEvent(seq=self.view.stream.last_seq + 1, at_ms=self.view.stream.last_at_ms + 10, text=text))

    def end(self, outcome: Outcome = "completed") -> None:
        """The run is over."""
        seq, at_ms = self.view.stream.last_seq + 1, self.view.stream.last_at_ms + 10
        self.take(DoneEvent(seq=seq, at_ms=at_ms, outcome=outcome))

    def take(self, event: Event) -> None:
        """One more event."""
        self.view = fold(self.view, [event])
        self.events.append(event)
        self.tick()

    def queue(self, text: str, message_id: str) -> None:
        """A question that is asked when this run ends."""
        seq, at_ms = self.view.stream.last_seq + 1, self.view.stream.last_at_ms + 10
        self.take(StatusEvent(seq=seq, at_ms=at_ms, step_id=message_id, step=STEERING, detail=text, mode="queue"))

    def hand_over(self, message_id: str, run_id: str) -> None:
        """The question begins that run."""
        seq, at_ms = self.view.stream.last_seq + 1, self.view.stream.last_at_ms + 10
        status = StatusEvent(step_id=message_id, step=STEERING, state="finished", delivered_to=run_id)
        self.take(status.model_copy(update={"seq": seq, "at_ms": at_ms}))

    def tick(self) -> None:
        """Whoever follows the run gets a frame."""
        self.changes += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed_since(self, changes: int) -> None:
        """Return once there have been more changes or ticks than that."""
        while self.changes <= changes:
            await self._changed.wait()


class FakeBackend:
    """Implements ``QuestionCalls``."""

    def __init__(self) -> None:
        self.away = False
        self.ready_error: ClientError | None = None
        self.refusals: dict[str, ClientError] = {}
        """What a call of that name is answered with."""
        self.offers: tuple[OfferedAgent, ...] = AGENTS
        self.role: Role = "host"
        """Of who asks."""
        self.share_role: Role = "view"
        """What every share allows."""
        self.conversations: dict[str, list[str]] = {}
        """The names of the runs that a share of a conversation shows."""
        self.calls: list[str] = []
        self.runs: dict[str, FakeRun] = {}
        self.keys: dict[str, str] = {}
        """The run that each idempotency key started."""
        self.loses_an_answer = False
        """Whether the next question is accepted, and the connection breaks before the answer."""
        self.files: dict[str, KnownFile] = {}
        """Files that were uploaded and not deleted."""
        self.held: dict[str, asyncio.Event] = {}
        """Calls of that name are answered once the event is set."""

    def named(self, question: str) -> FakeRun:
        """The run that was started last with this question."""
        return [run for run in self.runs.values() if run.question == question][-1]

    def add_run(
        self, question: str, *, session_id: str = "", agent: str = "reports", options: RunOptions | None = None
    ) -> FakeRun:
        """A run that somebody started."""
        name = f"run_{len(self.runs) + 1}"
        run = FakeRun(
            name, session_id or f"session_{name}", question, agent, options or RunOptions(), RunView.start(question)
        )
        self.runs[name] = run
        return run

    async def ready(self) -> Readiness:
        await turn()
        if self.away:
            raise GONE
        if self.ready_error is not None:
            raise self.ready_error
        return Readiness()

    async def me(self) -> SignedInCaller:
        await turn()
        return SignedInCaller(role=self.role)

    async def shared_runs(self, share_id: str) -> SharedRuns:
        await self._answer("shared_runs")
        names = self.conversations.get(share_id.partition(".")[0])
        if names is None:
            self._found(share_id)
            names = [share_id]
        return SharedRuns(role=self.share_role, runs=tuple(RunThroughShare(run_id=name) for name in names))

    async def agents(self) -> tuple[OfferedAgent, ...]:
        await self._answer("agents")
        return self.offers

    async def run(self, run_id: str) -> RunState:
        await self._answer("run")
        run = self._found(run_id)
        shown_session = "" if run_id.startswith("share_") else run.session_id
        return RunState(
            run_id=self.conversations.get(run_id, [run_id])[-1],
            session_id=shown_session,
            question=run.question,
            agent=run.agent,
            options=run.options,
            outcome=run.view.stream.outcome,
            attachments=run.attachments,
            view=run.view,
        )

    async def session(self, session_id: str) -> SessionState:
        await self._answer("session")
        runs = tuple(RunSummary(run_id=run.run_id) for run in self.runs.values() if run.session_id == session_id)
        return SessionState(session_id=session_id, runs=runs)

    async def start_run(
        self,
        question: str,
        agent: str,
        *,
        session_id: str | None,
        options: RunOptions,
        idempotency_key: str,
        when_busy: WhenBusy = "beside",
        attachments: Sequence[str],
    ) -> StartedRun:
        await self._answer("start_run")
        active = [run for run in self.runs.values() if run.session_id == (session_id or "") and not run.view.ended]
        if active and when_busy == "queue" and idempotency_key not in self.keys:
            active[0].queue(question, f"msg_{idempotency_key}")
            return StartedRun(
                run_id=active[0].run_id, session_id=active[0].session_id, message_id=f"msg_{idempotency_key}"
            )
        if idempotency_key not in self.keys:
            run = self.add_run(question, session_id=session_id or "", agent=agent, options=options)
            run.attachments = tuple(self.files[file_id] for file_id in attachments)
            self.keys[idempotency_key] = run.run_id
        run = self.runs[self.keys[idempotency_key]]
        if self.loses_an_answer:
            self.loses_an_answer = False
            raise BackendGone("The connection broke.")
        return StartedRun(run_id=run.run_id, session_id=run.session_id)

    async def upload_file(self, name: str, data: bytes) -> KnownFile:
        await self._answer("upload_file")
        kind = kind_of_file(name, data)
        file = KnownFile(file_id=f"file_{len(self.calls)}", name=name, size=len(data), kind=kind.name)
        self.files[file.file_id] = file
        return file

    async def delete_file(self, file_id: str) -> None:
        await self._answer("delete_file")
        del self.files[file_id]

    async def cancel(self, run_id: str) -> None:
        await self._answer("cancel")
        run = self._found(run_id)
        run.cancelled += 1
        if not run.view.ended:
            run.end("cancelled")

    async def frames(self, run_id: str, *, question: str | None) -> AsyncGenerator[Frame, None]:
        if question is None:
            await self._answer("frames")
        run = self._found(run_id)
        run.watched_from_the_start += question is not None
        sent = len(run.events) if question is None else 0
        while not run.view.ended:
            changes, frame = run.changes, _frame(run, sent)
            sent = len(run.events)
            yield frame
            await run.changed_since(changes)
            self._found(run_id)
        yield _frame(run, sent)

    async def recording(self, run_id: str) -> bytes:
        await self._answer("recording")
        run = self._found(run_id)
        return "".join(recording_lines(RecordingHeader(run_id=run_id, question=run.question), run.events)).encode()

    async def _answer(self, call: str) -> None:
        self.calls.append(call)
        await turn()
        if call in self.held:
            await self.held[call].wait()
        if self.away:
            raise BackendGone(GONE.sentence)
        if call in self.refusals:
            raise self.refusals[call]

    def _found(self, run_id: str) -> FakeRun:
        run = self.runs.get(run_id)
        if run is None or run.deleted:
            raise ProblemError(UNKNOWN.status, UNKNOWN.slug, UNKNOWN.sentence)
        return run


def _frame(run: FakeRun, sent: int) -> Frame:
    """The run's frame for somebody who has had so many of its events."""
    return Frame(run.view, run.view.stream.last_at_ms, urgent=True, events=tuple(run.events[sent:]))
