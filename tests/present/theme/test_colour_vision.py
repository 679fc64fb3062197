"""Colours that are used together stay apart for who is colour blind, or never stand without a shape or a word."""

import re
from itertools import combinations

import pytest

from backend.present.evidence.steps import steps_html
from backend.present.pages.comparison import Compared, comparison_table_html
from backend.present.strip.fold import strip_of
from backend.present.strip.still import still_strip
from backend.present.theme.palette import COLOURS, SERIES, STATE_ROLES, Theme
from backend.present.theme.style import stylesheet
from backend.present.words import run as words
from backend.protocol.events import (
    ArtifactEvent,
    DoneEvent,
    ErrorEvent,
    KnownEvent,
    StatusEvent,
    StepStateName,
    TokenEvent,
    WarningEvent,
)
from backend.protocol.run_view import RunView
from backend.protocol.view import fold
from tests.present.colour_vision import SIGHTS, apart, seen
from tests.present.html_reader import visible
from tests.present.samples import cited, numbered

THEMES: tuple[Theme, ...] = ("light", "dark")
CLEARLY = 12.0
"""CIEDE2000. 1 is what can just be seen side by side; ten times that is seen at a glance."""
NEARLY = 8.0
"""For tones that are never without their word and their picture."""


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_is_that_of_the_published_data(
    first: tuple[float, float, float], second: tuple[float, float, float], difference: float
) -> None:
    assert apart(first, second) == pytest.approx(difference, abs=0.0001)
    assert apart(second, first) == pytest.approx(difference, abs=0.0001)


@pytest.mark.parametrize("sight", SIGHTS)
def test_greys_look_the_same_to_everybody(sight: str) -> None:
    for grey in ("#000000", "#777777", "#ffffff"):
        assert apart(seen(grey, sight), seen(grey, "normal sight")) < 0.5


def test_red_and_green_of_one_lightness_are_told_apart_by_normal_sight_only() -> None:
    pair = ("#c06000", "#7a8000")
    assert apart(*(seen(colour, "normal sight") for colour in pair)) > 2 * CLEARLY
    assert apart(*(seen(colour, "protanopia") for colour in pair)) < CLEARLY


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_series_stay_apart(theme: Theme, sight: str) -> None:
    assert min(_differences(SERIES[theme], sight)) >= CLEARLY


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_good_bad_and_caution_stay_apart(theme: Theme, sight: str) -> None:
    assert min(_differences([COLOURS[theme][role] for role in ("good", "bad", "caution")], sight)) >= CLEARLY


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_tones_that_have_their_word_stay_apart_as_well(theme: Theme, sight: str) -> None:
    roles = ("good", "bad", "caution", "accent", "waiting")
    assert min(_differences([COLOURS[theme][role] for role in roles], sight)) >= NEARLY


@pytest.mark.parametrize("state", STATE_ROLES)
def test_a_state_has_its_own_picture_beside_its_colour(state: StepStateName) -> None:
    events: list[KnownEvent] = numbered([StatusEvent(step_id="a", step="retrieving", state=state, at_ms=1)])
    html = steps_html(fold(RunView.start("?"), events))
    assert f"ph-glyph--{'running' if state in ('started', 'progress') else state}" in html


def test_the_table_says_better_and_worse() -> None:
    slow, fast = (
        Compared(name, numbered([TokenEvent(text="One.", at_ms=at_ms), DoneEvent(at_ms=at_ms)]))
        for name, at_ms in (("Slow", 900.0), ("Fast", 300.0))
    )
    assert "better" in visible(comparison_table_html(slow, fast))
    assert "worse" in visible(comparison_table_html(fast, slow))


def test_marks_on_a_strip_differ_in_shape_and_lines_in_dash() -> None:
    drawn = str(
        still_strip(
            strip_of(
                numbered(
                    [
                        StatusEvent(step_id="r", step="retrieving", at_ms=0),
                        StatusEvent(step_id="r", step="retrieving", state="failed", at_ms=40),
                        cited(1).model_copy(update={"at_ms": 50.0}),
                        TokenEvent(text="A [1] and [2], not [9].", at_ms=60),
                        cited(2).model_copy(update={"at_ms": 70.0}),
                        ArtifactEvent(kind="value", content={"value": 1}, at_ms=80),
                        WarningEvent(message="Thin.", at_ms=90),
                        ErrorEvent(message="Broke.", at_ms=95),
                        DoneEvent(outcome="failed", at_ms=100),
                    ]
                )
            )
        )
    )
    signs = re.findall(r'ph-strip-sign--(\w+)"[^>]*><path d="([^"]+)"', drawn)
    assert [kind for kind, _ in signs] == ["error", "artifact", "warning", "error"], "a failed step has a cross"
    assert len(dict(signs).values()) == len(set(dict(signs).values())) == 3
    assert re.search(r'<rect class="ph-strip-citation"', drawn)
    assert re.search(r'<circle class="ph-strip-marker ph-strip-marker--pending"', drawn)
    rules = stylesheet()
    dashes = re.findall(r"(?m)^\.(ph-strip-(?:link--late|silence|first|bar--cancelled)) \{[^}]*stroke-dasharray", rules)
    assert sorted(dashes) == ["ph-strip-bar--cancelled", "ph-strip-first", "ph-strip-link--late", "ph-strip-silence"]
    assert words.OUTCOME_WORDS["failed"] in visible(drawn)


def _differences(colours: list[str] | tuple[str, ...], sight: str) -> list[float]:
    return [apart(seen(one, sight), seen(other, sight)) for one, other in combinations(colours, 2)]
