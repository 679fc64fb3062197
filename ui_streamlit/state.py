"""What one tab remembers between two passes of the script."""

from dataclasses import dataclass

import streamlit as st

from backend.client.frames import Frame

QUESTION = "question"
AGENT = "agent"
"""Keys of the two fields in Streamlit's session state."""

_KEY = "conversation"


@dataclass(frozen=True, slots=True)
class Problem:
    """A designed state by its name in ``words.NOTICES``; ``sentence`` stands in for its own."""

    notice: str
    sentence: str | None


@dataclass(slots=True)
class Conversation:
    """The run this tab shows, or the question it is about to ask."""

    run_id: str | None = None
    session_id: str | None = None
    question: str = ""
    agent: str = "documents"
    wanted: tuple[str, str] | None = None
    """Question and agent that were asked for and not started yet."""
    stopping: bool = False
    final: Frame | None = None
    """The last frame of a run that is over: drawn again without asking the backend."""
    problem: Problem | None = None

    @classmethod
    def of_this_session(cls) -> "Conversation":
        """The tab's own, made at its first pass."""
        known = st.session_state.get(_KEY)
        if known is None:
            known = st.session_state[_KEY] = cls()
            known.fill_fields()
        return known

    @property
    def running(self) -> bool:
        """Whether a run is asked for or under way."""
        return self.wanted is not None or (self.run_id is not None and self.final is None and self.problem is None)

    @property
    def can_retry(self) -> bool:
        """Whether what was asked last did not come to a complete answer."""
        if self.problem is not None:
            return bool(self.question)
        return self.final is not None and self.final.view.stream.outcome != "completed"

    def fill_fields(self) -> None:
        """Let the fields say what this conversation is about. To be called before they are drawn."""
        st.session_state[QUESTION], st.session_state[AGENT] = self.question, self.agent

    def want_what_is_written(self) -> None:
        """Ask what the fields say now: a click on Ask also ends the typing, so no earlier pass has seen it."""
        self.want(st.session_state[QUESTION], st.session_state[AGENT])

    def want_example(self, question: str) -> None:
        """An example is a question to the documents agent, whichever was chosen before."""
        self.want(question, "documents")
        self.fill_fields()

    def want(self, question: str, agent: str) -> None:
        """Note what was asked; the next pass starts it."""
        self.wanted = (question, agent)
        self.run_id, self.final, self.problem, self.stopping = None, None, None, False
        self.question, self.agent = question, agent

    def take_wanted(self) -> tuple[str, str]:
        """What was asked, once."""
        wanted = self.wanted or ("", self.agent)
        self.wanted = None
        return wanted

    def follow(self, run_id: str, session_id: str | None, question: str, agent: str) -> None:
        """From now on this tab shows that run."""
        self.run_id, self.session_id, self.question, self.agent = run_id, session_id, question, agent
        self.final, self.problem, self.stopping = None, None, False
