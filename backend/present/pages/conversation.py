"""The earlier turns of a conversation, above the current run, each with its line and its actions."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.present.answer.blocks import answer_html
from backend.present.answer.markdown_export import export_markdown
from backend.present.evidence.sources import ordered_sources, source_html
from backend.present.markup import EMPTY, Markup, fragment, joined
from backend.present.pages.addresses import run_parameter
from backend.present.pages.attachments import attached_html
from backend.present.pages.copy_button import copy_button_html
from backend.present.pages.run_buttons import run_buttons
from backend.present.pages.status import facts_html
from backend.present.words import ask as words_ask, pages as words_pages, run as words
from backend.present.words.durations import format_count
from backend.protocol.attachments import AttachmentNote
from backend.protocol.run_view import RunView


@dataclass(frozen=True, slots=True)
class EarlierTurn:
    """A run that was over before this one was asked: its id, its last view, and its files."""

    run_id: str
    view: RunView
    attachments: tuple[AttachmentNote, ...] = ()


def earlier_turns_html(turns: Sequence[EarlierTurn], *, comments: bool = True, shares: bool = True) -> str:
    """The turns in order, each with its question, its line, its answer, its actions, and its sources to unfold.
    ``comments`` and ``shares``: whether the reader may give feedback, and share a run."""
    if not turns:
        return ""
    return str(
        fragment(
            '<section class="ph ph-turns" aria-label="{}">{}</section>',
            words_ask.EARLIER_TURNS,
            joined(_turn_html(turn, comments, shares) for turn in turns),
        )
    )


def _turn_html(turn: EarlierTurn, comments: bool, shares: bool) -> Markup:
    message, stream = turn.view.message, turn.view.stream
    ended_early = stream.outcome not in (None, "completed")
    return fragment(
        '<article class="ph-turn" data-ph-turn="{}"><div class="ph-question" dir="auto">{}</div>{}'
        '<div class="ph-turn-line"><strong>{}</strong>{}</div><div class="ph-turn-answer">{}</div>{}{}{}</article>',
        turn.run_id,
        message.question,
        attached_html(turn.attachments),
        words.current_activity(turn.view),
        facts_html(turn.view),
        # Safe by the renderer, which escapes an agent's text.
        Markup(answer_html(turn.view, scope=turn.run_id)),
        fragment('<p class="ph-hint">{}</p>', words.outcome_sentence(turn.view)) if ended_early else EMPTY,
        _actions_html(turn, comments, shares),
        _sources_html(turn),
    )


def _actions_html(turn: EarlierTurn, comments: bool, shares: bool) -> Markup:
    """Copy, replay, share, two thumbs, and a comment."""
    ((parameter, _),) = run_parameter(turn.run_id).items()
    return fragment(
        '<div class="ph-turn-actions">{}<a class="ph-button" href="replay?{}={}">{}</a>{}</div>',
        Markup(copy_button_html(export_markdown(turn.view), f"ph-answer-markdown-{turn.run_id}")),
        parameter,
        turn.run_id,
        words_pages.OPEN_IN_REPLAY,
        run_buttons(turn.run_id, comments=comments, shares=shares),
    )


def _sources_html(turn: EarlierTurn) -> Markup:
    """Folded: the panel on the right shows the sources of the current run."""
    sources = ordered_sources(turn.view)
    if not sources:
        return EMPTY
    return fragment(
        '<details class="ph-details" data-ph-keep="turn-{}"><summary>{}</summary>'
        '<ol class="ph-sources">{}</ol></details>',
        turn.run_id,
        format_count(len(sources), "source"),
        joined(source_html(source, ended=True, scope=turn.run_id) for source in sources),
    )
