"""Trust signals: the agent's own reasons against relying on its answer."""

from backend.present.evidence.sources import ordered_sources
from backend.present.markup import EMPTY, Markup, anchor_id, fragment, joined
from backend.present.words import run as words
from backend.protocol.events import WarningEvent
from backend.protocol.run_view import RunView


def warnings_html(view: RunView, *, scope: str = "") -> str:
    """Every warning of the run in order, each with a link to its source; empty if there is none."""
    warnings = view.message.warnings
    if not warnings:
        return str(EMPTY)
    items = joined(_warning_html(warning, view, scope) for warning in warnings)
    return str(
        fragment(
            '<section class="ph ph-warnings" aria-label="{}"><p class="ph-warnings-title" aria-hidden="true">{}</p>'
            "<ul>{}</ul></section>",
            words.WARNINGS_TITLE,
            words.WARNINGS_TITLE,
            items,
        )
    )


def _warning_html(warning: WarningEvent, view: RunView, scope: str) -> Markup:
    return fragment(
        '<li class="ph-warning"><span class="ph-glyph ph-glyph--warning" role="img" aria-label="warning"></span>'
        '<span dir="auto">{}{}</span></li>',
        warning.message or words.readable(warning.code),
        _about_html(warning, view, scope),
    )


def _about_html(warning: WarningEvent, view: RunView, scope: str) -> Markup:
    if warning.citation_id is not None:
        for source in ordered_sources(view):
            if source.citation.citation_id == warning.citation_id:
                return fragment(
                    ' <a class="ph-marker" href="#{}" data-number="{}">{}</a>',
                    anchor_id("source", source.key, scope),
                    source.citation.number or "",
                    source.citation.number or "source",
                )
    if warning.step_id is not None:
        for step in view.stream.steps:
            if step.step_id == warning.step_id:
                return fragment(' <span class="ph-about">{}</span>', words.step_label(step))
    return EMPTY
