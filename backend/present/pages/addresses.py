"""The four places of a page: their names, their titles, and what an address may say."""

from typing import Final, Literal

from backend.present.words import pages as words_pages

PlaceName = Literal["ask", "replay", "compare", "history"]

TITLES: Final[dict[PlaceName, str]] = {
    "ask": words_pages.ASK_PLACE,
    "replay": words_pages.REPLAY_PLACE,
    "compare": words_pages.COMPARE_PLACE,
    "history": words_pages.HISTORY_PLACE,
}

RUN: Final = "run"
SHARE: Final = "share"
MOMENT: Final = "t"
FIRST: Final = "a"
SECOND: Final = "b"
"""The parameters of an address. ``MOMENT`` is in milliseconds since the run was accepted."""


def moment_ms(text: str) -> float:
    """A moment as an address says it; 0 for what is no number."""
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else 0.0
