"""What one tab remembers of its conversation between two passes of the script."""

from dataclasses import dataclass, field

import streamlit as st

from backend.client.frames import Frame
from backend.present.pages.conversation import EarlierTurn
from backend.present.pages.problem import Problem
from backend.present.pages.question_checks import USUAL_AGENT
from backend.protocol.options import RunOptions
from ui_streamlit.visit import put_into_address

QUESTION = "question"
AGENT = "agent"
TIMEOUT = "timeout"
SPEED = "speed"
"""Keys of the fields in Streamlit's session state."""

_KEY = "conversation"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question that was asked and not started yet."""

    question: str
    agent: str
    options: RunOptions


@dataclass(slots=True)
class Conversation:
    """The run this tab shows, the turns before it, or the question it is about to ask."""

    run_id: str = ""
    session_id: str = ""
    question: str = ""
    agent: str = USUAL_AGENT
    usual: str = USUAL_AGENT
    """The agent that the page starts with."""
    options: RunOptions = field(default_factory=RunOptions)
    earlier: tuple[EarlierTurn, ...] = ()
    wanted: Wanted | None = None
    just_started: bool = False
    stopping: bool = False
    latest: Frame | None = None
    """What was drawn last of this run: it stands there at once after a click, and while the backend is gone."""
    problem: Problem | None = None
    share_id: str = ""
    address: str = ""
    """The run that the page's address named when it was read last."""
    refill: str | None = None
    """What the question field is to hold at the next pass: a field cannot be changed in the pass that drew it."""

    @classmethod
    def of_this_session(cls) -> "Conversation":
        """The tab's own, made at its first pass."""
        known: Conversation | None = st.session_state.get(_KEY)
        if known is None:
            known = st.session_state[_KEY] = cls()
        return known

    @property
    def ended(self) -> bool:
        """Whether the run is over, and all of it is here."""
        return self.latest is not None and self.latest.view.ended

    @property
    def running(self) -> bool:
        """Whether a run is asked for or under way."""
        return self.wanted is not None or (bool(self.run_id) and not self.ended and self.problem is None)

    @property
    def empty(self) -> bool:
        """Whether nothing was asked yet."""
        return not (self.run_id or self.wanted or self.earlier)

    @property
    def may_retry(self) -> bool:
        """Whether what was asked last did not come to a complete answer."""
        if self.running or not self.question:
            return False
        outcome = self.latest.view.stream.outcome if self.latest else None
        return outcome not in (None, "completed") or (self.problem is not None and not self.run_id)

    @property
    def may_continue(self) -> bool:
        """Whether the run was cut off from outside, with the beginning of an answer kept."""
        return self.may_retry and self.latest is not None and self.latest.view.stream.outcome == "interrupted"

    def start_with(self, agent: str) -> None:
        """Take this agent for the usual one, and for the chosen one if nobody has chosen or asked another."""
        if self.empty and st.session_state.get(AGENT, self.agent) == self.usual:
            self.agent = st.session_state[AGENT] = agent
        self.usual = agent

    def fill_fields(self) -> None:
        """Let the fields say what this conversation is about. To be called before they are drawn: Streamlit forgets
        fields while another place is open."""
        fields = st.session_state
        fields.setdefault(QUESTION, "")
        fields.setdefault(AGENT, self.agent)
        fields.setdefault(TIMEOUT, self.options.timeout_s)
        fields.setdefault(SPEED, self.options.speed)
        if self.refill is not None:
            fields[QUESTION], fields[AGENT], self.refill = self.refill, self.agent, None

    def ask_what_is_written(self) -> None:
        """Ask what the fields say now: a click on Ask also ends the typing, so no earlier pass has seen it."""
        fields = st.session_state
        timeout_s = fields.get(TIMEOUT)
        set_by_hand = {"timeout_s": float(timeout_s)} if timeout_s else {}
        if fields.get(SPEED, 1.0) != 1.0:
            set_by_hand["speed"] = float(fields[SPEED])
        self.ask(Wanted(fields[QUESTION], fields[AGENT], RunOptions(**set_by_hand)))
        fields[QUESTION] = ""

    def ask_example(self, question: str) -> None:
        """An example is a question to the agent that the page starts with, whichever was chosen before."""
        self.ask(Wanted(question, self.usual, RunOptions()))
        st.session_state[AGENT] = self.usual

    def retry(self) -> None:
        """Ask the same again, in the place of what did not succeed."""
        self.latest = None
        self.ask(Wanted(self.question, self.agent, self.options))

    def carry_on(self) -> None:
        """Ask the same again, with what was written until the interruption kept above it."""
        self.ask(Wanted(self.question, self.agent, self.options))

    def ask(self, wanted: Wanted) -> None:
        """Note what was asked; the next pass starts it. What was shown until now becomes an earlier turn."""
        if self.run_id and self.latest is not None:
            self.earlier = (*self.earlier, EarlierTurn(self.run_id, self.latest.view))
        self.wanted = wanted
        self.run_id, self.latest, self.problem, self.stopping, self.share_id = "", None, None, False, ""
        self.question, self.agent, self.options = wanted.question, wanted.agent, wanted.options

    def follow(self, run_id: str, session_id: str) -> None:
        """From now on this tab shows that run."""
        self.run_id, self.session_id, self.address = run_id, session_id, run_id
        self.wanted, self.latest, self.problem, self.stopping, self.share_id = None, None, None, False, ""

    def begin_anew(self) -> None:
        """An empty conversation; the one until now stays in the history, and a run under way goes on there."""
        agent = st.session_state.get(AGENT, self.agent)
        st.session_state[_KEY] = Conversation(agent=agent, usual=self.usual, refill="", address=self.run_id)
        put_into_address()
