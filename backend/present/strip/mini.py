"""The strip at its smallest: for a card or a row of a table. No text and no script."""

from typing import Final

from backend.present.markup import Markup
from backend.present.strip import shapes
from backend.present.strip.model import StripModel

HEIGHT_PX: Final = 38
_ROWS: Final = (2.0, 18.0)
_TOKENS: Final = (21.0, 13.0)
_BASE: Final = 36.0
_THICKEST: Final = 4.0


def mini_strip(model: StripModel, axis_ms: float | None = None) -> Markup:
    """The run's steps, tokens, silences and end, as wide as the element around it.

    ``axis_ms``: the end of the axis, for strips on one clock; the run's own without it. The picture is hidden from
    screen readers: put the facts beside it.
    """
    axis = axis_ms or model.axis_ms
    top, rows_height = _ROWS
    pitch = min(rows_height / max(1, len(model.rows)), _THICKEST + 1.5)
    thick = max(1.2, min(_THICKEST, pitch - 1))
    parts = [shapes.bar(start, end, axis, 0, _BASE, "ph-strip-silence") for start, end in model.silences]
    parts += [
        shapes.bar(
            row.started_ms,
            model.end_ms if row.ended_ms is None else row.ended_ms,
            axis,
            top + index * pitch,
            thick,
            f"ph-strip-bar ph-strip-bar--{row.state} ph-strip-series-{row.series}",
        )
        for index, row in enumerate(model.rows)
    ]
    parts.append(shapes.area(model, axis, *_TOKENS))
    if model.first_token_ms is not None:
        parts.append(shapes.upright(model.first_token_ms, axis, _TOKENS[0] - 1, _BASE, "ph-strip-first"))
    parts.append(shapes.upright(0, axis, _BASE, _BASE, "ph-strip-base"))
    parts += [
        shapes.sign(signal.kind, signal.at_ms, axis, _TOKENS[0] + 4, 0.7)
        for signal in model.signals
        if signal.kind != "artifact"
    ]
    if model.outcome is not None:
        parts.append(shapes.upright(model.end_ms, axis, 1, _BASE, f"ph-strip-end ph-strip-end--{model.outcome}"))
    return shapes.svg(parts, HEIGHT_PX, "ph-strip-mini")
