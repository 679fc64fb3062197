"""Cards to press: examples, what can happen, and past runs with their strips at their smallest.

Each is a button with ``data-ph-choice``. A UI passes the choice on, and the desk carries it out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from backend.present.markup import EMPTY, Markup, fragment, joined
from backend.present.pages.history import RunFacts, listed_question, run_facts_html
from backend.present.pages.notices import header_html
from backend.present.strip.mini import mini_strip
from backend.present.strip.model import StripModel
from backend.present.words import history as words_history, run as words, welcome as words_welcome

ChoiceKind = Literal["example", "show", "run", "pair"]

_BETWEEN: Final = "+"
"""Between the two runs of a pair in a choice."""


@dataclass(frozen=True, slots=True)
class RunCard:
    """A past run for a list. ``strip`` is None if it could not be loaded."""

    run: RunFacts
    strip: StripModel | None = None


@dataclass(frozen=True, slots=True)
class PairCard:
    """Two past runs of one question."""

    first: RunCard
    second: RunCard


def choice_of(kind: ChoiceKind, name: str) -> str:
    """The choice that a card stands for."""
    return f"{kind}:{name}"


def read_choice(choice: str) -> tuple[str, str]:
    """Kind and name of a choice; for a text that is none, two texts that mean nothing."""
    kind, _, name = choice.partition(":")
    return kind, name


def pair_of(name: str) -> tuple[str, str]:
    """The ids of the two runs in the name of a pair."""
    first, _, second = name.partition(_BETWEEN)
    return first, second


def welcome_html() -> str:
    """The Ask page before the first question: one sentence, example questions, and what can happen."""
    examples = joined(
        fragment('<button type="button" class="ph-card" data-ph-choice="{}">{}</button>', _example(index), question)
        for index, question in enumerate(words.EXAMPLE_QUESTIONS)
    )
    gallery = joined(
        fragment(
            '<button type="button" class="ph-card" data-ph-choice="{}"><span class="ph-card-title">{}</span>'
            '<span class="ph-card-text">{}</span></button>',
            choice_of("show", agent),
            title,
            look,
        )
        for agent, title, look in words_welcome.GALLERY
    )
    return header_html() + str(
        _section(words_welcome.TRY_A_QUESTION, examples) + _section(words_welcome.SEE_WHAT_CAN_HAPPEN, gallery)
    )


def run_cards_html(cards: Sequence[RunCard]) -> str:
    """The latest runs as cards, side by side; empty if there are none."""
    return str(_section(words_welcome.RECENT_RUNS, joined(map(_run_card, cards)))) if cards else ""


def run_list_html(cards: Sequence[RunCard], chosen_id: str) -> str:
    """Past runs as cards below each other, the chosen one marked; empty if there are none."""
    listed = joined(_run_card(card, pressed=card.run.run_id == chosen_id) for card in cards)
    return str(_section(words_history.RUNS_LABEL, listed, "ph-card-list")) if cards else ""


def pair_cards_html(pairs: Iterable[PairCard]) -> str:
    """Pairs of runs worth comparing; empty if there are none."""
    cards = joined(map(_pair_card, pairs))
    return str(_section(words_welcome.SUGGESTED_PAIRS, cards)) if cards else ""


def _example(index: int) -> str:
    return choice_of("example", str(index))


def _section(title: str, cards: Markup, arrangement: str = "ph-card-grid") -> Markup:
    return fragment(
        '<section class="ph ph-cards"><h2 class="ph-cards-title">{}</h2><div class="{}">{}</div></section>',
        title,
        arrangement,
        cards,
    )


def _run_card(card: RunCard, *, pressed: bool = False) -> Markup:
    return fragment(
        '<button type="button" class="ph-card" data-ph-choice="{}"{}><span class="ph-card-title" dir="auto">{}</span>'
        "{}{}</button>",
        choice_of("run", card.run.run_id),
        fragment(' aria-pressed="true"') if pressed else EMPTY,
        listed_question(card.run),
        _strip(card),
        run_facts_html(card.run),
    )


def _pair_card(pair: PairCard) -> Markup:
    axis_ms = max((side.strip.axis_ms for side in (pair.first, pair.second) if side.strip is not None), default=None)
    sides = joined(
        fragment('<span class="ph-card-side">{}{}</span>', _strip(side, axis_ms), run_facts_html(side.run))
        for side in (pair.first, pair.second)
    )
    return fragment(
        '<button type="button" class="ph-card" data-ph-choice="{}"><span class="ph-card-title" dir="auto">{}</span>{}'
        "</button>",
        choice_of("pair", f"{pair.first.run.run_id}{_BETWEEN}{pair.second.run.run_id}"),
        listed_question(pair.first.run),
        sides,
    )


def _strip(card: RunCard, axis_ms: float | None = None) -> Markup:
    """The strip, or the room for it, so that nothing moves when it comes."""
    drawn = mini_strip(card.strip, axis_ms) if card.strip is not None else EMPTY
    return fragment('<span class="ph-card-strip">{}</span>', drawn)
