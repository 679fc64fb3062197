"""People's feedback on runs, as a list, and the moment each is about."""

from collections.abc import Sequence
from typing import Literal, Protocol

from backend.present.markup import EMPTY, Markup, fragment, joined
from backend.present.words import ask as words_ask, history as words_history
from backend.present.words.durations import format_clock
from backend.protocol.inputs import Person


class Remark(Protocol):
    """One piece of feedback, as the backend sends it."""

    @property
    def thumb(self) -> Literal["up", "down"] | None:
        """The reader's verdict, None for a comment alone."""
        ...

    @property
    def comment(self) -> str:
        """The reader's words; may be empty."""
        ...

    @property
    def at_ms(self) -> float | None:
        """The moment of the run it is about, in milliseconds; None for the whole run."""
        ...

    @property
    def created_at(self) -> str:
        """The time it was given, ISO 8601 in UTC."""
        ...

    @property
    def by(self) -> Person | None:
        """The reader, as they call themselves; None where nobody says."""
        ...

    @property
    def question(self) -> str:
        """The run's question."""
        ...


def feedback_html(remarks: Sequence[Remark], *, with_question: bool = False) -> str:
    """The feedback in order, without votes, which say nothing in words. ``with_question``: show for each the question
    it is about."""
    said = [remark for remark in remarks if remark.thumb is not None or remark.comment]
    if not said:
        return str(fragment('<p class="ph ph-empty">{}</p>', words_history.NO_FEEDBACK))
    items = joined(_remark_html(remark, with_question) for remark in said)
    return str(fragment('<ul class="ph ph-remarks">{}</ul>', items))


def moment_of(remark: Remark) -> str:
    """``at 0:03.4``; empty for feedback on the whole run."""
    return "" if remark.at_ms is None else f"at {format_clock(remark.at_ms)}"


def thumb_word(thumb: Literal["up", "down"] | None) -> str:
    """A thumb as a word; empty for none."""
    return {"up": words_ask.HELPFUL, "down": words_ask.NOT_HELPFUL, None: ""}[thumb]


def _remark_html(remark: Remark, with_question: bool) -> Markup:
    tone = {"up": "good", "down": "caution", None: "muted"}[remark.thumb]
    facts = [
        remark.by.name if remark.by is not None else "",
        thumb_word(remark.thumb),
        moment_of(remark),
        remark.created_at[:16].replace("T", " "),
    ]
    return fragment(
        '<li class="ph-remark ph-tone--{}">{}<p class="ph-remark-facts">{}</p>{}</li>',
        tone,
        fragment('<p class="ph-remark-question" dir="auto">{}</p>', remark.question)
        if with_question and remark.question
        else EMPTY,
        ", ".join(fact for fact in facts if fact),
        fragment('<p class="ph-remark-comment" dir="auto">{}</p>', remark.comment) if remark.comment else EMPTY,
    )
