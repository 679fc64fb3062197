"""Finding past runs: what can be asked for, and a page of what was found."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from backend.protocol.events import Outcome
from backend.runs.records import RunRecord

OutcomeWanted = Literal[Outcome, "running", ""]
"""How the run must have ended; ``running`` = not yet, empty = however."""


def folded(text: str) -> str:
    """The text as it is compared: upper and lower case are the same, and so are the two ways to write an accent
    (Unicode 3.13, canonical caseless matching)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())


class PlaceError(ValueError):
    """The text is not a place in the list of runs."""

    def __init__(self) -> None:
        super().__init__(
            "This is not a cursor of the list: send `next` of the page before as it is, "
            "or leave `before` out to begin with the latest run."
        )


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs are looked for; what is empty leaves nothing out."""

    text: str = ""
    """A part of the question. Upper and lower case are the same, in every script; nothing in it is a wildcard."""
    agent: str = ""
    """The agent's whole name."""
    outcome: OutcomeWanted = ""
    session_id: str = ""
    owner: str | None = None
    """The owner of the runs; None = anybody."""

    def fits(self, record: RunRecord) -> bool:
        """Whether the run is one of those that are looked for."""
        return (
            folded(self.text) in folded(record.question)
            and self.agent in ("", record.agent)
            and self.session_id in ("", record.session_id)
            and self.outcome in ("", record.outcome or "running")
            and self.owner in (None, record.owner)
        )


@dataclass(frozen=True, slots=True)
class RunPage:
    """Runs, the latest submitted first, and the place from which the list continues; None at its end."""

    runs: tuple[RunRecord, ...]
    next: str | None
    """Stays good whatever is submitted or deleted meanwhile: no run is shown twice and none is skipped."""
