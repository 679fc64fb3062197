"""Feedback and shares, as the backend answers them."""

from typing import Literal

from backend.client.replies import Reply
from backend.protocol.events import Outcome
from backend.protocol.inputs import Person
from backend.protocol.roles import Role


class RunPreferred(Reply):
    """A vote: how the run compares with another run, of that agent."""

    run_id: str
    agent: str = ""
    verdict: Literal["better", "worse", "same"] = "same"


class Feedback(Reply):
    """What somebody thinks of a run. ``at_ms`` is the moment of the run it is about, in milliseconds since the run was
    accepted, None for the run as a whole; ``created_at`` is ISO 8601 in UTC."""

    feedback_id: str
    run_id: str
    thumb: Literal["up", "down"] | None = None
    comment: str = ""
    at_ms: float | None = None
    created_at: str = ""
    question: str = ""
    agent: str = ""
    by: Person | None = None
    reply_to: str | None = None
    preference: RunPreferred | None = None


class Feedbacks(Reply):
    """Feedback in the order in which it was given."""

    feedback: tuple[Feedback, ...]


class Share(Reply):
    """A link to a run or a conversation: anyone with ``share_id`` may do there what the role allows."""

    share_id: str
    run_id: str | None = None
    session_id: str | None = None
    role: Role = "view"
    created_at: str = ""
    expires_at: str | None = None
    by: Person | None = None
    """Who made it; None where nobody says."""


class Shares(Reply):
    """Shares, the latest first."""

    shares: tuple[Share, ...]


class RunThroughShare(Reply):
    """One of the runs that a share shows. ``run_id`` is a name that leads to it through the share."""

    run_id: str
    question: str = ""
    agent: str = ""
    created_at: str = ""
    outcome: Outcome | None = None


class SharedRuns(Reply):
    """What a share shows, in order, and what it allows."""

    role: Role = "view"
    expires_at: str | None = None
    runs: tuple[RunThroughShare, ...] = ()

    @property
    def conversation(self) -> bool:
        """True if it is a share of a conversation, whose runs have names of their own."""
        return any("." in run.run_id for run in self.runs)
