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
"""The parameters of an address. ``MOMENT`` is in milliseconds since the run was accepted."""

RUN_LINKS: Final[tuple[tuple[PageName, str, str], ...]] = (
    ("ask", words_pages.OPEN_IN_ASK, RUN),
    ("replay", words_pages.OPEN_IN_REPLAY, RUN),
    ("compare", words_pages.OPEN_IN_COMPARE, FIRST),
)
"""The pages that a run opens in: page, label of the link, and the parameter that names the run."""


def names_a_share(parameters: Mapping[str, str]) -> bool:
    """Whether an address leads to a shared run: a reader who opens it learns of no other run."""
    return any(is_share(value) for value in parameters.values())


def moment_ms(text: str) -> float:
    """A moment from an address; 0 for text that is not a number."""
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else 0.0
