"""What a watcher of a run sees at one moment, in three parts that are never mixed.

``stream`` is the run as a process, ``message`` the conversation's text and evidence, ``artifacts`` what was made.
Each part has a ``revision`` that grows when there is something new to draw, so that a UI redraws only that.
``stream.last_seq`` moves with every event and counts as nothing to draw.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from backend.protocol.events import (
    OPEN_STATES,
    ArtifactEvent,
    CitationEvent,
    Counts,
    ErrorEvent,
    Outcome,
    StepStateName,
    ToolLog,
    WarningEvent,
)
from backend.protocol.inputs import InputAnswer, InputRequest, Person
from backend.protocol.marker_run import MarkerRun

Phase = Literal["connecting", "open", "reconnecting", "ended"]
Activity = Literal["running", "waiting", "paused"]
InputState = Literal["open", "answered", "expired", "closed"]


class State(BaseModel):
    """A frozen part of a view; unknown fields are ignored, so that a newer server can be read."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class StepView(State):
    """One step. Times are milliseconds since the run was accepted; ``ended_ms`` is None while it runs."""

    step_id: str
    step: str
    state: StepStateName
    label: str | None = None
    detail: str | None = None
    progress: float | None = None
    parent_id: str | None = None
    tool: ToolLog | None = None
    request: InputRequest | None = None
    answer: InputAnswer | None = None
    by: Person | None = None
    mode: str | None = None
    delivered_to: str | None = None
    reason: str | None = None
    thought: str = ""
    """What a model thought in it, as far as readers may see that."""
    started_ms: float = 0.0
    ended_ms: float | None = None
    announced: bool = False
    """True if the stream only announced the step, so that the next one ends it."""

    @property
    def is_open(self) -> bool:
        """Whether the step still runs."""
        return self.state in OPEN_STATES


class InputView(State):
    """One request and what became of it. Times are milliseconds since the run was accepted.

    ``closed``: nobody answered, since the run ended before (``reason``), or the stream does not say. ``step_id`` is
    None where the stream only announces its steps.
    """

    input_id: str
    step_id: str | None = None
    step: str
    state: InputState = "open"
    request: InputRequest
    answer: InputAnswer | None = None
    asked_ms: float = 0.0
    ended_ms: float | None = None
    reason: str | None = None


class Gap(State):
    """Events that never came: ``expected`` was due when ``got`` arrived."""

    expected: int
    got: int


class StreamState(State):
    """The run as a process. All ``_ms`` are on the server's clock, milliseconds since the run was accepted.

    ``phase`` is the connection's, ``activity`` the run's until it ends: paused comes before waiting. ``inputs`` are all
    requests to a person, in the order in which they were asked.
    """

    phase: Phase = "connecting"
    activity: Activity = "running"
    steps: tuple[StepView, ...] = ()
    inputs: tuple[InputView, ...] = ()
    attempt: int = 1
    """The attempt that the latest events are of, as far as events say so."""
    last_seq: int = 0
    last_at_ms: float = 0.0
    duplicates: int = 0
    gaps: tuple[Gap, ...] = ()
    first_status_ms: float | None = None
    first_token_ms: float | None = None
    last_token_ms: float | None = None
    token_events: int = 0
    longest_gap_ms: float = 0.0
    outcome: Outcome | None = None
    partial: bool = False
    latency_ms: float | None = None
    waited_ms: float | None = None
    paused_ms: float | None = None
    counts: Counts | None = None
    usage: dict[str, JsonValue] | None = None
    error: ErrorEvent | None = None
    revision: int = 0


class MessageState(State):
    """The question, the answer as far as it is written, and what supports or weakens it."""

    question: str = ""
    answer: str = ""
    citations: tuple[CitationEvent, ...] = ()
    markers: MarkerRun = Field(default_factory=MarkerRun)
    pending: tuple[int, ...] = ()
    """Numbers of markers on screen whose citation has not come, in order of first appearance."""
    warnings: tuple[WarningEvent, ...] = ()
    doubtful_markers: MarkerRun = Field(default_factory=MarkerRun)
    """Brackets that are markers as soon as a citation has their number; those in ``markers`` already are included."""
    marker_line: int = 0
    """Where the search for markers continues (code points): nothing that follows changes what is before it."""
    settled_pending: tuple[int, ...] | None = None
    """Of ``pending`` the numbers of markers before ``marker_line``; None where nobody has counted them."""
    marker_fence: str = ""
    """The signs of the code fence in which that is, if it is in one."""
    revision: int = 0


class ArtifactsState(State):
    """The artifacts in order of first appearance; a later one of the same id stands in the first one's place."""

    items: tuple[ArtifactEvent, ...] = ()
    revision: int = 0


class RunView(State):
    """Everything a watcher sees of one run."""

    stream: StreamState = Field(default_factory=StreamState)
    message: MessageState = Field(default_factory=MessageState)
    artifacts: ArtifactsState = Field(default_factory=ArtifactsState)

    @classmethod
    def start(cls, question: str = "") -> "RunView":
        """The view before the first event."""
        return cls(message=MessageState(question=question))

    @property
    def ended(self) -> bool:
        """Whether ``done`` has come."""
        return self.stream.phase == "ended"

    def with_phase(self, phase: Phase) -> "RunView":
        """The same view in another phase of its connection; an ended run stays ended."""
        if self.ended or self.stream.phase == phase:
            return self
        stream = self.stream.model_copy(update={"phase": phase, "revision": self.stream.revision + 1})
        return self.model_copy(update={"stream": stream})


class SnapshotEvent(State):
    """A whole view in one frame, sent where a cursor cannot be served from the log.

    It belongs to the transport, not to the run: it is in no log and no recording. ``seq`` is the last event
    folded into the view, ``at_ms`` that event's time.
    """

    type: Literal["snapshot"] = "snapshot"
    seq: int = 0
    at_ms: float = 0.0
    view: RunView
