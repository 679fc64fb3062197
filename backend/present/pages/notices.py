"""The surroundings of a run: header, question, and the designed states of a page with nothing, trouble, or an end."""

from collections.abc import Sequence
from typing import Final

from backend.present.markup import EMPTY, Markup, fragment
from backend.present.pages.attachments import attached_html
from backend.present.words import ask as words_ask, run as words
from backend.protocol.attachments import AttachmentNote
from backend.protocol.roles import Role
from backend.protocol.run_view import RunView

_NOTICE_LOOKS: Final = {
    "connecting": ("accent", "running"),
    "reconnecting": ("caution", "offline"),
    "backend_down": ("bad", "offline"),
    "refused": ("bad", "failed"),
    "invalid_question": ("caution", "info"),
    "run_not_found": ("caution", "info"),
    "cancelled": ("muted", "cancelled"),
    "timed_out": ("bad", "waiting"),
    "failed": ("bad", "failed"),
    "interrupted": ("bad", "failed"),
    "no_answer": ("caution", "info"),
    "invalid_recording": ("caution", "info"),
    "nothing_to_replay": ("muted", "info"),
    "nothing_to_compare": ("muted", "info"),
    "no_runs": ("muted", "info"),
    "no_run_fits": ("muted", "info"),
}


def header_html(title: str = words.APP_TITLE, explanation: str = words.EXPLANATION) -> str:
    """A page's title and the one sentence that explains it."""
    return str(
        fragment(
            '<header class="ph ph-header"><h1 class="ph-title">{}</h1><p class="ph-explanation">{}</p></header>',
            title,
            explanation,
        )
    )


def shared_header_html(*, conversation: bool = False) -> str:
    """The same for what somebody shared: a run, or a whole conversation."""
    title = words_ask.SHARED_CONVERSATION if conversation else words_ask.SHARED_TITLE
    return header_html(title, words_ask.SHARED_SENTENCE)


def rights_html(role: Role, *, through_share: bool) -> str:
    """What the reader may do, where that is not to ask."""
    sentence = words_ask.SHARED_RIGHTS[role] if through_share else words_ask.OWN_RIGHTS[role]
    return str(fragment('<p class="ph ph-rights">{}</p>', sentence))


def question_html(question: str, attachments: Sequence[AttachmentNote] = ()) -> str:
    """The question as the reader asked it, line breaks kept, with its files below."""
    asked = fragment('<div class="ph ph-question" dir="auto">{}</div>', question)
    return str(asked + attached_html(attachments))


def latest_html() -> str:
    """The button that leads to the end of the conversation. The pages' script shows it when that is out of sight."""
    return str(
        fragment(
            '<div class="ph ph-latest"><button type="button" class="ph-button" data-ph-latest>{} \N{DOWNWARDS ARROW}'
            "</button></div>",
            words_ask.LATEST,
        )
    )


def section_title_html(title: str) -> str:
    """The heading of a panel."""
    return str(fragment('<h2 class="ph ph-section">{}</h2>', title))


def notice_html(name: str, detail: str | None = None) -> str:
    """A designed state by its name in ``words.NOTICES``; ``detail`` replaces its own sentence."""
    return str(notice(name, detail))


def notice(name: str, detail: str | None = None) -> Markup:
    """As ``notice_html``, for use inside other fragments."""
    heading, sentence = words.NOTICES[name]
    tone, glyph = _NOTICE_LOOKS[name]
    return fragment(
        '<div class="ph ph-notice ph-notice--{} ph-tone--{}" role="{}"><span class="ph-glyph ph-glyph--{}"></span>'
        '<div><p class="ph-notice-title">{}</p><p class="ph-notice-text" dir="auto">{}</p></div></div>',
        name,
        tone,
        "alert" if tone == "bad" else "status",
        glyph,
        heading,
        detail or sentence,
    )


def error_html(view: RunView, *, may_wait_longer: bool = False) -> str:
    """Why a run did not complete, with the error's own sentence; empty for a run that is still running or completed.

    ``may_wait_longer``: the page offers to ask again with a longer time limit.
    """
    stream = view.stream
    if stream.outcome is None:
        return str(notice("reconnecting")) if stream.phase == "reconnecting" else str(EMPTY)
    if stream.outcome == "completed":
        return str(EMPTY) if view.message.answer.strip() else str(notice("no_answer"))
    detail = words.outcome_sentence(view)
    if stream.error is not None and stream.error.retryable:
        hint = words.WAIT_LONGER_HINT if may_wait_longer else words.RETRY_HINT
        detail = f"{detail.rstrip('.')}. {hint}"
    return str(notice(stream.outcome, detail))
