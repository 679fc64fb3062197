"""What the API takes and gives as JSON about feedback and shares."""

from pydantic import BaseModel, ConfigDict, Field

from backend.api.resources import RunNow, Text
from backend.protocol.attachments import AttachmentNote
from backend.protocol.events import Outcome
from backend.protocol.options import RunOptions
from backend.protocol.run_view import RunView
from backend.runs.review import FeedbackRecord, ShareRecord, Thumb


class NewFeedback(BaseModel):
    """What somebody thinks of a run: a thumb, a comment, or both. A field that is not listed here is refused."""

    model_config = ConfigDict(
        extra="forbid",
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

    @classmethod
    def of(cls, record: FeedbackRecord) -> "FeedbackReply":
        """The feedback of a record."""
        return cls.model_validate(record, from_attributes=True)


class FeedbackList(BaseModel):
    """Feedback in the order in which it was given."""

    feedback: list[FeedbackReply]


class ShareReply(BaseModel):
    """A link to one run: anyone with ``share_id`` may read the run, and nothing else."""

    share_id: str = Field(examples=["share_8YvBtm3zQd2l5dYw0u1P4A"])
    run_id: str
    created_at: str

    @classmethod
    def of(cls, record: ShareRecord) -> "ShareReply":
        """The share of a record."""
        return cls.model_validate(record, from_attributes=True)


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
