"""What one tab remembers of its conversation."""

from dataclasses import dataclass, field

from backend.client.frames import Frame
from backend.present.pages.conversation import EarlierTurn
from backend.present.pages.question_checks import USUAL_AGENT
from backend.protocol.options import RunOptions
from ui_gradio.deferred_updates import Waiting


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question with whom it is put to and how."""

    question: str = ""
    agent: str = USUAL_AGENT
    options: RunOptions = field(default_factory=RunOptions)


@dataclass(slots=True)
class Conversation:
    """The run this tab shows and the turns before it. One object for as long as the page is open.

    ``serial`` tells one showing of a run from the next: whoever draws stops once it has moved on, since a page
    follows one run at a time and Gradio ends no handler when another begins.
    """

    serial: int = 0
    session_id: str = ""
    run_id: str = ""
    asked: Wanted = field(default_factory=Wanted)
    usual: str = ""
    """The agent that the page starts with; empty until the backend has told what it offers."""
    choices: tuple[tuple[str, str], ...] = ()
    """Title and name of each agent that the backend offers."""
    latest: Frame | None = None
    """What was drawn last of this run."""
    earlier: tuple[EarlierTurn, ...] = ()
    waiting: bool = False
    """Whether a question waits for the backend to come back."""
    share_id: str = ""
    undrawn: Waiting = field(default_factory=Waiting)
    """What changes around the run and has not been fetched by the page."""

    @property
    def empty(self) -> bool:
        """Whether nothing was asked yet."""
        return not (self.asked.question or self.earlier)

    @property
    def outcome(self) -> str | None:
        """How the run ended; None before that."""
        return self.latest.view.stream.outcome if self.latest else None

    @property
    def moment_ms(self) -> float | None:
        """How far the run is. None once it is over: a moment of it is chosen on the Replay page."""
        return self.latest.elapsed_ms if self.latest is not None and not self.latest.view.ended else None

    @property
    def may_retry(self) -> bool:
        """Whether what was asked last did not come to a complete answer."""
        return bool(self.asked.question) and self.outcome != "completed"

    @property
    def may_continue(self) -> bool:
        """Whether the run was cut off from outside, with the beginning of an answer kept."""
        return self.outcome == "interrupted"

    def ask(self, wanted: Wanted, *, keep: bool) -> int:
        """Begin with another question; gives the new serial. ``keep``: what was shown becomes an earlier turn."""
        if keep and self.run_id and self.latest is not None:
            self.earlier = (*self.earlier, EarlierTurn(self.run_id, self.latest.view))
        self.serial += 1
        self.run_id, self.share_id, self.latest, self.waiting = "", "", None, False
        self.asked = wanted
        return self.serial

    def begin_anew(self) -> None:
        """An empty conversation; the one until now stays in the history, and a run under way goes on there."""
        serial = self.ask(Wanted(), keep=False)
        self.session_id, self.earlier, self.serial = "", (), serial
        self.undrawn.take()

    def shows(self, serial: int) -> bool:
        """Whether that showing is still the one on the page."""
        return self.serial == serial
