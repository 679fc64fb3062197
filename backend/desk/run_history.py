"""One tab's memory of the history: the search terms, the runs found, and the chosen run."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from backend.client.history import OutcomeWanted
from backend.client.replies import RunSummary
from backend.client.review_replies import Feedback
from backend.desk.choices import Choice
from backend.desk.reader_rights import ReaderRights
from backend.present.pages.cards import RunCard
from backend.present.pages.problem import Problem
from backend.present.strip.model import StripModel
from backend.present.words import history as words_history, run as words
from backend.protocol.roles import Role

OUTCOME_CHOICES: Final = (
    Choice(words_history.ALL_OUTCOMES, ""),
    Choice(words_history.RUNNING, "running"),
    *(Choice(word, outcome) for outcome, word in words.OUTCOME_WORDS.items()),
)
"""The outcomes to search by. An empty name leaves nothing out, here and in the other filters."""

Deletion = Literal["run", "conversation"]

_QUESTIONS: Final[dict[Deletion | None, str]] = {
    None: "",
    "run": words_history.DELETE_RUN_QUESTION,
    "conversation": words_history.DELETE_CONVERSATION_QUESTION,
}


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """The terms of a search; an empty one leaves nothing out. ``text`` is a part of the question."""

    text: str = ""
    agent: str = ""
    outcome: OutcomeWanted = ""
    session_id: str = ""


@dataclass(frozen=True, slots=True)
class ChosenRun:
    """The chosen run with the name of its conversation and its feedback, the newest first. ``own``: whether the reader
    began the conversation."""

    run: RunSummary
    conversation: str
    feedback: tuple[Feedback, ...]
    own: bool = False


@dataclass(frozen=True, slots=True)
class HistoryState:
    """The page's contents, and whatever it waits for. Never changed: each change makes a new state."""

    terms: SearchTerms = field(default_factory=SearchTerms)
    role: Role | None = None
    """The reader's; None until it has been loaded."""
    runs: tuple[RunSummary, ...] = ()
    strips: Mapping[str, StripModel] = field(default_factory=dict)
    """The strips of those runs, as far as they have been loaded."""
    following: str | None = None
    """The cursor of the next runs; None if there are no more."""
    listed: bool = False
    """True if ``runs`` are those that fit ``terms``."""
    extending: bool = False
    """True if the reader wants more of them."""
    chosen_id: str = ""
    """The run that the reader chose; empty for none."""
    looked: bool = True
    """True if ``chosen`` is up to date."""
    chosen: ChosenRun | None = None
    """The run whose details are on the page: it stays until those of another one have been loaded."""
    agents: tuple[Choice, ...] = (Choice(words_history.ALL_AGENTS, ""),)
    conversations: tuple[Choice, ...] = (Choice(words_history.ALL_CONVERSATIONS, ""),)
    offered: bool = False
    """True if the agents and conversations to search by have been loaded."""
    deleting: Deletion | None = None
    """The deletion to confirm."""
    problem: Problem | None = None

    @property
    def rights(self) -> ReaderRights:
        """What the reader may do."""
        return ReaderRights(self.role)

    @property
    def renames(self) -> bool:
        """True if the reader may rename the conversation of the chosen run."""
        return self.chosen is not None and self.rights.renames(own=self.chosen.own)

    @property
    def cards(self) -> tuple[RunCard, ...]:
        """The runs as cards."""
        return tuple(RunCard(run, self.strips.get(run.run_id)) for run in self.runs)

    @property
    def complete(self) -> bool:
        """True if the page waits for nothing."""
        return self.role is not None and self.listed and self.looked and self.offered and not self.extending

    @property
    def more(self) -> bool:
        """True if more runs fit than are listed."""
        return self.following is not None

    @property
    def notice(self) -> Problem | None:
        """The notice above the list: trouble, or that there is nothing to list."""
        if self.problem is not None or self.runs or not self.listed:
            return self.problem
        return Problem("no_runs" if self.terms == SearchTerms() else "no_run_fits")

    @property
    def deletion_question(self) -> str:
        """The question before a deletion; empty if nothing is to be deleted."""
        return _QUESTIONS[self.deleting]


@dataclass(slots=True)
class RunHistory:
    """One tab's memory. It is changed on the event loop only, by the desk's services; pages read its ``state``.

    ``serial`` counts the wishes: fetching stops once the reader wants something else.
    """

    state: HistoryState = field(default_factory=HistoryState)
    serial: int = 0

    @property
    def run_id(self) -> str:
        """The run whose details are on the page; empty for none."""
        return self.state.chosen.run.run_id if self.state.chosen is not None else ""

    def change(self, **changes: Any) -> HistoryState:
        """Change these fields of the state; returns the new state."""
        self.state = replace(self.state, **changes)
        return self.state

    def want(self, **changes: Any) -> None:
        """Note the reader's new wish. Fetching for another one stops."""
        self.serial += 1
        self.change(problem=None, deleting=None, **changes)
