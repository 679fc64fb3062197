"""The tokens of the look, in one place: type, spacing, radius, shadow and motion; the colours are in ``palette``.

Stylesheets use them as custom properties (``var(--ph-space-2)``), the frameworks' themes as values.
"""

from typing import Final

from backend.present.theme.palette import DARK, LIGHT, SERIES

FONT: Final = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", Arial, sans-serif'
MONO: Final = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, "DejaVu Sans Mono", Consolas, monospace'

TYPE: Final[dict[str, str]] = {
    "caption": "12px",
    "small": "13px",
    "body": "14px",
    "reading": "16px",
    "heading": "18px",
    "title": "24px",
}
"""Sizes of type. ``reading`` is that of answers and of fields: below 16 px a phone zooms into a field."""

SPACE: Final[dict[str, str]] = {"1": "4px", "2": "8px", "3": "12px", "4": "16px", "5": "24px", "6": "32px"}

RADIUS: Final[dict[str, str]] = {"small": "6px", "medium": "8px", "large": "14px"}

SHADOW: Final[dict[str, str]] = {"low": "0 1px 3px rgb(0 0 0 / 8%)", "high": "0 8px 24px rgb(0 0 0 / 18%)"}

MOTION: Final = "160ms"
"""How long anything on the page moves; nothing does where motion is reduced."""

MEASURE: Final = "780px"
"""The widest line of a conversation."""


CARD: Final = "250px"
"""The narrowest card of a grid."""


def custom_properties() -> str:
    """All tokens and colours as one rule; every colour follows the colour scheme of the element around it."""
    series = enumerate(zip(SERIES["light"], SERIES["dark"], strict=True))
    tokens = {
        **{role: f"light-dark({LIGHT[role]},{DARK[role]})" for role in LIGHT},
        **{f"series-{index}": f"light-dark({light},{dark})" for index, (light, dark) in series},
        "font": FONT,
        "mono": MONO,
        "motion": MOTION,
        "measure": MEASURE,
        "card": CARD,
        **{f"type-{name}": size for name, size in TYPE.items()},
        **{f"space-{name}": size for name, size in SPACE.items()},
        **{f"radius-{name}": size for name, size in RADIUS.items()},
        **{f"shadow-{name}": shadow for name, shadow in SHADOW.items()},
    }
    properties = "".join(f"--ph-{name}:{value};" for name, value in tokens.items())
    return f":root{{{properties}}}@media(prefers-reduced-motion:reduce){{:root{{--ph-motion:0s}}}}"
