"""The status of a run: the line of its answer, and its live metrics."""

from collections.abc import Iterator
from typing import Final

from backend.present.evidence.steps import live_duration
from backend.present.markup import Markup, fragment, joined
from backend.present.words import run as words
from backend.present.words.durations import format_count, format_ms, format_rate, token_events_per_second
from backend.protocol.run_view import RunView

_TONES: Final = {
    "connecting": "accent",
    "open": "accent",
    "waiting": "waiting",
    "paused": "muted",
    "reconnecting": "caution",
    "completed": "good",
    "cancelled": "muted",
    "timed_out": "bad",
    "failed": "bad",
    "interrupted": "bad",
}
_GLYPHS: Final = {
    "connecting": "running",
    "open": "running",
    "waiting": "waiting",
    "paused": "paused",
    "reconnecting": "offline",
    "completed": "finished",
    "cancelled": "cancelled",
    "timed_out": "waiting",
    "failed": "failed",
    "interrupted": "failed",
}


def elapsed_of(view: RunView, elapsed_ms: float | None = None) -> float:
    """How long the run has taken, in milliseconds: its own figure once it ended, else now (or the last event)."""
    stream = view.stream
    if view.ended:
        return stream.latency_ms if stream.latency_ms is not None else stream.last_at_ms
    return max(elapsed_ms or 0.0, stream.last_at_ms)


def metric_values(view: RunView, elapsed_ms: float | None = None) -> dict[str, float | None]:
    """The strip's figures by their key in METRICS, on the server's clock; None if there is no value yet.

    The longest silence includes the current one. ``token_events_per_s`` is per second, the rest are milliseconds.
    """
    stream = view.stream
    elapsed = elapsed_of(view, elapsed_ms)
    silence = stream.longest_gap_ms if view.ended else max(stream.longest_gap_ms, elapsed - stream.last_at_ms)
    return {
        "ttfs_ms": stream.first_status_ms,
        "ttft_ms": stream.first_token_ms,
        "elapsed_ms": elapsed,
        "token_events_per_s": token_events_per_second(stream.token_events, stream.first_token_ms, stream.last_token_ms),
        "longest_gap_ms": silence,
    }


def status_html(view: RunView, elapsed_ms: float | None = None) -> str:
    """The line of an answer: what is going on or how it ended, first token, duration, sources and warnings.

    ``elapsed_ms`` as in ``steps_html``; the elapsed time counts by itself. The line is drawn twice a second, so it is
    not a live region: the page's script reads the announcement out when that changes.
    """
    stream = view.stream
    state = stream.outcome or (stream.activity if _is_for_people(view) else stream.phase)
    return str(
        fragment(
            '<div class="ph ph-status ph-tone--{}" data-ph-run="{}" data-ph-announcement="{}">'
            '<p class="ph-status-line"><span class="ph-glyph ph-glyph--{}"></span>'
            '<span class="ph-status-text" dir="auto">{}</span></p>'
            '<ul class="ph-facts">{}</ul></div>',
            _TONES[state],
            "ended" if view.ended else "running",
            words.announcement(view),
            _GLYPHS[state],
            words.current_activity(view),
            joined(_facts(view, elapsed_ms)),
        )
    )


def facts_html(view: RunView) -> Markup:
    """The facts of a run that is over: first token, duration, sources and warnings."""
    return fragment('<ul class="ph-facts">{}</ul>', joined(_facts(view, None)))


def _is_for_people(view: RunView) -> bool:
    """True if the run does not work because it is paused, or waits for somebody."""
    return view.stream.phase == "open" and view.stream.activity != "running"


def _facts(view: RunView, elapsed_ms: float | None) -> Iterator[Markup]:
    """The facts of an answer's line, without those that it does not have."""
    stream, message = view.stream, view.message
    if stream.first_token_ms is not None:
        yield fragment("<li>{} {}</li>", words.FIRST_PIECE, format_ms(stream.first_token_ms))
    elapsed = elapsed_of(view, elapsed_ms)
    yield fragment("<li>{}</li>", format_ms(elapsed) if view.ended else live_duration(elapsed))
    if message.citations:
        yield fragment("<li>{}</li>", format_count(len(message.citations), "source"))
    if message.warnings:
        yield fragment('<li class="ph-fact--caution">{}</li>', format_count(len(message.warnings), "warning"))


def metrics_html(view: RunView, elapsed_ms: float | None = None) -> str:
    """The live metrics of a run, one beside the other. ``elapsed_ms`` as in ``status_html``."""
    values = metric_values(view, elapsed_ms)
    cells = []
    for key, label in words.METRIC_LABELS.items():
        value = values[key]
        if key == "elapsed_ms" and not view.ended:
            shown: object = live_duration(value or 0.0)
        else:
            shown = format_rate(value) if key == "token_events_per_s" else format_ms(value)
        cells.append(fragment('<div title="{}"><dt>{}</dt><dd>{}</dd></div>', words.METRIC_HINTS[key], label, shown))
    return str(fragment('<dl class="ph ph-metrics">{}</dl>', joined(cells)))
