"""What a watcher of a run sees at one moment, in three parts that are never mixed.

``stream`` is the run as a process, ``message`` the conversation's text and evidence, ``artifacts`` what was made.
Each part has a ``revision`` that grows when there is something new to draw, so that a UI redraws only that.
``stream.last_seq`` moves with every event and counts as nothing to draw.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from tests.protocol.release_0_1.citations import Marker
from tests.protocol.release_0_1.events import (
    OPEN_STATES,
    ArtifactEvent,
    CitationEvent,
    Counts,
    ErrorEvent,
    InputRequest,
    Outcome,
    StepStateName,
    ToolLog,
    WarningEvent,
)

Phase = Literal["connecting", "open", "reconnecting", "ended"]


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
    started_ms: float = 0.0
    ended_ms: float | None = None
    announced: bool = False
    """True if the stream only announced the step, so that the next one ends it."""

    @property
    def is_open(self) -> bool:
        """Whether the step still runs."""
        return self.state in OPEN_STATES


class Gap(State):
    """Events that never came: ``expected`` was due when ``got`` arrived."""

    expected: int
    got: int


class StreamState(State):
    """The run as a process. All ``_ms`` are on the server's clock, milliseconds since the run was accepted."""

    phase: Phase = "connecting"
    steps: tuple[StepView, ...] = ()
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
    counts: Counts | None = None
    usage: dict[str, JsonValue] | None = None
    error: ErrorEvent | None = None
    revision: int = 0


class MessageState(State):
    """The question, the answer as far as it is written, and what supports or weakens it."""

    question: str = ""
    answer: str = ""
    citations: tuple[CitationEvent, ...] = ()
    markers: tuple[Marker, ...] = ()
    pending: tuple[int, ...] = ()
    """Numbers of markers on screen whose citation has not come, in order of first appearance."""
    warnings: tuple[WarningEvent, ...] = ()
    marker_line: int = 0
    """Where the growing line of the answer begins (code points): the search for markers goes on there."""
    marker_in_fence: bool = False
    """Whether that line stands inside a code fence."""
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
