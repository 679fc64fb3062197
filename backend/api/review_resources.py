"""What the API takes and gives as JSON about feedback and shares."""

from dataclasses import asdict
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.api.resources import RunNow
from backend.protocol.attachments import AttachmentNote
from backend.protocol.events import Outcome
from backend.protocol.inputs import GivenPerson, Person
from backend.protocol.options import RunOptions
from backend.protocol.roles import Role
from backend.protocol.run_view import RunView
from backend.protocol.sendable import Text
from backend.runs.records import RunRecord
from backend.runs.review import Compared, FeedbackRecord, Preferred, ShareRecord, Thumb


class NewPreference(BaseModel):
    """A vote: how the run compares with another run."""

    model_config = ConfigDict(extra="forbid")

    run_id: Text = Field(max_length=200)
    verdict: Preferred


class PreferenceReply(BaseModel):
    """A vote, with the agent of the other run; ``revealed``: who gave this showed the room the names of both agents."""

    model_config = ConfigDict(from_attributes=True)

    run_id: str
    agent: str
    verdict: Compared


class AgentVotes(BaseModel):
    """How often each of two agents was better, in the order of their names."""

    first_agent: str
    second_agent: str
    first: int
    second: int
    same: int


class VoteList(BaseModel):
    """The votes, counted for every two agents: of one person on one pair of runs, the latest."""

    pairs: list[AgentVotes]


LONGEST_SHARE_S: Final = 366 * 24 * 3600
"""The longest time after which a link may expire."""


class NewFeedback(BaseModel):
    """What somebody thinks of a run: a thumb, a comment, or both. A field that is not listed here is refused."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"thumb": "down", "comment": "Which quarter is this?", "at_ms": 3200}]},
    )

    thumb: Thumb | None = None
    comment: Text = Field(default="", description="At most 4,000 characters.")
    at_ms: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="The moment of the run it is about, in milliseconds since the run was accepted; "
        "left out, the run as a whole.",
    )
    by: GivenPerson | None = Field(default=None, description="Who says it.")
    preference: NewPreference | None = Field(default=None, description="A vote: how it compares with another run.")
    reply_to: Text | None = Field(
        default=None, max_length=100, description="The `feedback_id` on the same run that this answers."
    )


class FeedbackReply(BaseModel):
    """What somebody thinks of a run, with the run's question and agent. ``created_at`` is ISO 8601 in UTC."""

    feedback_id: str
    run_id: str
    thumb: Thumb | None
    comment: str
    at_ms: float | None
    created_at: str
    question: str
    agent: str
    by: Person | None = None
    reply_to: str | None = None
    preference: PreferenceReply | None = None

    @classmethod
    def of(cls, record: FeedbackRecord) -> "FeedbackReply":
        """The feedback of a record."""
        return cls.model_validate(record, from_attributes=True)


class CommentReply(BaseModel):
    """Feedback as a room sees it: without what would lead from a share to another run."""

    feedback_id: str
    thumb: Thumb | None
    comment: str
    at_ms: float | None
    created_at: str
    by: Person | None
    reply_to: str | None

    @classmethod
    def of(cls, record: FeedbackRecord) -> "CommentReply":
        """The feedback of a record."""
        return cls.model_validate(record, from_attributes=True)


class FeedbackList(BaseModel):
    """Feedback in the order in which it was given."""

    feedback: list[FeedbackReply]


class ShareReply(BaseModel):
    """A link to a run or a conversation: anyone with ``share_id`` may do there what the role allows, and nothing
    elsewhere. ``expires_at`` is ISO 8601 in UTC; null = until it is withdrawn."""

    share_id: str = Field(examples=["share_8YvBtm3zQd2l5dYw0u1P4A"])
    run_id: str | None
    session_id: str | None
    role: Role
    created_at: str
    expires_at: str | None
    by: Person | None = Field(default=None, description="Who made it; null where nobody says.")

    @classmethod
    def of(cls, record: ShareRecord) -> "ShareReply":
        """The share of a record."""
        named = {"run_id": record.run_id or None, "session_id": record.session_id or None}
        return cls.model_validate({**asdict(record), **named})


class NewShare(BaseModel):
    """What a link gives. A field that is not listed here is refused."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"role": "comment", "expires_s": 86400}]}
    )

    role: Literal["view", "comment", "steer", "approve"] = "view"
    expires_s: Annotated[float, Field(gt=0, le=LONGEST_SHARE_S, allow_inf_nan=False)] | None = Field(
        default=None, description="Seconds until the link leads nowhere; left out, until it is withdrawn."
    )
    by: GivenPerson | None = Field(default=None, description="Who makes it.")


class SharedRunSummary(BaseModel):
    """One of the runs that a share shows, by a name that leads to it through the share."""

    run_id: str
    question: str
    agent: str
    created_at: str
    outcome: Outcome | None

    @classmethod
    def of(cls, record: RunRecord, name: str) -> "SharedRunSummary":
        """The summary of a record."""
        agent = shown_agent(record.agent)
        return cls(
            run_id=name, question=record.question, agent=agent, created_at=record.created_at, outcome=record.outcome
        )


class SharedRunList(BaseModel):
    """What a share shows, and what may be done with it."""

    role: Role
    expires_at: str | None
    runs: list[SharedRunSummary]


class ShareList(BaseModel):
    """Shares, the latest first."""

    shares: list[ShareReply]


class SharedLinks(BaseModel):
    """Where a shared run is: paths, or addresses where the operator named the server's public one."""

    self: str
    events: str
    recording: str

    @classmethod
    def of(cls, share_id: str, base: str = "") -> "SharedLinks":
        """The links of the share of that id. ``base`` is the address or the path below which the API is reached."""
        path = f"{base}/v1/shared/{share_id}"
        return cls(self=path, events=f"{path}/events", recording=f"{path}/recording")


class SharedRunReply(BaseModel):
    """A shared run and what its watchers see at this moment: a run's own answer, but its ``run_id`` is the share's id.
    Nothing in it leads to the run itself, to its session or to another run."""

    run_id: str = Field(description="The share's id.", examples=["share_8YvBtm3zQd2l5dYw0u1P4A"])
    question: str
    agent: str
    options: RunOptions
    created_at: str
    attempt: int
    outcome: Outcome | None
    last_seq: int
    duration_ms: float | None
    ttft_ms: float | None
    cancel_requested: bool
    attachments: list[AttachmentNote]
    links: SharedLinks
    cursor: str = Field(examples=["1-42"])
    role: Role = Field(default="view", description="What the share allows.")
    view: RunView

    @classmethod
    def of(cls, now: RunNow, share_id: str, base: str = "") -> "SharedRunReply":
        """The run as the share shows it. ``base``: see ``SharedLinks.of``."""
        told = {name: value for name, value in now if name in cls.model_fields}
        links = SharedLinks.of(share_id, base)
        notes = [each.note for each in now.attachments]
        told |= {"run_id": share_id, "agent": shown_agent(now.agent), "attachments": notes, "links": links}
        return cls(**told)


def shown_agent(agent: str) -> str:
    """The agent's name as a share shows it: the id of the recording it played is not for everybody, since a run's
    recording goes by the run's id."""
    family, _, _ = agent.partition(":")
    return family if family == "recording" else agent
