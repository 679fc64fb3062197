"""The buttons of a run whose presses the pages' script takes: they are the same in both UIs."""

from backend.present.markup import EMPTY, Markup, fragment
from backend.present.words import ask as words_ask, pages as words_pages


def run_buttons(run_id: str, *, comments: bool = True, shares: bool = True) -> Markup:
    """Share, two thumbs and a comment, for the run. ``comments`` and ``shares``: whether the reader may give feedback,
    and share the run."""
    share = fragment(
        '<button type="button" class="ph-button" data-ph-share="{}">{}</button>', run_id, words_pages.SHARE
    )
    feedback = fragment(
        '<button type="button" class="ph-button" data-ph-thumb="up">{}</button>'
        '<button type="button" class="ph-button" data-ph-thumb="down">{}</button>'
        '<button type="button" class="ph-button" data-ph-comment>{}</button>',
        words_ask.HELPFUL,
        words_ask.NOT_HELPFUL,
        words_ask.COMMENT,
    )
    return fragment(
        '<span class="ph ph-run-buttons" data-ph-on-run="{}">{}{}</span>',
        run_id,
        share if shares else EMPTY,
        feedback if comments else EMPTY,
    )


def run_buttons_html(run_id: str, *, comments: bool = True, shares: bool = True) -> str:
    """The same as safe HTML; empty without a run."""
    return str(run_buttons(run_id, comments=comments, shares=shares)) if run_id else ""
