"""A backend's past runs without a socket: away, unwilling or slow when a test says so."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

from backend.client.agent_replies import OfferedAgent, Readiness
from backend.client.errors import BackendGone, ClientError, ProblemError
from backend.client.history import OutcomeWanted
from backend.client.replies import RunsPage, RunSummary, SessionState, SessionSummary, SignedInCaller
from backend.client.review_replies import Feedback
from backend.protocol.events import DoneEvent, KnownEvent, Outcome, TokenEvent, stamp
from backend.protocol.inputs import GivenPerson, Person
from backend.protocol.recordings import RecordingHeader, recording_lines
from backend.protocol.roles import Role
from tests.fakes import turn

REFUSED = ProblemError(507, "disk-full", "The disk is full.")


@dataclass
class HeldCall:
    """A call that is answered once a test lets it."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class FakeHistory:
    """Implements the calls of ``RunSearch``, ``RunActions``, ``Sharing`` and ``RunFeedback``."""

    def __init__(self) -> None:
        self._added = 0
        self.away = False
        self.forged = False
        """Whether the tickets of people are another server's."""
        self.asked = asyncio.Event()
        """Set once it was asked while it was away whether it is ready."""
        self.trials = 0
        """How often it was asked whether it is ready while it was away."""
        self.back_after: int | None = None
        """The trial at which it is there again by itself."""
        self.refusals: dict[str, ClientError] = {}
        """What a call of that name is answered with."""
        self.held: dict[str, HeldCall] = {}
        """Calls of that name are held."""
        self.calls: list[tuple[Any, ...]] = []
        """Name and arguments of each call, but for those that ask for readiness."""
        self.past: list[RunSummary] = []
        """The oldest first."""
        self.titles: dict[str, str] = {}
        self.offers = (OfferedAgent(agent="reports", title="Annual reports"), OfferedAgent(agent="scripted:brief"))
        self.role: Role = "host"
        """The reader's."""
        self.own = False
        """Whether the reader began the conversations."""
        self.given: list[Feedback] = []
        """The run behind each share."""

    def add(
        self, question: str, *, agent: str = "reports", outcome: Outcome | None = "completed", session: str = ""
    ) -> str:
        """One more run, the newest of all; gives its id."""
        self._added += 1
        run_id = f"run_{self._added}"
        session_id = session or f"session_{run_id}"
        self.past.append(
            RunSummary(run_id=run_id, session_id=session_id, question=question, agent=agent, outcome=outcome)
        )
        self.titles.setdefault(session_id, question)
        return run_id

    def say(self, run_id: str, comment: str) -> None:
        """Somebody's comment on a run."""
        question = self._found(run_id).question
        self.given.append(
            Feedback(feedback_id=f"fb_{len(self.given)}", run_id=run_id, comment=comment, question=question)
        )

    def names(self) -> list[str]:
        """The calls until now; forgets them."""
        names = [name for name, *_ in self.calls]
        self.calls.clear()
        return names

    async def ready(self) -> Readiness:
        await turn()
        if self.away:
            self.trials += 1
            self.asked.set()
            self.away = self.trials != self.back_after
        if self.away:
            raise _gone()
        return Readiness()

    async def runs(
        self, *, text: str, agent: str, outcome: OutcomeWanted, session_id: str, limit: int, before: str
    ) -> RunsPage:
        await self._answer("runs", text, agent, outcome, session_id, limit, before)
        fitting = [
            run
            for run in reversed(self.past)
            if text.lower() in run.question.lower()
            and agent in ("", run.agent)
            and outcome in ("", run.outcome or "running")
            and session_id in ("", run.session_id)
        ]
        start = int(before or 0)
        page = tuple(fitting[start : start + limit])
        return RunsPage(runs=page, next=str(start + limit) if len(fitting) > start + limit else None)

    async def run(self, run_id: str) -> RunSummary:
        await self._answer("run", run_id)
        return self._found(run_id)

    async def session(self, session_id: str) -> SessionState:
        await self._answer("session", session_id)
        runs = tuple(run for run in self.past if run.session_id == session_id)
        if not runs:
            raise _unknown()
        return SessionState(session_id=session_id, title=self.titles[session_id], runs=runs, own=self.own)

    async def sessions(self, limit: int) -> tuple[SessionSummary, ...]:
        await self._answer("sessions", limit)
        known = {run.session_id: None for run in reversed(self.past)}
        return tuple(SessionSummary(session_id=name, title=self.titles[name]) for name in known)[:limit]

    async def me(self) -> SignedInCaller:
        await self._answer("me")
        return SignedInCaller(role=self.role)

    async def agents(self) -> tuple[OfferedAgent, ...]:
        await self._answer("agents")
        return self.offers

    async def feedback(self, run_id: str | None = None) -> tuple[Feedback, ...]:
        await self._answer("feedback", run_id)
        if run_id is not None:
            self._found(run_id)
        return tuple(item for item in self.given if run_id in (None, item.run_id))

    async def feedback_csv(self) -> bytes:
        await self._answer("feedback_csv")
        return "\r\n".join(item.comment for item in self.given).encode()

    async def give_feedback(
        self,
        run_id: str,
        *,
        thumb: Literal["up", "down"] | None,
        comment: str,
        at_ms: float | None,
        by: GivenPerson | None,
        reply_to: str | None,
    ) -> Feedback:
        await self._answer("give_feedback", run_id, thumb, comment, at_ms)
        if self.forged and by is not None and by.id is not None:
            raise ProblemError(403, "forged-participant", "Not signed.")
        said = Feedback(feedback_id="fb", run_id=run_id, thumb=thumb, comment=comment, at_ms=at_ms, reply_to=reply_to)
        self.given.append(said.model_copy(update={"by": None if by is None else Person(name=by.name)}))
        return self.given[-1]

    async def recording(self, run_id: str) -> bytes:
        await self._answer("recording", run_id)
        run = self._found(run_id)
        drafts: list[KnownEvent] = [TokenEvent(text="An answer."), DoneEvent()]
        events = [stamp(event, seq, seq * 10.0) for seq, event in enumerate(drafts, 1)]
        header = RecordingHeader(run_id=run_id, question=run.question, agent=run.agent)
        return "".join(recording_lines(header, events)).encode()

    async def rename_session(self, session_id: str, title: str) -> SessionSummary:
        await self._answer("rename_session", session_id, title)
        self.titles[session_id] = title
        return SessionSummary(session_id=session_id, title=title)

    async def delete_run(self, run_id: str) -> None:
        await self._answer("delete_run", run_id)
        self.past.remove(self._found(run_id))

    async def delete_session(self, session_id: str) -> None:
        await self._answer("delete_session", session_id)
        self.past = [run for run in self.past if run.session_id != session_id]

    async def _answer(self, *call: Any) -> None:
        name = call[0]
        self.calls.append(call)
        await turn()
        if name in self.held:
            self.held[name].reached.set()
            await self.held[name].answered.wait()
        if self.away:
            raise _gone()
        if name in self.refusals:
            raise self.refusals[name]

    def _found(self, run_id: str) -> RunSummary:
        found = [run for run in self.past if run.run_id == run_id]
        if not found:
            raise _unknown()
        return found[0]


def _gone() -> BackendGone:
    return BackendGone("Nobody answers.")


def _unknown() -> ProblemError:
    return ProblemError(404, "unknown-run", "There is no such run.")
