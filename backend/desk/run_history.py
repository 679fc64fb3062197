"""What one tab knows of the past runs: what it looks for, the runs that fit, and the one it has chosen."""

from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from backend.client.replies import Feedback, RunSummary
from backend.client.run_client import OutcomeWanted
from backend.desk.choices import Choice
from backend.present.pages.problem import Problem
from backend.present.words import history as words_history, run as words

OUTCOME_CHOICES: Final = (
    Choice(words_history.ALL_OUTCOMES, ""),
    Choice(words_history.RUNNING, "running"),
    *(Choice(word, outcome) for outcome, word in words.OUTCOME_WORDS.items()),
)
"""What a search by outcome offers. An empty name leaves nothing out, here and in the other filters."""

Deletion = Literal["run", "conversation"]

_QUESTIONS: Final[dict[Deletion | None, str]] = {
    None: "",
    "run": words_history.DELETE_RUN_QUESTION,
    "conversation": words_history.DELETE_CONVERSATION_QUESTION,
}


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What is looked for; what is empty leaves nothing out. ``text`` is a part of the question."""

    text: str = ""
    agent: str = ""
    outcome: OutcomeWanted = ""
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class ChosenRun:
    """The chosen run with the name of its conversation and what people think of it, the newest first."""

    run: RunSummary
    conversation: str
    feedback: tuple[Feedback, ...]


@dataclass(frozen=True, slots=True)
class HistoryState:
    """What the page shows, and what it waits for. Never changed: each change makes a new one."""

    terms: SearchTerms = field(default_factory=SearchTerms)
    runs: tuple[RunSummary, ...] = ()
    following: str | None = None
    """Where the runs behind those that are listed begin; None where there are no more."""
    listed: bool = False
    """Whether ``runs`` are those that fit ``terms``."""
    extending: bool = False
    """Whether more of them are wanted."""
    chosen_id: str = ""
    """The run that the reader chose; empty for none."""
    looked: bool = True
    """Whether ``chosen`` is what the backend says of it."""
    chosen: ChosenRun | None = None
    """The run whose details are on the page: until those of another one have come, it stays."""
    agents: tuple[Choice, ...] = (Choice(words_history.ALL_AGENTS, ""),)
    conversations: tuple[Choice, ...] = (Choice(words_history.ALL_CONVERSATIONS, ""),)
    offered: bool = False
    """Whether the agents and conversations to search by have come."""
    deleting: Deletion | None = None
    """What the reader is asked to confirm."""
    problem: Problem | None = None

    @property
    def complete(self) -> bool:
        """Whether the page waits for nothing."""
        return self.listed and self.looked and self.offered and not self.extending

    @property
    def more(self) -> bool:
        """Whether more runs fit than are listed."""
        return self.following is not None

    @property
    def notice(self) -> Problem | None:
        """What stands above the list: trouble, or that there is nothing to list."""
        if self.problem is not None or self.runs or not self.listed:
            return self.problem
        return Problem("no_runs" if self.terms == SearchTerms() else "no_run_fits")

    @property
    def deletion_question(self) -> str:
        """What the reader is asked before something is deleted; empty where nothing is to be."""
        return _QUESTIONS[self.deleting]


@dataclass(slots=True)
class RunHistory:
    """One tab's memory. It is changed on the event loop only, by the desk's services; pages read its ``state``.

    ``serial`` counts what was wanted: fetching stops once something else is wanted. All the rest is there so that the
    chosen run is a ``RunOnPage``.
    """

    state: HistoryState = field(default_factory=HistoryState)
    serial: int = 0
    share_id: str = ""
    commenting: bool = False

    @property
    def run_id(self) -> str:
        """The run whose details are on the page; empty for none."""
        return self.state.chosen.run.run_id if self.state.chosen is not None else ""

    @property
    def moment_ms(self) -> float | None:
        """None: what is said of a past run is about all of it."""
        return None

    def change(self, **changes: Any) -> HistoryState:
        """Change these fields of the state; gives the new one."""
        run_id = self.run_id
        self.state = replace(self.state, **changes)
        if self.run_id != run_id:
            self.share_id = ""
        return self.state

    def want(self, **changes: Any) -> None:
        """Note what the reader wants now. Whatever is under way for something else stops."""
        self.serial += 1
        self.change(problem=None, deleting=None, **changes)
