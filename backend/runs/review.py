"""What people add to a run: feedback, and links that show it to others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from backend.protocol.inputs import Person
from backend.protocol.roles import Role
from backend.runs.ids import new_feedback_id, new_share_id
from backend.runs.records import utc_now

Thumb = Literal["up", "down"]


class UnknownShareError(LookupError):
    """No share of that id: it never was, it was revoked, or its run was deleted."""

    def __init__(self, share_id: str) -> None:
        super().__init__(f"There is no share {share_id}.")


Preferred = Literal["better", "worse", "same"]
Compared = Literal["better", "worse", "same", "revealed"]
"""A vote; ``revealed``: from here on everybody sees which agents a blind comparison is of."""


@dataclass(frozen=True, slots=True)
class RunPreference:
    """How a run compares with another one, ``run_id``, of that agent."""

    run_id: str
    agent: str
    verdict: Compared


@dataclass(frozen=True, slots=True)
class FeedbackRecord:
    """What somebody thinks of a run. ``created_at`` is ISO 8601 in UTC; ``at_ms`` is the moment of the run it is
    about, in milliseconds since the run was accepted, or None for the run as a whole."""

    feedback_id: str
    run_id: str
    thumb: Thumb | None
    comment: str
    at_ms: float | None
    created_at: str
    question: str = ""
    """The run's, filled in by the store."""
    agent: str = ""
    """The run's, filled in by the store."""
    idempotency_key: str | None = None
    """The caller's key; the same key again finds this feedback."""
    by: Person | None = None
    """Who said it; None where nobody says."""
    reply_to: str | None = None
    """The feedback on the same run that this answers."""
    preference: RunPreference | None = None
    """A vote: how the run compares with another one."""

    @classmethod
    def given(
        cls,
        run_id: str,
        thumb: Thumb | None,
        comment: str,
        at_ms: float | None = None,
        *,
        key: str | None = None,
        by: Person | None = None,
        reply_to: str | None = None,
        preference: RunPreference | None = None,
    ) -> "FeedbackRecord":
        """Feedback that is given now, under a new id. ``key`` is the caller's idempotency key."""
        record = cls(new_feedback_id(), run_id, thumb, comment, at_ms, utc_now(), idempotency_key=key)
        return replace(record, by=by, reply_to=reply_to, preference=preference)

    def says_the_same(self, other: "FeedbackRecord") -> bool:
        """Whether both are the same opinion of the same run."""
        mine = (self.run_id, self.thumb, self.comment, self.at_ms, self.reply_to, self.preference)
        return mine == (other.run_id, other.thumb, other.comment, other.at_ms, other.reply_to, other.preference)


@dataclass(frozen=True, slots=True)
class ShareRecord:
    """A link to a run, or to a conversation with all its runs, those to come included. Anyone with ``share_id`` may do
    there what the role allows, and nothing elsewhere. ``expires_at`` is ISO 8601 in UTC; None = until it is
    withdrawn."""

    share_id: str
    run_id: str
    """The run; empty where a conversation is shared."""
    created_at: str
    role: Role = "view"
    session_id: str = ""
    """The conversation; empty where a run is shared."""
    expires_at: str | None = None
    by: Person | None = None
    """Who made it; None where nobody says."""

    @classmethod
    def of_run(
        cls, run_id: str, role: Role = "view", expires_s: float | None = None, by: Person | None = None
    ) -> "ShareRecord":
        """A share of the run that is made now, under a new id, for so many seconds."""
        return cls(new_share_id(), run_id, utc_now(), role, expires_at=_after(expires_s), by=by)

    @classmethod
    def of_session(
        cls, session_id: str, role: Role = "view", expires_s: float | None = None, by: Person | None = None
    ) -> "ShareRecord":
        """The same for a conversation."""
        return cls(new_share_id(), "", utc_now(), role, session_id, _after(expires_s), by)

    def ended_at(self, now: str) -> bool:
        """Whether its time is over at that moment, ISO 8601 in UTC with milliseconds."""
        return self.expires_at is not None and self.expires_at <= now

    def is_as(self, other: "ShareRecord") -> bool:
        """Whether one of both is enough: they give the same, and neither expires."""
        mine = (self.run_id, self.session_id, self.role, self.expires_at)
        return self.expires_at is None and mine == (other.run_id, other.session_id, other.role, other.expires_at)


def _after(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


class ReviewStore(Protocol):
    """Keeps what people add to runs, durably. It is part of ``RunStore``: deleting a run or its session
    deletes its feedback and its share as well."""

    async def add_feedback(self, record: FeedbackRecord) -> tuple[FeedbackRecord, bool]:
        """Keep feedback, durably, before returning. Gives (record, True), or, where its idempotency key is known for
        the same opinion, (the earlier record, False). Raises ``UnknownRunError``, ``KeyReusedError`` and
        ``StoreError``."""
        ...

    async def feedback(self, run_id: str | None = None) -> Sequence[FeedbackRecord]:
        """Feedback in the order in which it was given: of one run, or of all. Raises ``UnknownRunError``."""
        ...

    async def share(self, record: ShareRecord) -> tuple[ShareRecord, bool]:
        """Share a run or a conversation, durably. Gives (record, True), or (the earlier record, False) where one share
        is enough (``is_as``). Raises ``UnknownRunError``, ``UnknownSessionError`` and ``StoreError``."""
        ...

    async def shared(self, share_id: str) -> ShareRecord:
        """The share of that id. Raises ``UnknownShareError``, also for one whose time is over."""
        ...

    async def shares(self) -> Sequence[ShareRecord]:
        """Every share that leads somewhere now, the latest first."""
        ...

    async def unshare(self, share_id: str) -> None:
        """Revoke a share, durably. Raises ``UnknownShareError``."""
        ...
