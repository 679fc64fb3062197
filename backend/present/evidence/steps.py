"""The steps of a run as a tree: state, label, detail, duration, progress, and the tool log to unfold."""

import json
from collections.abc import Sequence
from typing import Final

from pydantic import JsonValue

from backend.present.evidence.sources import ordered_sources
from backend.present.markup import EMPTY, Markup, anchor_id, fragment, joined
from backend.present.words import run as words
from backend.present.words.durations import format_ms
from backend.protocol.events import StepStateName, ToolLog
from backend.protocol.inputs import PAUSED, STEERING
from backend.protocol.run_view import RunView, StepView

MAX_TOOL_TEXT: Final = 4_000
"""Characters of a tool's arguments or result that are shown."""

MAX_THOUGHT_TEXT: Final = 20_000
"""Characters of a model's thinking that are shown."""

_GLYPHS: Final[dict[StepStateName, str]] = {"started": "running", "progress": "running"}
_PEOPLE: Final = {PAUSED: "paused", STEERING: "waiting"}


def steps_html(view: RunView, elapsed_ms: float | None = None, *, scope: str = "") -> str:
    """All steps, nested as the agent nested them.

    ``elapsed_ms`` is now, in milliseconds since the run was accepted (None: the time of the last event). The durations
    of open steps continue to count in the browser, so a redraw is due only when ``view.stream.revision`` moves, or the
    citations. ``scope``: see ``sources_html``.
    """
    steps = view.stream.steps
    if not steps:
        text = words.NO_STEPS if view.ended else words.EMPTY_STEPS
        return str(fragment('<div class="ph ph-panel ph-steps"><p class="ph-empty">{}</p></div>', text))
    now = view.stream.last_at_ms if elapsed_ms is None else max(elapsed_ms, view.stream.last_at_ms)
    children: dict[str | None, list[StepView]] = {}
    known = {step.step_id for step in steps}
    for step in steps:
        parent = step.parent_id if step.parent_id in known and step.parent_id != step.step_id else None
        children.setdefault(parent, []).append(step)
    drawn: set[str] = set()
    tree = _list_html(children.get(None, []), children, view, now, drawn, scope)
    # Steps that are each other's parents have no root: they are shown flat, never lost.
    loose = [step for step in steps if step.step_id not in drawn]
    return str(
        fragment('<div class="ph ph-panel ph-steps">{}{}</div>', tree, _list_html(loose, {}, view, now, drawn, scope))
    )


def _list_html(
    steps: Sequence[StepView],
    children: dict[str | None, list[StepView]],
    view: RunView,
    now: float,
    drawn: set[str],
    scope: str,
) -> Markup:
    if not steps:
        return EMPTY
    items = []
    for step in steps:
        drawn.add(step.step_id)
        nested = _list_html(children.get(step.step_id, []), children, view, now, drawn, scope)
        items.append(_step_html(step, view, now, nested, scope))
    return fragment('<ol class="ph-step-list">{}</ol>', joined(items))


def _step_html(step: StepView, view: RunView, now: float, nested: Markup, scope: str) -> Markup:
    return fragment(
        '<li class="ph-step ph-step--{}"><div class="ph-step-row">'
        '<span class="ph-glyph ph-glyph--{}" role="img" aria-label="{}"></span>'
        '<span class="ph-step-label" dir="auto">{}</span>{}</div>{}{}{}{}{}{}{}</li>',
        step.state,
        _glyph(step),
        words.step_state(step),
        words.step_label(step),
        _duration_html(step, now),
        fragment('<p class="ph-step-detail" dir="auto">{}</p>', words.shortened(step.detail, 400))
        if step.detail
        else EMPTY,
        _request_html(step),
        _progress_html(step),
        _warnings_html(step, view),
        _thought_html(step) if step.thought else EMPTY,
        _tool_html(step.tool, step.step_id, view, scope) if step.tool else EMPTY,
        nested,
    )


def _glyph(step: StepView) -> str:
    """Nothing turns for a step in which the agent does not work."""
    if step.is_open and step.step in _PEOPLE:
        return _PEOPLE[step.step]
    return _GLYPHS.get(step.state, step.state)


def _duration_html(step: StepView, now: float) -> Markup:
    if step.state == "waiting" or step.is_open:
        return live_duration(max(0.0, now - step.started_ms))
    if step.ended_ms is None or (step.announced and step.step == "completed"):
        return EMPTY
    return fragment('<span class="ph-duration">{}</span>', format_ms(step.ended_ms - step.started_ms))


def live_duration(elapsed_ms: float) -> Markup:
    """A duration that continues to count in the browser, by CSS alone, from ``elapsed_ms`` on."""
    return fragment(
        '<span class="ph-duration" aria-hidden="true">'
        '<span class="ph-ticking" data-ph-elapsed="{}" style="animation-delay:-{}ms"></span></span>',
        round(elapsed_ms),
        round(elapsed_ms),
    )


def _request_html(step: StepView) -> Markup:
    """The request of a waiting step to the reader; the UI draws the widget to answer it."""
    if step.request is None or step.state != "waiting":
        return EMPTY
    return fragment('<p class="ph-request" dir="auto">{}</p>', words.shortened(step.request.prompt, 600))


def _progress_html(step: StepView) -> Markup:
    if step.progress is None or not step.is_open:
        return EMPTY
    percent = round(step.progress * 100)
    return fragment(
        '<progress class="ph-progress" max="100" value="{}" aria-label="{}">{} %</progress>',
        percent,
        words.step_label(step),
        percent,
    )


def _warnings_html(step: StepView, view: RunView) -> Markup:
    return joined(
        fragment(
            '<p class="ph-flag"><span class="ph-glyph ph-glyph--warning"></span>{}</p>',
            warning.message or words.readable(warning.code),
        )
        for warning in view.message.warnings
        if warning.step_id is not None and warning.step_id == step.step_id
    )


def _thought_html(step: StepView) -> Markup:
    """What a model thought, folded: the end of it if it is long, since that led to the answer."""
    text = step.thought.strip()
    if len(text) > MAX_THOUGHT_TEXT:
        text = f"{len(text) - MAX_THOUGHT_TEXT:,} characters before this …\n{text[-MAX_THOUGHT_TEXT:]}"
    return fragment(
        '<details class="ph-thought" data-ph-keep="thought-{}"><summary>{}</summary>'
        '<div class="ph-thought-text" dir="auto" tabindex="0">{}</div></details>',
        step.step_id,
        words.REASONING,
        text,
    )


def _tool_html(tool: ToolLog, step_id: str | None, view: RunView, scope: str) -> Markup:
    """A tool call: its name, its arguments and its result folded, and the sources that its result names."""
    parts = joined(
        fragment(
            '<details class="ph-tool" data-ph-keep="tool-{}-{}"><summary>{}</summary>'
            '<pre class="ph-code" dir="ltr" tabindex="0">{}</pre></details>',
            step_id or tool.name,
            name,
            title,
            tool_text(value),
        )
        for name, title, value in (
            ("in", words.TOOL_ARGUMENTS, tool.arguments),
            ("out", words.TOOL_RESULT, tool.result),
        )
        if value is not None
    )
    name = words.shortened(tool.name)
    named = fragment('<p class="ph-call-name"><code>{}</code></p>', name) if name else EMPTY
    return fragment('<div class="ph-call">{}{}{}</div>', named, parts, _found_html(tool, view, scope))


def _found_html(tool: ToolLog, view: RunView, scope: str) -> Markup:
    """Links to the sources whose document or address the tool's result contains."""
    if tool.result is None or not view.message.citations:
        return EMPTY
    result = tool.result if isinstance(tool.result, str) else json.dumps(tool.result, ensure_ascii=False)
    links = joined(
        fragment(
            ' <a class="ph-marker" href="#{}" data-number="{}">{}</a>',
            anchor_id("source", source.key, scope),
            source.citation.number or "",
            source.citation.number or words.SOURCE,
        )
        for source in ordered_sources(view)
        if any(name and name in result for name in (source.citation.document_id, source.citation.url))
    )
    return fragment('<p class="ph-hint">{}{}</p>', words.FOUND_SOURCES, links) if links else EMPTY


def tool_text(value: JsonValue) -> str:
    """Arguments or a result as text: a string as it is, anything else as indented JSON; long text is cut."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    if len(text) <= MAX_TOOL_TEXT:
        return text
    return f"{text[:MAX_TOOL_TEXT]}\n… {len(text) - MAX_TOOL_TEXT:,} more characters"
