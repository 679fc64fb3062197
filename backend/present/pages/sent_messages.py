"""Messages to a run, each with its receipt: accepted, read at which step, asked, withdrawn or returned.

The page's script (``backend.present.browser.input_cards.js``) passes a press of Withdraw on, and puts the text of a
message that returned to its sender into the question's field.
"""

from collections.abc import Collection, Mapping

from backend.present.markup import EMPTY, Markup, fragment, joined
from backend.present.words import messages as words, run as words_run
from backend.protocol.inputs import STEERING
from backend.protocol.run_view import RunView, StepView

_TAKEN_BACK = "withdrawn"
_GLYPHS = {"finished": "finished", "cancelled": "cancelled"}


def sent_messages_html(
    view: RunView, own: Collection[str] = (), problems: Mapping[str, str] | None = None, *, read_only: bool = False
) -> str:
    """The messages of a run in order; empty if there are none. Safe HTML.

    ``own``: ids of those that this page sent. ``problems``: why one could not be withdrawn, by its id. ``read_only``:
    without buttons.
    """
    sent = [step for step in view.stream.steps if step.step == STEERING]
    if not sent:
        return ""
    rows = joined(_message(step, view, own, (problems or {}).get(step.step_id, ""), read_only) for step in sent)
    return str(fragment('<ul class="ph ph-sent" aria-label="{}">{}</ul>', words.SENT_TITLE, rows))


def sent_changed(view: RunView) -> tuple[tuple[str, str], ...]:
    """What a drawing of the messages depends on: their states."""
    return tuple((step.step_id, step.state) for step in view.stream.steps if step.step == STEERING)


def _message(step: StepView, view: RunView, own: Collection[str], problem: str, read_only: bool) -> Markup:
    returns = _returned(step) and step.mode != "queue" and step.step_id in own
    withdraw = fragment(
        ' <button type="button" class="ph-button" data-ph-withdraw="{}">{}</button>', step.step_id, words.WITHDRAW
    )
    return fragment(
        '<li class="ph-sent-message" data-ph-sent="{}" data-ph-sent-state="{}"{}><p class="ph-sent-text" dir="auto">{}'
        '</p><p class="ph-sent-receipt"><span class="ph-glyph ph-glyph--{}" aria-hidden="true"></span>{}{}</p>{}</li>',
        step.step_id,
        step.state,
        fragment(' data-ph-returned="{}"', step.detail or "") if returns else EMPTY,
        step.detail or "",
        _GLYPHS.get(step.state, "waiting"),
        receipt(step, view, in_field=returns),
        withdraw if step.is_open and not read_only else EMPTY,
        fragment('<p class="ph-input-problem" role="alert">{}</p>', problem) if problem and step.is_open else EMPTY,
    )


def receipt(step: StepView, view: RunView, *, in_field: bool = False) -> str:
    """What became of a message, in a sentence. ``in_field``: its text is back in the field of its sender."""
    queued = step.mode == "queue"
    if step.is_open:
        return words.WAITS_FOR_END if queued else words.WAITS_FOR_STEP
    if step.state == "finished":
        if queued:
            return words.ASKED
        at = next((other for other in view.stream.steps if other.step_id == step.delivered_to), None)
        return words.READ if at is None else words.READ_AT.format(step=words_run.step_label(at))
    if not _returned(step):
        return words.WITHDRAWN
    if queued:
        return words.NOT_ASKED
    return words.RETURNED_TO_FIELD if in_field else words.RETURNED


def _returned(step: StepView) -> bool:
    return step.state == "cancelled" and step.reason != _TAKEN_BACK
