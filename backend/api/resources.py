"""Runs, conversations and recordings as the API takes and gives them as JSON, beside events and views."""

from pydantic import BaseModel, ConfigDict, Field

from backend.protocol.attachments import MAX_ATTACHMENTS, Attachment
from backend.protocol.events import Outcome
from backend.protocol.inputs import GivenPerson
from backend.protocol.options import RunOptions, WhenBusy
from backend.protocol.run_view import RunView
from backend.protocol.sendable import Text
from backend.runs.records import RunRecord, SessionRecord

USUAL_AGENT = "documents"
"""The agent of a run that names none."""


class NewRun(BaseModel):
    """A question for an agent. A field that is not listed here is refused."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"question": "Is NVIDIA's customer concentration risk rising?", "agent": "documents"},
                {"question": "Show me", "agent": "scripted:happy_path", "options": {"speed": 4, "seed": 7}},
            ]
        },
    )

    question: Text = Field(description="At most 16,384 bytes of UTF-8, without NUL.")
    agent: Text = Field(default=USUAL_AGENT, description="A name that GET /v1/agents lists, or recording:<id>.")
    session_id: Text | None = Field(default=None, description="The conversation to continue; without it, a new one.")
    options: RunOptions = Field(default_factory=RunOptions)
    attachments: list[Text] = Field(
        default_factory=list,
        description=f"Ids of files that POST /v1/files took, at most {MAX_ATTACHMENTS}: new ones, or those of this "
        "conversation.",
    )
    when_busy: WhenBusy = Field(
        default="beside",
        description="While a run of this conversation is active: `beside` = run as well; `queue` = be its next "
        "question; `reject` = 409; `interrupt` = cancel it, keeping its partial answer, and run; `steer` = be a "
        "message to it.",
    )
    by: GivenPerson | None = Field(default=None, description="Who asks, where the question becomes a message.")


class RunLinks(BaseModel):
    """Where a run is: paths, or addresses where the operator named the server's public one."""

    self: str
    events: str
    cancel: str
    recording: str

    @classmethod
    def of(cls, run_id: str, base: str = "") -> "RunLinks":
        """The links of the run of that id. ``base`` is the address or the path below which the API is reached."""
        path = f"{base}/v1/runs/{run_id}"
        return cls(self=path, events=f"{path}/events", cancel=f"{path}/cancel", recording=f"{path}/recording")


class AcceptedRun(BaseModel):
    """A run that was accepted and continues whether somebody watches it or not."""

    run_id: str
    session_id: str
    links: RunLinks


class RunSummaryReply(BaseModel):
    """A run without what it sent. ``outcome`` is null while it runs; ``created_at`` is ISO 8601 in UTC."""

    run_id: str
    session_id: str
    question: str
    agent: str
    options: RunOptions
    created_at: str
    attempt: int
    outcome: Outcome | None
    last_seq: int
    duration_ms: float | None = Field(description="How long it took; null while it runs.")
    ttft_ms: float | None = Field(description="When its first token came; null if none did, and while it runs.")
    cancel_requested: bool
    attachments: list[Attachment]
    worker: str | None = Field(
        default=None, description="The worker that ran it, on many machines: the name that it prints at its start."
    )
    links: RunLinks

    @classmethod
    def of(cls, record: RunRecord, base: str = "") -> "RunSummaryReply":
        """The summary of a record. ``base``: see ``RunLinks.of``."""
        return cls(
            run_id=record.run_id,
            session_id=record.session_id,
            question=record.question,
            agent=record.agent,
            options=record.options,
            created_at=record.created_at,
            attempt=record.attempt,
            outcome=record.outcome,
            last_seq=record.last_seq,
            duration_ms=record.duration_ms,
            ttft_ms=record.ttft_ms,
            cancel_requested=record.cancel_requested,
            attachments=list(record.attachments),
            worker=record.worker or None,
            links=RunLinks.of(record.run_id, base),
        )


class RunNow(RunSummaryReply):
    """A run and what its watchers see at this moment. Following its events from ``cursor`` misses nothing."""

    cursor: str = Field(examples=["1-42"])
    view: RunView


class RunList(BaseModel):
    """Runs of all conversations, the latest first. ``next`` is where the list continues, or null at its end."""

    runs: list[RunSummaryReply]
    next: str | None = Field(description="Send it as `before` for the runs after these.")


class CancelledRun(BaseModel):
    """What became of a request to cancel. ``outcome`` is null while the run is being stopped."""

    run_id: str
    outcome: Outcome | None


class SessionSummaryReply(BaseModel):
    """A conversation without its runs. Its title is its first question until it gets another; times are ISO 8601 in
    UTC."""

    session_id: str
    title: str
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, record: SessionRecord) -> "SessionSummaryReply":
        """The summary of a record."""
        return cls.model_validate(record, from_attributes=True)


class NewTitle(BaseModel):
    """Another title for a conversation."""

    model_config = ConfigDict(extra="forbid")

    title: Text = Field(description="At most 200 characters; line breaks become spaces.")


class SessionList(BaseModel):
    """Conversations, the latest first."""

    sessions: list[SessionSummaryReply]


class SessionReply(SessionSummaryReply):
    """A conversation and its runs, in order."""

    runs: list[RunSummaryReply]
    own: bool = Field(description="Whether the caller's own token began it; without tokens it always did.")


class DeletedSessions(BaseModel):
    """How many conversations were deleted."""

    deleted: int


class ImportAnswer(BaseModel):
    """A recording that was taken. A warning says how its end is missing, where it is."""

    recording_id: str
    agent: str = Field(description="The agent's name in requests.", examples=["recording:rec_8YvBtm3zQd2l5dYw0u1P4A"])
    question: str
    recorded_agent: str = Field(description="The agent that was recorded.")
    events: int
    warnings: list[str]
