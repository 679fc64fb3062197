"""One run as one HTML file: to send, to keep, to print. It loads nothing from anywhere and runs only its own script.

An agent's text is escaped or drawn by the same fragments as in the UIs, and the page's policy names its own scripts by
their hash, so nothing else could run even if something slipped through.
"""

from collections.abc import Sequence
from typing import Any

from backend.present.answer.blocks import answer_html
from backend.present.browser import page_script
from backend.present.evidence.artifacts import artifact_views
from backend.present.evidence.sources import sources_html
from backend.present.evidence.steps import steps_html
from backend.present.evidence.warnings import warnings_html
from backend.present.markup import EMPTY, Markup, fragment, joined
from backend.present.offline_page import content_policy, figures_script, plotly_js, script_json
from backend.present.offline_page.two_themes import in_two_themes
from backend.present.pages.feedback import Remark, feedback_html
from backend.present.pages.notices import error_html, notice_html
from backend.present.pages.run_metrics import metric_definition, metric_label, metric_text, run_metrics
from backend.present.strip.fold import strip_of
from backend.present.strip.still import still_strip
from backend.present.theme.style import lit_markers, stylesheet
from backend.present.timeline.text import timeline_text_html
from backend.present.words import report as words_report, run as words
from backend.present.words.durations import format_ms
from backend.protocol.recordings import Recording
from backend.protocol.run_view import RunView
from backend.protocol.view import fold

_STYLE = """
body{margin:0 auto;max-width:1040px;padding:28px 24px 64px;background:var(--ph-ground);color:var(--ph-text);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",Arial,sans-serif}
h1{font-size:26px;line-height:1.25;margin:2px 0 6px;overflow-wrap:anywhere}
h2{font-size:18px;margin:30px 0 8px}
.product,.facts{color:var(--ph-muted);font-size:13px;margin:0}
.figure{min-height:120px;margin:0 0 8px}
.metrics{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:10px;margin:0}
.metrics div{border:1px solid var(--ph-line);border-radius:6px;padding:7px 10px}
.metrics dt{color:var(--ph-muted);font-size:12.5px}
.metrics dd{margin:0;font-size:17px;font-weight:600;font-variant-numeric:tabular-nums}
@media print{body{max-width:none;padding:0}h2{break-after:avoid}.ph-source,.metrics div,.figure{break-inside:avoid}}
"""


def run_report_html(recording: Recording, *, feedback: Sequence[Remark] = ()) -> str:
    """The whole page: answer, steps, results, sources, timeline, numbers, and people's feedback on the run."""
    header, events = recording.header, recording.events
    view = fold(RunView.start(header.question), events)
    figures: dict[str, Any] = {}
    sections = [
        (words_report.ANSWER, _answer(view)),
        (words.ARTIFACTS_TITLE, _artifacts(view, figures)),
        (words.SOURCES_TITLE, _ours(sources_html(view))),
        (words.STEPS_TITLE, _ours(steps_html(view))),
        (words_report.TIMELINE, _timeline(recording)),
        (words_report.NUMBERS, _numbers(recording)),
        (words_report.FEEDBACK, _ours(feedback_html(feedback)) if feedback else EMPTY),
    ]
    scripts = (*((plotly_js(), figures_script()) if figures else ()), page_script())
    body = joined(fragment("<section><h2>{}</h2>{}</section>", title, part) for title, part in sections if part)
    return str(
        fragment(
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta http-equiv="Content-Security-Policy" content="{}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="referrer" content="no-referrer"><title>{}</title><link rel="icon" href="data:,">'
            "<style>{}</style></head><body><header>{}</header><main>{}</main>"
            '<script type="application/json" id="figures">{}</script>{}</body></html>\n',
            content_policy(*scripts),
            words.shortened(header.question, 120) or words_report.A_RUN,
            _ours(f"{stylesheet('auto')}\n{lit_markers()}{_STYLE}"),
            _head(recording, view),
            body,
            _ours(script_json(figures)),
            joined(fragment("<script>{}</script>", _ours(script)) for script in scripts),
        )
    )


def _ours(html: str) -> Markup:
    """Trusted HTML: made by this package's own renderers, each of which escapes an agent's text."""
    return Markup(html)


def _head(recording: Recording, view: RunView) -> Markup:
    header, stream = recording.header, view.stream
    outcome = words.OUTCOME_WORDS[stream.outcome] if stream.outcome is not None else words_report.NOT_ENDED
    facts = [
        header.agent,
        header.created_at[:16].replace("T", " "),
        outcome,
        format_ms(stream.last_at_ms),
        f"{len(recording.events):,} events",
    ]
    return fragment(
        '<p class="product">{}</p><h1 dir="auto">{}</h1><p class="facts">{}</p>{}',
        words_report.A_RUN,
        header.question or words_report.NO_QUESTION,
        " · ".join(fact for fact in facts if fact),
        _ours(notice_html("interrupted", recording.cut)) if recording.cut else EMPTY,
    )


def _answer(view: RunView) -> Markup:
    parts = [error_html(view), warnings_html(view), answer_html(view)]
    return joined(_ours(part) for part in parts)


def _artifacts(view: RunView, figures: dict[str, Any]) -> Markup:
    """Each chart as a figure with its data below it; everything else as in the UIs."""
    drawn = []
    both = zip(artifact_views(view, "light"), artifact_views(view, "dark"), strict=True)
    for index, (light, dark) in enumerate(both):
        if light.figure is not None and dark.figure is not None:
            name = f"chart-{index}"
            figures[name] = in_two_themes(light.figure, dark.figure)
            drawn.append(
                fragment('<div class="figure" data-figure="{}" role="img" aria-label="{}"></div>', name, light.title)
            )
        drawn.append(_ours(light.html))
    return joined(drawn)


def _timeline(recording: Recording) -> Markup:
    return joined([still_strip(strip_of(recording.events)), timeline_text_html(recording.events)])


def _numbers(recording: Recording) -> Markup:
    found = [(key, value) for key, value in run_metrics(recording.events).items() if value is not None]
    cell = '<div title="{}"><dt>{}</dt><dd>{}</dd></div>'
    items = joined(
        fragment(cell, metric_definition(key), metric_label(key), metric_text(key, value)) for key, value in found
    )
    return fragment('<dl class="metrics">{}</dl><p class="facts">{}</p>', items, words_report.PLANE)
