"""Runs and conversations as the backend answers them. Fields it may add later are ignored: a newer one can be read."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from backend.protocol.attachments import AttachmentNote
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import Outcome
from backend.protocol.options import RunOptions
from backend.protocol.roles import Role
from backend.protocol.run_view import RunView


class Reply(BaseModel):
    """A frozen answer of the backend."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class StartedRun(Reply):
    """A run that was accepted. ``links`` are paths by name, such as ``events``.

    ``message_id`` is set where the question became a message to the active run ``run_id``: see ``when_busy``.
    """

    run_id: str
    session_id: str = ""
    links: dict[str, str] = Field(default_factory=dict)
    message_id: str | None = None
    mode: Literal["steer", "queue"] | None = None


class KnownFile(AttachmentNote):
    """A file of a question. ``file_id`` is empty where it may not be attached again, as that of a shared run."""

    file_id: str = ""


class RunSummary(Reply):
    """What is known of a run beside its events. ``created_at`` is ISO 8601; ``outcome`` None = it runs."""

    run_id: str
    session_id: str = ""
    question: str = ""
    agent: str = ""
    options: RunOptions = Field(default_factory=RunOptions)
    created_at: str = ""
    attempt: int = 1
    outcome: Outcome | None = None
    last_seq: int = 0
    duration_ms: float | None = None
    """How long the run took; None until it has ended."""
    ttft_ms: float | None = None
    """When its first token came, in milliseconds since it was accepted; None where none came, or until it has ended."""
    cancel_requested: bool = False
    attachments: tuple[KnownFile, ...] = ()
    worker: str | None = None
    """The worker that ran it, where the backend has many machines."""

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return self.outcome is not None


class RunsPage(Reply):
    """Past runs, newest first. ``next`` is what ``before`` takes for the runs behind them, None at the end."""

    runs: tuple[RunSummary, ...] = ()
    next: str | None = None


class RunState(RunSummary):
    """A run with its folded view. ``cursor`` stands at the last event in it: following from there misses nothing. Of a
    shared run ``run_id`` is the share's id and ``session_id`` is empty."""

    cursor: Annotated[Cursor, BeforeValidator(lambda text: Cursor.parse(text) if isinstance(text, str) else text)] = (
        START
    )
    view: RunView


class SessionSummary(Reply):
    """A conversation; ``title`` is its first question until it is renamed. Times are ISO 8601 in UTC."""

    session_id: str
    title: str = ""
    created_at: str = ""
    updated_at: str = ""


class SessionState(SessionSummary):
    """A conversation with its runs in order. ``own``: whether the caller's token began it."""

    runs: tuple[RunSummary, ...] = ()
    own: bool = False


class Sessions(Reply):
    """Conversations, the latest first."""

    sessions: tuple[SessionSummary, ...]


class SignedInCaller(Reply):
    """The caller as the backend knows it: the name of the token, and its role. Without tokens everybody is host."""

    name: str = ""
    role: Role = "host"
