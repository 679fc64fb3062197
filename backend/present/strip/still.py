"""The whole strip without a script: for paper, the report and the page of one run.

The pages' script draws the same parts with the same classes, and lets them grow.
"""

from typing import Final

from backend.present.markup import EMPTY, Markup, anchor_id, fragment, joined
from backend.present.strip import shapes
from backend.present.strip.axis import ticks
from backend.present.strip.geometry import FULL, PartHeights, PartPlaces, places
from backend.present.strip.model import RowState, StepRow, StripModel, StripPoint
from backend.present.timeline.facts import PlannedTimes
from backend.present.words import run as words, strip as words_strip
from backend.present.words.durations import format_count, format_ms

_LABELLED_SHARE: Final = 0.15
"""A silence at least so long, as a share of the axis, has its length written in it."""
_LABEL_LEFT: Final = 0.5
"""The label of a later first token is before its line."""
_BAR_SHARE: Final = 0.56
"""The height of a bar, as a share of its row."""
_STATE_WORDS: Final[dict[RowState, str]] = {
    "running": words.STATE_WORDS["started"],
    "waiting": words.STATE_WORDS["waiting"],
    "paused": words_strip.ROW_PAUSED,
    "queued": words_strip.ROW_QUEUED,
    "finished": words.STATE_WORDS["finished"],
    "failed": words.STATE_WORDS["failed"],
    "cancelled": words.STATE_WORDS["cancelled"],
}


def still_strip(
    model: StripModel,
    *,
    plan: PlannedTimes | None = None,
    axis_ms: float | None = None,
    scope: str = "",
    heights: PartHeights = FULL,
    linked: bool = True,
) -> Markup:
    """The strip as a named figure.

    ``plan``: the scripted steps, as outlines under the bars; ``axis_ms``: the end of the axis, for strips on one clock;
    ``scope``: as for ``sources_html``; ``linked``: citations and markers lead to their sources.
    """
    axis = max(axis_ms or model.axis_ms, plan.end_ms if plan else 0.0)
    at = places(heights, max(len(model.rows), len(plan.steps) if plan else 0))
    return fragment(
        '<div class="ph ph-strip ph-strip--still" role="figure" aria-label="{}" data-ph-model="{}">{}</div>',
        strip_sentence(model),
        model.text,
        joined([_names(model, at), _plot(model, plan, axis, at, scope if linked else None)]),
    )


def strip_sentence(model: StripModel) -> str:
    """The strip in one sentence: ``Run strip: 3 steps, 12 sources, first token 812 ms, completed after 8.1 s``."""
    warnings = sum(signal.kind == "warning" for signal in model.signals)
    facts = [
        format_count(len(model.rows) + max(0, model.more_steps - 1), "step"),
        format_count(len(model.citations) + model.more_citations, "source"),
        format_count(warnings, "warning") if warnings else "",
        words_strip.FIRST_PIECE.format(model.first_token) if model.first_token else "",
        f"{words.OUTCOME_WORDS[model.outcome].lower()} after {model.latency}" if model.outcome else "",
    ]
    return f"{words_strip.LABEL}: {', '.join(fact for fact in facts if fact)}"


def _names(model: StripModel, at: PartPlaces) -> Markup:
    """The left column."""
    head = ""
    if model.outcome is not None:
        head = f"{words.OUTCOME_WORDS[model.outcome]} {model.latency}"
    rows = [_name(row, model.end_ms, at.rows + index * at.row_height, at) for index, row in enumerate(model.rows)]
    lanes = [
        _lane(words_strip.ANSWER, at.answer, at.sources),
        _lane(words_strip.SOURCES, at.sources, at.signals),
        _lane(words_strip.SIGNALS, at.signals, at.axis),
    ]
    return fragment(
        '<div class="ph-strip-names" style="height:{}px">'
        '<div class="ph-strip-head ph-strip-outcome--{}">{}</div>{}{}</div>',
        at.height, model.outcome or "", head, joined(rows), joined(lanes),
    )  # fmt: skip


def _name(row: StepRow, now_ms: int, top: int, at: PartPlaces) -> Markup:
    duration = row.lasted or format_ms(now_ms - row.started_ms)
    return fragment(
        '<div class="ph-strip-name" style="top:{}px;height:{}px;--ph-depth:{}" data-time="{}" title="{}">'
        "<bdi>{}</bdi></div>",
        top, at.row_height, row.depth, duration, f"{row.label}: {_STATE_WORDS[row.state]}, {duration}", row.label,
    )  # fmt: skip


def _lane(name: str, top: int, bottom: int) -> Markup:
    return fragment(
        '<div class="ph-strip-lane" style="top:{}px;height:{}px">{}</div>', top, min(bottom - top, 24), name
    )


def _plot(model: StripModel, plan: PlannedTimes | None, axis: float, at: PartPlaces, scope: str | None) -> Markup:
    parts = [
        *_background(model, axis, at),
        *_steps(model, plan, axis, at),
        shapes.area(model, axis, at.answer, at.sources - at.answer - 5),
        *_first_token(model, axis, at),
        *_sources(model, axis, at, scope),
        *(
            shapes.sign(signal.kind, signal.at_ms, axis, at.signals + 10)
            for signal in model.signals
        ),
        *_rest(model, at),
        *_end(model, plan, axis, at),
    ]  # fmt: skip
    return fragment('<div class="ph-strip-plot">{}</div>', shapes.svg(parts, at.height, "ph-strip-svg"))


def _background(model: StripModel, axis: float, at: PartPlaces) -> list[Markup]:
    parts = [
        shapes.bar(start, end, axis, at.rows, at.axis - at.rows, "ph-strip-silence") for start, end in model.silences
    ]
    for at_ms, text in ticks(axis):
        parts.append(shapes.upright(at_ms, axis, at.rows, at.axis, "ph-strip-tick"))
        anchor = "start" if not at_ms else "end" if at_ms > 0.97 * axis else "middle"
        parts.append(shapes.label(text, at_ms, axis, at.axis + 13, "ph-strip-axis", anchor))
    for start, end in model.silences:
        if end - start >= _LABELLED_SHARE * axis:
            text = words_strip.SILENT.format(format_ms(end - start))
            parts.append(shapes.label(text, (start + end) / 2, axis, at.answer + 14, "ph-strip-quiet", "middle"))
    return parts


def _steps(model: StripModel, plan: PlannedTimes | None, axis: float, at: PartPlaces) -> list[Markup]:
    height = round(at.row_height * _BAR_SHARE)
    inset = (at.row_height - height) / 2

    def top(row: int) -> float:
        return at.rows + row * at.row_height + inset

    parts = [
        shapes.bar(step.started_ms, step.ended_ms, axis, top(index) - 2, height + 4, "ph-strip-plan")
        for index, step in enumerate(plan.steps if plan else ())
    ]
    for index, row in enumerate(model.rows):
        ended = model.end_ms if row.ended_ms is None else row.ended_ms
        css = f"ph-strip-bar ph-strip-bar--{row.state} ph-strip-series-{row.series}"
        parts.append(shapes.bar(row.started_ms, ended, axis, top(index), height, css))
        if row.state == "failed":
            parts.append(shapes.sign("error", ended, axis, top(index) + height / 2, 0.7))
    for index, start, end in model.waits:
        ended = model.end_ms if end is None else end
        parts.append(shapes.bar(start, ended, axis, top(index), height, "ph-strip-wait"))
    return parts


def _first_token(model: StripModel, axis: float, at: PartPlaces) -> list[Markup]:
    first = model.first_token_ms
    if first is None:
        return []
    before = first > _LABEL_LEFT * axis
    text = words_strip.FIRST_PIECE.format(model.first_token)
    anchor, dx = ("end", -4) if before else ("start", 4)
    return [
        shapes.upright(first, axis, 4, at.sources - 5, "ph-strip-first"),
        shapes.label(text, first, axis, 12, "ph-strip-first-label", anchor, dx),
    ]


def _sources(model: StripModel, axis: float, at: PartPlaces, scope: str | None) -> list[Markup]:
    upper, lower = at.sources + 8, at.signals - 8
    return [
        shapes.links(model, axis, upper, lower - upper),
        *(_linked(shapes.diamond(one, axis, upper), one, scope, _citation_text(one)) for one in model.citations),
        *(_linked(shapes.dot(one, axis, lower), one, scope, _marker_text(one)) for one in model.markers),
    ]


def _linked(shape: Markup, point: StripPoint, scope: str | None, text: str) -> Markup:
    """The point as a link to its source. Not in the order of the keyboard: the sources themselves are."""
    titled = fragment("<title>{}</title>{}", f"{text}, {format_ms(point.at_ms)}", shape)
    if scope is None or not point.number or not point.resolved:
        return fragment("<g>{}</g>", titled)
    return fragment('<a href="#{}" tabindex="-1">{}</a>', anchor_id("source", point.number, scope), titled)


def _citation_text(citation: StripPoint) -> str:
    return words_strip.CITATION.format(citation.number) if citation.number else words_strip.CITATION_UNNUMBERED


def _marker_text(marker: StripPoint) -> str:
    return (words_strip.MARKER if marker.resolved else words_strip.MARKER_PENDING).format(marker.number)


def _rest(model: StripModel, at: PartPlaces) -> list[Markup]:
    """How many points of each lane are left out."""
    lanes = (
        (model.more_citations + model.more_markers, at.sources + 12),
        (model.more_signals, at.signals + 14),
        (model.more_silences, at.answer + 14),
    )
    return [
        shapes.label(words_strip.MORE_POINTS.format(count), 1, 1, y, "ph-strip-quiet", "end")
        for count, y in lanes
        if count
    ]


def _end(model: StripModel, plan: PlannedTimes | None, axis: float, at: PartPlaces) -> list[Markup]:
    planned = (
        shapes.upright(plan.done_ms, axis, at.rows, at.axis, "ph-strip-planned") if plan and plan.done_ms else EMPTY
    )
    if model.outcome is None:
        return [planned]
    return [
        planned, shapes.upright(model.end_ms, axis, at.rows, at.axis, f"ph-strip-end ph-strip-end--{model.outcome}")
    ]  # fmt: skip
