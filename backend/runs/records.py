"""What is known of a run and of a session beside the events."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from backend.access.callers import caller_now
from backend.protocol.attachments import Attachment
from backend.protocol.events import DoneEvent, Outcome
from backend.protocol.options import RunOptions
from backend.runs.ids import new_run_id, new_session_id


def utc_now(timespec: Literal["milliseconds", "microseconds"] = "milliseconds") -> str:
    """The time of day, ISO 8601 in UTC, as records keep it."""
    return datetime.now(UTC).isoformat(timespec=timespec)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as the store keeps it. ``created_at`` is ISO 8601 in UTC; ``outcome`` is None until it has
    ended."""

    run_id: str
    session_id: str
    question: str
    agent: str
    created_at: str
    options: RunOptions = field(default_factory=RunOptions)
    attempt: int = 1
    outcome: Outcome | None = None
    last_seq: int = 0
    duration_ms: float | None = None
    """How long the run took; None until it has ended."""
    ttft_ms: float | None = None
    """When its first token came, in milliseconds since it was accepted; None where none came, or until it has ended."""
    cancel_requested: bool = False
    idempotency_key: str | None = None
    """The caller's key; the same key again finds this run."""
    attachments: tuple[Attachment, ...] = ()
    """The files that were asked with."""
    owner: str = ""
    """The name of the token that it was asked with; empty on a server without tokens."""
    worker: str = ""
    """The worker that ran it last, where a deployment has many; empty on one machine, and until it is taken."""

    @classmethod
    def asked(
        cls,
        question: str,
        agent: str,
        options: RunOptions | None = None,
        *,
        session_id: str | None = None,
        key: str | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> "RunRecord":
        """A run that the caller of this request asks for, under a new id. ``session_id`` is the conversation it
        continues; None begins a new one. ``key`` is the caller's idempotency key."""
        return cls(
            run_id=new_run_id(),
            session_id=session_id or new_session_id(),
            question=question,
            agent=agent,
            options=options or RunOptions(),
            created_at=utc_now(),
            idempotency_key=key,
            attachments=tuple(attachments),
            owner=caller_now().owner,
        )

    @property
    def ended(self) -> bool:
        """Whether ``done`` is in the log."""
        return self.outcome is not None

    def ended_by(self, done: DoneEvent) -> "RunRecord":
        """The record of the run after its end."""
        return replace(
            self, outcome=done.outcome, last_seq=done.seq, duration_ms=duration_ms(done), ttft_ms=done.ttft_ms
        )


def asks_the_same(record: RunRecord, other: RunRecord) -> bool:
    """Whether both ask one agent the same thing, whatever the conversation."""
    mine = (record.question, record.agent, record.options, record.attachments)
    return mine == (other.question, other.agent, other.options, other.attachments)


def duration_ms(done: DoneEvent) -> float:
    """How long the run took that ended with this: as ``done`` says, or else until it came."""
    return done.at_ms if done.latency_ms is None else done.latency_ms


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A conversation: its runs in order. ``title`` is its first question until it gets another; times are ISO 8601 in
    UTC."""

    session_id: str
    title: str
    created_at: str
    updated_at: str
    runs: tuple[RunRecord, ...] = ()

    def began_by(self, owner: str) -> bool:
        """Whether that owner asked its first question; an empty name is nobody's with a token."""
        return bool(self.runs) and self.runs[0].owner == owner
