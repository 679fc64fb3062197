"""Colours, light and dark, one meaning each, shared by fragments and figures.

The hues start from Okabe and Ito's set (https://jfly.uni-koeln.de/color/). Text in them reaches a contrast of 4.5:1 on
every background it is drawn on (WCAG 2.2, 1.4.3), marks without text 3:1 (1.4.11). Darkened or lightened that far, the
colours of the set are no longer distinct for people with colour blindness, so lightness was spread until they are: by
CIEDE2000, any two series, and any two of good, bad and caution, differ by 12 or more for normal sight and under
simulated protanopia, deuteranopia and tritanopia (``tests/present/theme/test_colour_vision.py``). No meaning rests on
colour alone.
"""

from typing import Final, Literal

from backend.protocol.events import StepStateName

Theme = Literal["light", "dark"]

LIGHT: Final[dict[str, str]] = {
    "ground": "#ffffff",
    "raised": "#f7f8fa",
    "sunken": "#eef0f4",
    "line": "#dfe3e9",
    "line-strong": "#858d99",
    "text": "#171b21",
    "muted": "#565e6b",
    "accent": "#0061a8",
    "accent-soft": "#e5f0f9",
    "good": "#0c5a40",
    "good-soft": "#e2f3ec",
    "caution": "#a85400",
    "caution-soft": "#fdf1dc",
    "bad": "#8e1300",
    "bad-soft": "#fdebe2",
    "waiting": "#7d3070",
    "waiting-soft": "#f8eaf3",
    "on-accent": "#ffffff",
}

DARK: Final[dict[str, str]] = {
    "ground": "#0f1217",
    "raised": "#171b22",
    "sunken": "#1f252e",
    "line": "#2c333e",
    "line-strong": "#747e8d",
    "text": "#e8ebf0",
    "muted": "#a3acb9",
    "accent": "#6fbcf0",
    "accent-soft": "#132a3d",
    "good": "#74e8b0",
    "good-soft": "#10291f",
    "caution": "#e6c235",
    "caution-soft": "#2f2410",
    "bad": "#f08468",
    "bad-soft": "#351b10",
    "waiting": "#dd90c4",
    "waiting-soft": "#301c29",
    "on-accent": "#0a1118",
}

COLOURS: Final[dict[Theme, dict[str, str]]] = {"light": LIGHT, "dark": DARK}

STATE_ROLES: Final[dict[StepStateName, str]] = {
    "started": "accent",
    "progress": "accent",
    "waiting": "waiting",
    "finished": "good",
    "failed": "bad",
    "cancelled": "muted",
}

SERIES: Final[dict[Theme, tuple[str, ...]]] = {
    "light": ("#0a66b0", "#d4720a", "#009e73", "#b57fa8", "#8f5f38", "#7a7cf4", "#5b6470"),
    "dark": ("#56b4e9", "#e98768", "#9fdca8", "#b8709c", "#dbb904", "#5480e0", "#b4b5bd"),
}
"""Colours of a chart's series, in order."""

_STEP_SERIES: Final[dict[str, int]] = {
    "retrieving": 0,
    "running_tool": 4,
    "summarizing": 2,
    "planning": 5,
    "thinking": 3,
    "completed": 6,
}


def step_series(step: str) -> int:
    """Which colour of the series a step's bar has, by its slug."""
    spread = sum((index + 1) * ord(character) for index, character in enumerate(step))
    return _STEP_SERIES.get(step, spread % len(SERIES["light"]))
