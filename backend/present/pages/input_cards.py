"""What a run asks of a person, as cards: open ones with fields and buttons, others with what was answered.

A card is drawn again only when its request changes, so that what is being typed stays; the page's script
(``backend.present.browser.input_cards.js``) counts the time down, reads the fields, and shows a new card in place of
an older one.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from backend.present.markup import EMPTY, Markup, anchor_id, fragment, joined
from backend.present.pages.input_fields import value_fields
from backend.present.words import run as words_run, steering as words
from backend.protocol.inputs import InputAnswer, ProposedTool
from backend.protocol.roles import Role, covers
from backend.protocol.run_view import InputView, RunView


class AnswerProblem(NamedTuple):
    """Why an answer was not taken; ``times`` distinguishes the second refusal with the same words from the first."""

    sentence: str
    times: int = 1


def input_cards_html(
    view: RunView,
    elapsed_ms: float | None = None,
    problems: Mapping[str, AnswerProblem] | None = None,
    *,
    role: Role = "host",
) -> str:
    """A card for each request of the run; empty if there is none. Safe HTML.

    ``elapsed_ms``: milliseconds since the run was accepted, as of now. ``problems``: why the last answer was not
    taken, by ``input_id``. ``role``: what the reader may do; the buttons are those that it includes.
    """
    problems = problems or {}
    cards = [_card(asked, elapsed_ms, problems.get(asked.input_id), role) for asked in view.stream.inputs]
    if not cards:
        return ""
    return str(fragment('<div class="ph ph-inputs">{}</div>', joined(cards)))


def inputs_changed(view: RunView) -> tuple[tuple[str, str], ...]:
    """What a drawing of the cards depends on: the requests and their states."""
    return tuple((asked.input_id, asked.state) for asked in view.stream.inputs)


def _card(asked: InputView, elapsed_ms: float | None, problem: AnswerProblem | None, role: Role) -> Markup:
    request, is_open = asked.request, asked.state == "open"
    asking = is_open and covers(role, "steer")
    accepts = covers(role, request.needs)
    label = anchor_id("input", asked.input_id)
    return fragment(
        '<form class="ph-input-card ph-input-card--{}" data-ph-input="{}" data-ph-state="{}" aria-labelledby="{}"'
        '{}>{}<p class="ph-input-prompt" id="{}" dir="auto">{}</p>{}{}{}</form>',
        "open" if is_open else "over",
        asked.input_id,
        f"{asked.state} {problem.times if problem else 0}",
        label,
        fragment(' data-ph-digest="{}"', request.tool.digest) if request.tool and request.tool.digest else EMPTY,
        _title(asked, elapsed_ms, accepts=accepts),
        label,
        request.prompt,
        _tool(request.tool, asked.answer, asking and accepts) if request.tool else EMPTY,
        _fields(asked, accepts=accepts) if asking else _given(asked),
        fragment('<p class="ph-input-problem" role="alert">{}</p>', problem.sentence) if problem and is_open else EMPTY,
    )


def _title(asked: InputView, elapsed_ms: float | None, *, accepts: bool) -> Markup:
    """What kind of answer is waited for and how long, or what became of the request."""
    if asked.state == "open":
        titles = words.TITLES if accepts else words.TITLES_OF_OTHERS
        state, title = "waiting", titles.get(asked.request.kind, titles["text"])
    else:
        accepted = asked.answer is not None and asked.answer.action == "accept"
        state, title = "finished" if accepted else "cancelled", _outcome(asked)
    return fragment(
        '<p class="ph-input-title"><span class="ph-glyph ph-glyph--{}" aria-hidden="true"></span>'
        "<strong>{}</strong>{}</p>",
        state,
        title,
        _time_left(asked, elapsed_ms) if asked.state == "open" else EMPTY,
    )


def _time_left(asked: InputView, elapsed_ms: float | None) -> Markup:
    expires_at_ms = asked.request.expires_at_ms
    if expires_at_ms is None:
        return EMPTY
    left_s = max(0.0, expires_at_ms - (elapsed_ms if elapsed_ms is not None else asked.asked_ms)) / 1000
    return fragment(
        ' <span class="ph-input-left" data-ph-left-s="{}">{}</span>',
        f"{left_s:.1f}",
        words.TIME_LEFT.format(seconds=f"{left_s:.0f}"),
    )


def _tool(tool: ProposedTool, answer: InputAnswer | None, editing: bool) -> Markup:
    """The proposed call; once another one was approved, both."""
    written = json.dumps(tool.arguments, indent=2, ensure_ascii=False)
    name = fragment('<code class="ph-input-tool">{}</code>', tool.name)
    if editing and tool.editable:
        lines = min(12, written.count("\n") + 1)
        return fragment(
            '<div class="ph-input-field">{}<label>{}<textarea name="arguments" rows="{}" spellcheck="false">{}'
            "</textarea></label></div>",
            name,
            words.ARGUMENTS_EDITABLE,
            lines,
            written,
        )
    changed = answer.arguments if answer is not None else None
    proposed = _code(words.ARGUMENTS if changed is None else words.PROPOSED, written)
    run = _code(words.RUN_WITH, json.dumps(changed, indent=2, ensure_ascii=False)) if changed is not None else EMPTY
    return fragment('<div class="ph-input-field">{}{}{}</div>', name, proposed, run)


def _code(title: str, written: str) -> Markup:
    return fragment('<span class="ph-input-caption">{}</span><pre dir="ltr">{}</pre>', title, written)


def _fields(asked: InputView, *, accepts: bool) -> Markup:
    """The fields and buttons; without ``accepts`` the answer can only be declined."""
    approval = asked.request.kind == "approval"
    accept = fragment(
        '<button type="submit" class="ph-button ph-button--primary">{}</button>',
        words.APPROVE if approval else words.SEND,
    )
    return fragment(
        '{}<p class="ph-input-buttons">{}<button type="button" class="ph-button" data-ph-action="decline">{}</button>'
        "</p>{}",
        EMPTY if approval or not accepts else value_fields(asked.request),
        accept if accepts else EMPTY,
        words.DENY if approval else words.SKIP,
        EMPTY if accepts else fragment('<p class="ph-hint">{}</p>', words.OTHERS_APPROVE),
    )


def _given(asked: InputView) -> Markup:
    """What was answered, besides a tool's arguments."""
    answer = asked.answer
    if answer is None or answer.value is None:
        return EMPTY
    value: Any = answer.value
    titles = {option.value: option.label or option.value for option in asked.request.options}
    if isinstance(value, dict):
        rows = joined(
            fragment("<div><dt>{}</dt><dd>{}</dd></div>", words_run.readable(name), _text(each))
            for name, each in value.items()
        )
        return fragment('<dl class="ph-input-values">{}</dl>', rows)
    said = titles.get(value, value) if isinstance(value, str) else _text(value)
    return fragment('<p class="ph-input-value" dir="auto">{}</p>', said)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _outcome(asked: InputView) -> str:
    """What became of the request, by whom and how fast."""
    answer = asked.answer
    if asked.state == "expired" or (answer is not None and answer.expired):
        return words.EXPIRED
    if answer is None:
        return words.CLOSED
    said = words.ANSWERED.get((asked.request.kind, answer.action), words.ANSWERED_OTHERWISE[answer.action])
    by = f" {words.BY.format(name=answer.by.name)}" if answer.by is not None and answer.by.name else ""
    after = f" {words.AFTER.format(seconds=answer.waited_ms / 1000)}" if answer.waited_ms is not None else ""
    return f"{said}{by}{after}"
