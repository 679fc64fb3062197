"""The four pages: their names, their titles, and the parameters of their addresses."""

from collections.abc import Mapping
from typing import Final, Literal

from backend.present.words import pages as words_pages
from backend.protocol.share_ids import is_share

PageName = Literal["ask", "replay", "compare", "history"]

TITLES: Final[dict[PageName, str]] = {
    "ask": words_pages.ASK_PAGE,
    "replay": words_pages.REPLAY_PAGE,
    "compare": words_pages.COMPARE_PAGE,
    "history": words_pages.HISTORY_PAGE,
}

RUN: Final = "run"
SHARE: Final = "share"
MOMENT: Final = "t"
FIRST: Final = "a"
SECOND: Final = "b"
BLIND: Final = "blind"
"""The parameters of an address. ``BLIND`` is 1 where the agents of two runs are not named. ``MOMENT`` is a time since
the run was accepted: ``12.4`` in seconds, as people write it, or a whole number in milliseconds, as the strip does."""

RUN_LINKS: Final[tuple[tuple[PageName, str, str], ...]] = (
    ("ask", words_pages.OPEN_IN_ASK, RUN),
    ("replay", words_pages.OPEN_IN_REPLAY, RUN),
    ("compare", words_pages.OPEN_IN_COMPARE, FIRST),
)
"""The pages that a run opens in: page, label of the link, and the parameter that names the run."""


def run_parameter(run_id: str) -> dict[str, str]:
    """The parameter that names a run, or the share that leads to it, in the address of Ask or Replay."""
    return {SHARE if is_share(run_id) else RUN: run_id}


def names_a_share(parameters: Mapping[str, str]) -> bool:
    """Whether an address leads to a shared run: a reader who opens it learns of no other run."""
    return any(is_share(value) for value in parameters.values())


def moment_ms(text: str) -> float:
    """A moment from an address, in milliseconds; 0 for text that is not a number."""
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        return 0.0
    return float(text) * 1000 if "." in text else float(text)
