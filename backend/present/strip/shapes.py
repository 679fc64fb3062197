"""The shapes of a strip as SVG text. Across, everything is in per cent, so that a strip fits any width unscaled."""

from collections.abc import Iterable, Sequence
from typing import Final

from backend.present.markup import EMPTY, Markup, fragment, joined
from backend.present.strip.model import StripModel, StripPoint

_LATE: Final = "late"
_SIGNAL_PATHS: Final = {
    "warning": "M0 -6L6 5H-6Z",
    "error": "M-5 -5L5 5M5 -5L-5 5",
    "artifact": "M-4.5 -4.5H4.5V4.5H-4.5Z",
}


def share(at_ms: float, axis_ms: float) -> str:
    """How far along the axis, in per cent."""
    return f"{min(max(at_ms / axis_ms, 0.0), 1.0) * 100:.3f}%"


def bar(start_ms: float, end_ms: float, axis_ms: float, y: float, height: float, css: str) -> Markup:
    """A stretch of time as a bar, at least 3 px wide."""
    width = share(end_ms - start_ms, axis_ms)
    return fragment(
        '<rect class="{}" x="{}" y="{:.1f}" height="{:.1f}" rx="{:.1f}" style="width:max(3px,{})"/>',
        css, share(start_ms, axis_ms), y, height, min(3.0, height / 2), width,
    )  # fmt: skip


def upright(at_ms: float, axis_ms: float, top: float, bottom: float, css: str) -> Markup:
    """A moment as a line from top to bottom."""
    x = share(at_ms, axis_ms)
    return fragment('<line class="{}" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>', css, x, x, top, bottom)


def area(model: StripModel, axis_ms: float, y: float, height: float) -> Markup:
    """The tokens' density as one path, and hidden activity as a dotted line at its foot."""
    if not model.density and not model.hidden:
        return EMPTY
    scale = axis_ms / model.bin_ms
    dots = "".join(f"M{index} 0H{index + 1}" for index in model.hidden)
    parts = [("ph-strip-density", density_path(model.density), y, height, 0.0)]
    if dots:
        parts.append(("ph-strip-hidden", dots, y + height - 2, 4, -0.5))
    return joined(
        fragment(
            '<svg class="ph-strip-area" x="0" y="{:.1f}" width="100%" height="{:.1f}" viewBox="0 {} {:.4f} 1" '
            'preserveAspectRatio="none"><path class="{}" d="{}"/></svg>',
            top, high, from_y, scale, css, path,
        )
        for css, path, top, high, from_y in parts
    )  # fmt: skip


def density_path(density: Sequence[int]) -> str:
    """The outline of the bins in a box one unit high and one unit wide for each bin; empty without tokens.

    A bin is drawn with a part of its neighbours, so that an even stream looks even; an empty one stays empty.
    """
    if not any(density):
        return ""
    padded = (0, *density, 0)
    heights = [
        (padded[index] + 2 * count + padded[index + 2]) / 4 if count else 0.0 for index, count in enumerate(density)
    ]
    highest = max(heights)
    parts, drawing = [], False
    for index, height in enumerate(heights):
        if height:
            parts.append(f"{'L' if drawing else f'M{index} 1L'}{index + 0.5} {1 - height / highest:.3f}")
        elif drawing:
            parts.append(f"L{index} 1Z")
        drawing = height > 0
    return "".join(parts) + (f"L{len(heights)} 1Z" if drawing else "")


def links(model: StripModel, axis_ms: float, y: float, height: float) -> Markup:
    """From each citation to its markers: one path for those that came in time, one for the late ones."""
    cited: dict[int, int] = {}
    for citation in model.citations:
        cited.setdefault(citation.number, citation.at_ms)
    paths: dict[str, list[str]] = {"": [], _LATE: []}
    for marker in model.markers:
        at_ms = cited.get(marker.number) if marker.resolved else None
        if at_ms is not None:
            which = _LATE if at_ms > marker.at_ms else ""
            paths[which].append(f"M{at_ms / axis_ms * 1000:.1f} 0L{marker.at_ms / axis_ms * 1000:.1f} 1")
    return joined(
        fragment(
            '<svg x="0" y="{:.1f}" width="100%" height="{:.1f}" viewBox="0 0 1000 1" preserveAspectRatio="none">'
            '<path class="ph-strip-link{}" d="{}"/></svg>',
            y, height, f" ph-strip-link--{which}" if which else "", "".join(parts),
        )
        for which, parts in paths.items()
        if parts
    )  # fmt: skip


def diamond(citation: StripPoint, axis_ms: float, y: float) -> Markup:
    """A citation."""
    return fragment(
        '<rect class="ph-strip-citation" x="{}" y="{:.1f}" width="8" height="8"/>',
        share(citation.at_ms, axis_ms),
        y - 4,
    )


def dot(marker: StripPoint, axis_ms: float, y: float) -> Markup:
    """A marker: full once it has a source."""
    css = "ph-strip-marker" if marker.resolved else "ph-strip-marker ph-strip-marker--pending"
    return fragment('<circle class="{}" cx="{}" cy="{:.1f}" r="4"/>', css, share(marker.at_ms, axis_ms), y)


def sign(kind: str, at_ms: float, axis_ms: float, y: float, scale: float = 1.0) -> Markup:
    """A warning (triangle), an error (cross) or an artifact (square)."""
    return fragment(
        '<svg class="ph-strip-sign ph-strip-sign--{}" x="{}" y="{:.1f}"><path d="{}"{}/></svg>',
        kind, share(at_ms, axis_ms), y, _SIGNAL_PATHS[kind],
        fragment(' transform="scale({})"', scale) if scale != 1 else EMPTY,
    )  # fmt: skip


def label(text: str, at_ms: float, axis_ms: float, y: float, css: str, anchor: str = "start", dx: int = 0) -> Markup:
    """A text at a moment."""
    return fragment(
        '<text class="ph-strip-text {}" x="{}" y="{:.1f}" dx="{}" text-anchor="{}">{}</text>',
        css, share(at_ms, axis_ms), y, dx, anchor, text,
    )  # fmt: skip


def svg(parts: Iterable[Markup], height: float, css: str) -> Markup:
    """The parts as one picture of that height, as wide as its place."""
    return fragment(
        '<svg class="{}" width="100%" height="{}" aria-hidden="true" focusable="false">{}</svg>',
        css, f"{height:g}", joined(parts),
    )  # fmt: skip
