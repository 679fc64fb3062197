"""Cards to press, and what a press of one means."""

from dataclasses import dataclass

import pytest

from backend.present.pages.cards import (
    PairCard,
    RunCard,
    choice_of,
    pair_cards_html,
    pair_of,
    read_choice,
    run_cards_html,
    run_list_html,
    welcome_html,
)
from backend.present.strip.fold import strip_of
from backend.present.words import run as words, welcome as words_welcome
from backend.protocol.events import DoneEvent, Event, Outcome, TokenEvent
from tests.present.html_reader import visible
from tests.present.samples import HOSTILE


@dataclass(frozen=True)
class PastRun:
    """A run that is over."""

    run_id: str
    question: str = "Is it rising?"
    agent: str = "documents"
    created_at: str = "2026-11-30T11:05:12Z"
    outcome: Outcome | None = "completed"
    duration_ms: float | None = 94.0
    ttft_ms: float | None = 20.0
    last_seq: int = 12
    worker: str | None = None


def card(run_id: str, question: str = "Is it rising?") -> RunCard:
    events: list[Event] = [TokenEvent(text="Yes.", at_ms=20), DoneEvent(at_ms=94, latency_ms=94)]
    return RunCard(PastRun(run_id, question), strip_of(events))


def test_the_first_screen_has_examples_and_what_can_happen() -> None:
    html = welcome_html()
    for index, question in enumerate(words.EXAMPLE_QUESTIONS):
        assert f'data-ph-choice="{choice_of("example", str(index))}"' in html
        assert visible(question) in visible(html)
    for agent, title, look in words_welcome.GALLERY:
        assert f'data-ph-choice="{choice_of("show", agent)}"' in html
        assert f"{title}{look}" in visible(html)


def test_a_run_has_its_question_its_facts_and_its_strip() -> None:
    html = run_cards_html([card("run_1"), RunCard(PastRun("run_2"))])
    assert visible(html).count("Is it rising?") == 2
    assert "Completed" in visible(html)
    assert "94 ms" in visible(html)
    assert html.count("<svg") >= 1
    assert html.count("ph-card-strip") == 2, "the room for a strip is there before the strip"
    assert (run_cards_html([]), run_list_html([], ""), pair_cards_html([])) == ("", "", "")


def test_the_chosen_run_is_marked() -> None:
    html = run_list_html([card("run_1"), card("run_2")], "run_2")
    assert html.count('aria-pressed="true"') == 1
    assert html.index("run:run_1") < html.index('aria-pressed="true"')


@pytest.mark.parametrize("text", HOSTILE)
def test_a_question_is_text(text: str) -> None:
    for html in (run_cards_html([card("run_1", text)]), pair_cards_html([PairCard(card("a", text), card("b", text))])):
        assert "<script" not in html.lower()
        assert "<img" not in html.lower()
        assert "<iframe" not in html.lower()


def test_choices_are_read_as_they_are_written() -> None:
    html = pair_cards_html([PairCard(card("run_a-1"), card("run_b_2"))])
    choice = html.split('data-ph-choice="')[1].split('"')[0]
    kind, name = read_choice(choice)
    assert (kind, pair_of(name)) == ("pair", ("run_a-1", "run_b_2"))
    assert read_choice(choice_of("show", "scripted:stall")) == ("show", "scripted:stall")
    assert read_choice("nonsense") == ("nonsense", "")
