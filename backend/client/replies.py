"""What the backend answers, as models. Fields it may add later are ignored: a newer one can be read."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from backend.protocol.attachments import MAX_ATTACHMENTS, MAX_FILE_BYTES, AttachmentNote
from backend.protocol.cursor import START, Cursor
from backend.protocol.events import Outcome
from backend.protocol.inputs import InputAnswer, Person
from backend.protocol.options import RunOptions
from backend.protocol.roles import Role
from backend.protocol.run_view import Activity, InputView, RunView


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


class SignedInCaller(Reply):
    """The caller as the backend knows it: the name of the token, and its role. Without tokens everybody is host."""

    name: str = ""
    role: Role = "host"


class TakenFiles(Reply):
    """The files that can be attached to an agent's questions. ``max_bytes`` is that of one file."""

    kinds: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    max_bytes: int = MAX_FILE_BYTES
    max_files: int = MAX_ATTACHMENTS


class OfferedAgent(Reply):
    """An agent on offer: the name to run it by and what to say of it. ``examples`` are questions to try."""

    agent: str
    title: str = ""
    description: str = ""
    examples: tuple[str, ...] = ()
    pause: str = "none"
    """What a pause does: ``exact``, ``step``, ``hold``; ``none`` = it cannot be paused."""
    messages: bool = False
    """Whether it reads messages while it works."""
    attachments: TakenFiles | None = None
    """None for an agent that takes no files."""


class AskedInput(InputView):
    """A request, and the milliseconds until it expires; None if it never does, or is not open."""

    remaining_ms: float | None = None


class AskedInputs(Reply):
    """What a run asked of people, in order. ``elapsed_ms`` is the run's clock now, None once it has ended."""

    run_id: str
    activity: Activity = "running"
    elapsed_ms: float | None = None
    inputs: tuple[AskedInput, ...] = ()


class AnsweredInput(Reply):
    """An answer as the log has it, at ``cursor`` at the latest."""

    run_id: str
    input_id: str
    answer: InputAnswer
    cursor: str = ""


class SteeredRunState(Reply):
    """What a run does now. ``mode`` is how its agent pauses: ``exact``, ``step``, ``hold`` or ``none``."""

    run_id: str
    activity: Activity = "running"
    mode: str = "none"
    cursor: str = ""


class SteeredMessage(Reply):
    """A message to a run and what became of it: it is ``waiting``, ``delivered`` (to a step, or to the run that it
    began), ``withdrawn`` or ``returned``."""

    run_id: str
    message_id: str
    text: str = ""
    mode: Literal["steer", "queue"] = "steer"
    state: str = "waiting"
    delivered_to: str | None = None
    cursor: str = ""


class Sessions(Reply):
    """Conversations, the latest first."""

    sessions: tuple[SessionSummary, ...]


class Offers(Reply):
    """The agents that can be run now."""

    agents: tuple[OfferedAgent, ...]


class PlannedRun(Reply):
    """The events a run would send on a perfect machine, as JSON objects."""

    events: tuple[dict[str, Any], ...]


class Preparation(Reply):
    """How far a family of agents is: ``done`` of ``total`` (0 = not known yet) of what ``what`` names."""

    name: str
    state: str = ""
    done: int = 0
    total: int = 0
    what: str = ""


class Readiness(Reply):
    """Whether the backend takes runs. ``sentence`` says why not yet; ``warnings`` are for its operator."""

    ready: bool = True
    sentence: str = ""
    preparations: tuple[Preparation, ...] = ()
    warnings: tuple[str, ...] = ()
