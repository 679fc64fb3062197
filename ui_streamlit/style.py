"""The fragments in Streamlit's page: ``page.css``, with its names of groups of elements filled in.

Keys of containers become classes: ``st-key-<key>``.
"""

from functools import cache
from importlib.resources import files
from typing import Final

from backend.present.strip.geometry import FEWEST_ROWS, FULL, places
from backend.present.theme.style import QUESTION_LINES


def _keys(*names: str) -> str:
    """A selector of the containers with these keys."""
    return f":is({','.join(f'.st-key-ph-{name}' for name in names)})"


_BORDERED: Final = ("head", "actions", "transport", "chosen-links", "chosen-exports")
_FRAME: Final = (
    *(
        "welcome",
        "bar",
        "columns",
        "conversation",
        "evidence",
        "reading",
        "turn",
        "composer",
        "composer-card",
        "latest",
    ),
    *("above-tabs", "tabs", "panel-steps", "panel-sources", "panel-results"),
)
"""The parts of the pages' frame."""

_GROUPS: Final[dict[str, str]] = {
    "@rows": _keys(*_BORDERED, "places", "feedback-actions", "share-link"),
    "@bordered": _keys(*_BORDERED),
    "@deletions": "[class*=st-key-ph-delete-]",
    "@boxes": _keys("list", "details"),
    "@boxed": f"@wrapper:has(>{_keys(*_FRAME)})",
    "@scrolled": _keys("reading", "panel-steps", "panel-sources", "panel-results"),
    "@sides": _keys("side-first", "side-second"),
    "@compared": ":root[data-ph-compares] .stApp",
    "@element": ".stElementContainer",
    "@wrapper": '[data-testid="stLayoutWrapper"]',
    "@link": 'a[data-testid="stPageLink-NavLink"]',
    "@question-lines": str(QUESTION_LINES),
    "@strip-height": f"{places(FULL, FEWEST_ROWS).height}px",
}
"""The selectors for the names in ``page.css``."""


@cache
def page_style() -> str:
    """One style element for all pages."""
    rules = files("ui_streamlit").joinpath("page.css").read_text(encoding="utf-8")
    for name, selector in _GROUPS.items():
        rules = rules.replace(name, selector)
    return f"<style>{rules}</style>"
