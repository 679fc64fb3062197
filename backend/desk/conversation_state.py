"""What a tab shows of its conversation: the run, what the reader may do, and which sentences stand on the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from backend.client.agent_replies import TakenFiles
from backend.client.frames import Frame
from backend.client.replies import KnownFile
from backend.desk.abilities import Abilities
from backend.desk.choices import Choice
from backend.desk.reader_rights import ReaderRights
from backend.desk.written_question import WrittenChange
from backend.present.pages.conversation import EarlierTurn
from backend.present.pages.input_cards import AnswerProblem, input_cards_html, inputs_changed
from backend.present.pages.notices import error_html, question_html, rights_html, shared_header_html
from backend.present.pages.problem import Problem
from backend.present.pages.question_checks import USUAL_AGENT
from backend.present.pages.sent_messages import sent_changed, sent_messages_html
from backend.present.strip.fold import EMPTY_STRIP
from backend.present.strip.model import StripModel
from backend.present.strip.page_data import ShownStrip, strip_data
from backend.protocol.events import Outcome
from backend.protocol.options import LONGEST_S, RunOptions
from backend.protocol.playback import SPEEDS
from backend.protocol.roles import Role
from backend.protocol.share_ids import is_share

RUN_SPEEDS: Final = (*SPEEDS, 0.0)
"""Speeds offered for scripted and recorded runs; 0 plays without waiting."""

_LIMIT_OPTIONS: Final = {"timeout": "timeout_s", "silence": "silence_s"}
"""The option that sets a time limit, by the code of the error it ends a run with."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with its agent and its options. An empty agent is the one that the page starts with."""

    text: str = ""
    agent: str = ""
    options: RunOptions = field(default_factory=RunOptions)
    attachments: tuple[KnownFile, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldValues:
    """New values for the page's fields beside the question; None leaves a field as it is. ``change`` counts the changes
    by the desk: a page fills its fields once for each."""

    change: int = 0
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class ConversationState:
    """The run that a tab shows, the turns before it, and the work under way. A change makes a new state."""

    turn: int = 0
    """Counts the runs on the page: another number means that nothing drawn so far belongs to this run."""
    asked: AskedQuestion = field(default_factory=AskedQuestion)
    pending: bool = False
    """True if the question has been asked but not accepted yet."""
    opening: str = ""
    """The run or share that the page was opened with and that has not been loaded yet."""
    named: str = ""
    """The run or share in the page's address, as far as the desk knows."""
    run_id: str = ""
    session_id: str = ""
    strip: StripModel | None = None
    """The run on its clock; None until its events are known."""
    role: Role = "host"
    """What the reader may do: on a shared page what the share allows."""
    conversation_shared: bool = False
    """True if the page's share shows a whole conversation."""
    frame: Frame | None = None
    """The newest frame of this run: it is drawn at once after a click, and stays while the backend is away."""
    lost: bool = False
    """True if the backend refused to let the page follow the run to its end."""
    stopping: bool = False
    earlier: tuple[EarlierTurn, ...] = ()
    problem: Problem | None = None
    answer_problems: Mapping[str, AnswerProblem] = field(default_factory=dict)
    """Why the last answer to a request of the run was not taken, by ``input_id``, or a message not withdrawn."""
    sent: frozenset[str] = frozenset()
    """The ids of the messages that this page sent to the run."""
    offered: bool = False
    """True if the agents on offer have been loaded since the page was opened."""
    choices: tuple[Choice, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)
    """The question that each agent on offer proposes, by its name."""
    abilities: Mapping[str, Abilities] = field(default_factory=dict)
    """What people can do to runs of the agents on offer, by the agents' names."""
    usual: str = USUAL_AGENT
    """The agent that the page starts with."""
    fields: FieldValues = field(default_factory=FieldValues)
    written: WrittenChange = field(default_factory=WrittenChange)
    """The last change of the question's field by the desk."""
    taken: Mapping[str, TakenFiles] = field(default_factory=dict)
    """The files that agents take, by the agents' names."""
    chosen: tuple[KnownFile, ...] = ()
    """The files for the next question."""
    refusals: tuple[str, ...] = ()
    """Why files could not be chosen, a sentence for each."""

    @property
    def shared(self) -> bool:
        """True if the page's address names a share."""
        return is_share(self.named)

    @property
    def rights(self) -> ReaderRights:
        """What the reader may do here."""
        return ReaderRights(self.role, self.shared)

    @property
    def writes(self) -> bool:
        """True if the field for a question belongs on the page: to ask, or to send a message to the run."""
        return self.rights.asks or (self.rights.steers and self.running)

    @property
    def header_html(self) -> str:
        """What the page is, where somebody shared it; else empty. Safe HTML."""
        return shared_header_html(conversation=self.conversation_shared) if self.shared else ""

    @property
    def rights_html(self) -> str:
        """What the reader may do here, where the page is not for asking; else empty. Safe HTML."""
        return "" if self.rights.asks or self.settling else rights_html(self.role, through_share=self.shared)

    @property
    def outcome(self) -> Outcome | None:
        """The run's outcome; None before its end."""
        return self.frame.view.stream.outcome if self.frame is not None else None

    @property
    def ended(self) -> bool:
        """True if the run is over, and all of it is loaded."""
        return self.frame is not None and self.frame.view.ended

    @property
    def running(self) -> bool:
        """True if a question or its run is under way, so that it can be stopped."""
        return self.pending or (bool(self.run_id) and not self.ended and not self.lost)

    @property
    def waiting(self) -> bool:
        """True while the page waits for the backend to come back."""
        return self.problem is not None and self.problem.passes

    @property
    def settling(self) -> bool:
        """True while the page loads the agents on offer, or the run in its address."""
        return self.problem is None and (bool(self.opening) or not (self.offered or self.shared or self.running))

    @property
    def empty(self) -> bool:
        """True if nothing has been asked in this conversation."""
        return not (self.asked.text or self.earlier)

    @property
    def may_retry(self) -> bool:
        """True if the last question has no complete answer, and no run is working on one."""
        return bool(self.asked.text) and self.rights.asks and not self.running and self.outcome != "completed"

    @property
    def may_continue(self) -> bool:
        """True if the run was interrupted, and the beginning of an answer is kept."""
        return self.may_retry and self.outcome == "interrupted"

    @property
    def longer_options(self) -> RunOptions | None:
        """The options with twice the time limit that ended the run, within what the operator allows; None if no limit
        ended it, or if it had the longest already."""
        error = self.frame.view.stream.error if self.frame is not None else None
        name = _LIMIT_OPTIONS.get(error.code) if error is not None else None
        if error is None or name is None or error.limit_s is None or not self.may_retry:
            return None
        longer_s = min(2 * error.limit_s, error.longest_limit_s or LONGEST_S)
        return self.asked.options.model_copy(update={name: longer_s}) if longer_s > error.limit_s else None

    @property
    def may_wait_longer(self) -> bool:
        """True if a time limit ended the run, and it may be asked again with a longer one."""
        return self.longer_options is not None

    @property
    def agent(self) -> str:
        """The agent in the page's field if the reader has chosen none since."""
        return self.asked.agent or self.usual

    @property
    def strip_data(self) -> dict[str, Any]:
        """The data of the run strip for the page's script: no run before the first question."""
        runs = []
        if self.pending or self.run_id:
            live_ms = self.frame.elapsed_ms if self.frame is not None and self.running and not self.waiting else None
            runs = [ShownStrip(self.strip or EMPTY_STRIP, live_ms)]
        return strip_data(runs, turn=self.turn)

    @property
    def question_html(self) -> str:
        """The question on the page with its files; empty without one. Safe HTML."""
        return question_html(self.asked.text, self.asked.attachments) if self.asked.text else ""

    @property
    def inputs(self) -> tuple[object, ...]:
        """What a drawing of ``inputs_html`` depends on."""
        view = self.frame.view if self.frame is not None else None
        drawn = () if view is None else (inputs_changed(view), sent_changed(view), self.running, self.role)
        return self.turn, tuple(self.answer_problems.items()), drawn

    @property
    def inputs_html(self) -> str:
        """What the run asks of people, as cards, and what they sent to it. Safe HTML."""
        if self.frame is None:
            return ""
        view, elapsed_ms, problems = self.frame.view, self.frame.elapsed_ms, self.answer_problems
        sentences = {name: problem.sentence for name, problem in problems.items()}
        cards = input_cards_html(view, elapsed_ms, problems, role=self.role)
        return cards + sent_messages_html(
            view, self.sent, sentences, read_only=not (self.rights.steers and self.running)
        )

    @property
    def notice_html(self) -> str:
        """The notice below the answer: trouble, or the run's end. Safe HTML."""
        if self.problem is not None:
            return self.problem.html
        if self.frame is not None:
            return error_html(self.frame.view, may_wait_longer=self.may_wait_longer)
        return ""
