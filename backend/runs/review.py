"""What people add to a run: feedback, and links that show it to others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from backend.runs.ids import new_feedback_id, new_share_id
from backend.runs.records import utc_now

Thumb = Literal["up", "down"]


class UnknownShareError(LookupError):
    """No share of that id: it never was, it was revoked, or its run was deleted."""

    def __init__(self, share_id: str) -> None:
        super().__init__(f"There is no share {share_id}.")


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

    @classmethod
    def given(
        cls, run_id: str, thumb: Thumb | None, comment: str, at_ms: float | None = None, *, key: str | None = None
    ) -> "FeedbackRecord":
        """Feedback that is given now, under a new id. ``key`` is the caller's idempotency key."""
        return cls(new_feedback_id(), run_id, thumb, comment, at_ms, utc_now(), idempotency_key=key)

    def says_the_same(self, other: "FeedbackRecord") -> bool:
        """Whether both are the same opinion of the same run."""
        mine = (self.run_id, self.thumb, self.comment, self.at_ms)
        return mine == (other.run_id, other.thumb, other.comment, other.at_ms)


@dataclass(frozen=True, slots=True)
class ShareRecord:
    """A link to one run. Anyone with ``share_id`` may read the run and nothing else."""

    share_id: str
    run_id: str
    created_at: str

    @classmethod
    def of_run(cls, run_id: str) -> "ShareRecord":
        """A share of the run that is made now, under a new id."""
        return cls(new_share_id(), run_id, utc_now())


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
        """Share a run, durably. Gives (record, True), or (the earlier record, False) for a run that is shared already:
        a run has one share at most. Raises ``UnknownRunError`` and ``StoreError``."""
        ...

    async def shared(self, share_id: str) -> ShareRecord:
        """The share of that id. Raises ``UnknownShareError``."""
        ...

    async def shares(self) -> Sequence[ShareRecord]:
        """Every share there is, the latest first."""
        ...

    async def unshare(self, share_id: str) -> None:
        """Revoke a share, durably. Raises ``UnknownShareError``."""
        ...
