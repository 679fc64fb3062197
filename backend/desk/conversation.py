"""What one tab knows of its conversation, and what follows from it: what may be done and what is said."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from backend.client.frames import Frame
from backend.desk.choices import Choice
from backend.present.pages.conversation import EarlierTurn
from backend.present.pages.notices import error_html
from backend.present.pages.problem import Problem
from backend.present.pages.question_checks import USUAL_AGENT
from backend.protocol.events import Outcome
from backend.protocol.options import RunOptions
from backend.protocol.playback import SPEEDS
from backend.protocol.share_ids import is_share

RUN_SPEEDS: Final = (*SPEEDS, 0.0)
"""Speeds offered for scripted and recorded runs; 0 plays without waiting."""

LONGEST_RUN_S: Final = next(
    float(limit.le) for limit in RunOptions.model_fields["timeout_s"].metadata if hasattr(limit, "le")
)
"""The most seconds after which a question may be made to end."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with the agent it is put to and its options. An empty agent is the one that the page starts with."""

    text: str = ""
    agent: str = ""
    options: RunOptions = field(default_factory=RunOptions)


@dataclass(frozen=True, slots=True)
class FieldValues:
    """What the page's fields are to hold from now on; None leaves a field as it is. ``change`` counts the times that
    the desk has set them: a page fills them once for each."""

    change: int = 0
    question: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class ConversationState:
    """The run that a tab shows, the turns before it, and what is under way. A change makes a new state."""

    turn: int = 0
    """Counts what the page has shown: another number means that nothing drawn so far belongs to this run."""
    asked: AskedQuestion = field(default_factory=AskedQuestion)
    pending: bool = False
    """Whether the question has been asked and not been accepted yet."""
    opening: str = ""
    """The run or share that was named to the page and is not here yet."""
    named: str = ""
    """The run or share that the page's address names, as far as the desk knows."""
    run_id: str = ""
    session_id: str = ""
    frame: Frame | None = None
    """The newest of this run: it is drawn at once after a click, and stays while the backend is away."""
    lost: bool = False
    """Whether the backend refused to let the run be followed to its end."""
    stopping: bool = False
    earlier: tuple[EarlierTurn, ...] = ()
    problem: Problem | None = None
    offered: bool = False
    """Whether the agents on offer have come since the page was opened."""
    choices: tuple[Choice, ...] = ()
    usual: str = USUAL_AGENT
    """The agent that the page starts with."""
    fields: FieldValues = field(default_factory=FieldValues)

    @property
    def shared(self) -> bool:
        """Whether the page is for reading only: its address names a share."""
        return is_share(self.named)

    @property
    def outcome(self) -> Outcome | None:
        """How the run ended; None before that."""
        return self.frame.view.stream.outcome if self.frame is not None else None

    @property
    def ended(self) -> bool:
        """Whether the run is over, and all of it is here."""
        return self.frame is not None and self.frame.view.ended

    @property
    def running(self) -> bool:
        """Whether a question is on its way or its run under way, so that it can be stopped."""
        return self.pending or (bool(self.run_id) and not self.ended and not self.lost)

    @property
    def waiting(self) -> bool:
        """Whether the page waits for the backend to come back."""
        return self.problem is not None and self.problem.passes

    @property
    def settling(self) -> bool:
        """Whether what the page was opened for is on its way: the agents on offer, or the run that was named."""
        return self.problem is None and (bool(self.opening) or not (self.offered or self.shared or self.running))

    @property
    def empty(self) -> bool:
        """Whether nothing has been asked in this conversation."""
        return not (self.asked.text or self.earlier)

    @property
    def may_retry(self) -> bool:
        """Whether what was asked last has not come to a complete answer, and nobody is working on one."""
        return bool(self.asked.text) and not (self.running or self.shared) and self.outcome != "completed"

    @property
    def may_continue(self) -> bool:
        """Whether the run was cut off from outside, with the beginning of an answer kept."""
        return self.may_retry and self.outcome == "interrupted"

    @property
    def moment_ms(self) -> float | None:
        """How far the run is, in milliseconds. None once it is over: then feedback is about the run as a whole."""
        return self.frame.elapsed_ms if self.frame is not None and not self.ended else None

    @property
    def agent(self) -> str:
        """The agent that the page's field names where nobody has chosen one since."""
        return self.asked.agent or self.usual

    @property
    def notice_html(self) -> str:
        """What stands above the answer: trouble, how the run ended, or that there is nothing yet. Safe HTML."""
        if self.problem is not None:
            return self.problem.html
        if self.frame is not None:
            return error_html(self.frame.view)
        return "" if self.pending or self.run_id or self.opening else Problem("empty").html


class Conversation:
    """One tab's memory. It is changed on the event loop only, by ``Questions``; pages read its ``state``.

    ``serial`` counts the showings: whoever shows this conversation stops once another showing has begun.
    """

    def __init__(self) -> None:
        self.state = ConversationState()
        self.serial = 0
        self.key = ""
        """The idempotency key of the question that was asked last."""
        self.fresh = False
        """Whether nothing of the run has been seen, because it was started just now."""
        self.share_id = ""
        self.commenting = False
        """The share of this run whose link is on the page, and whether a comment is being written there."""

    @property
    def run_id(self) -> str:
        """The run on the page."""
        return self.state.run_id

    @property
    def moment_ms(self) -> float | None:
        """The moment of the run that is looked at, in milliseconds."""
        return self.state.moment_ms

    def change(self, **changes: Any) -> ConversationState:
        """Change these fields of the state; gives the new one."""
        self.state = replace(self.state, **changes)
        return self.state

    def show(self) -> int:
        """Begin another showing; gives its number."""
        self.serial += 1
        return self.serial

    def shows(self, serial: int) -> bool:
        """Whether that showing is still the newest."""
        return self.serial == serial

    def fill(self, *, question: str | None = None, agent: str | None = None) -> FieldValues:
        """The next values of the page's fields, for ``change``."""
        return FieldValues(self.state.fields.change + 1, question, agent)

    def turn_over(self, **changes: Any) -> None:
        """Clear the page of the run it shows, and change these fields of the state."""
        self.show()
        self.share_id, self.commenting, self.fresh = "", False, False
        cleared: dict[str, Any] = {
            "turn": self.state.turn + 1,
            "pending": False,
            "opening": "",
            "run_id": "",
            "frame": None,
            "lost": False,
            "stopping": False,
            "problem": None,
        }
        self.change(**{**cleared, **changes})
