"""The strip drawn without a script: what is on it, in which order, and that an agent's text stays text."""

import re

import pytest

from backend.present.strip.fold import strip_of
from backend.present.strip.mini import mini_strip
from backend.present.strip.still import still_strip, strip_sentence
from backend.present.timeline.facts import PlannedStep, PlannedTimes
from backend.protocol.events import DoneEvent, StatusEvent
from tests.present.samples import HOSTILE, numbered
from tests.present.strip.test_fold import busy_run, run


def test_the_sentence_says_what_the_picture_shows() -> None:
    assert (
        strip_sentence(strip_of(run()))
        == "Run strip: 2 steps, 2 sources, 1 warning, first token 600 ms, failed after 3.3 s"
    )


def test_a_step_of_no_length_is_a_bar_in_its_row() -> None:
    steps = [("a", 100, 400), ("b", 400, 400), ("c", 400, 900)]
    events = [
        StatusEvent(step_id=name, step="x", label=name, state=state, at_ms=at_ms)
        for name, start, end in steps
        for state, at_ms in (("started", start), ("finished", end))
    ]
    drawn = str(still_strip(strip_of(numbered([*events, DoneEvent(at_ms=1_000)]))))
    bars = re.findall(
        r'<rect class="ph-strip-bar[^"]*" x="([\d.]+)%" y="([\d.]+)"[^>]*width:max\(3px,([\d.]+)%\)', drawn
    )
    assert [(float(x), float(width)) for x, _, width in bars] == [(10, 30), (40, 0), (40, 50)]
    tops = [float(y) for _, y, _ in bars]
    assert tops == sorted(tops)
    assert re.findall(r"<bdi>(\w)</bdi>", drawn) == ["a", "b", "c"]


def test_points_lead_to_their_sources_in_their_scope() -> None:
    drawn = str(still_strip(strip_of(run()), scope="first"))
    assert 'role="img"' not in drawn, "what is read as one picture has no links inside"
    assert re.findall(r'href="#([^"]+)"', drawn) == [
        *("ph-source-first-1", "ph-source-first-2", "ph-source-first-1", "ph-source-first-2")
    ]
    assert "href" not in str(still_strip(strip_of(run()), linked=False))


def test_a_plan_is_drawn_below_the_steps_and_makes_the_axis_longer() -> None:
    plan = PlannedTimes((PlannedStep("Search", 0.0, 5_000.0),), done_ms=6_000.0, end_ms=6_620.0)
    drawn = str(still_strip(strip_of(run()), plan=plan))
    assert drawn.index("ph-strip-plan") < drawn.index("ph-strip-bar")
    assert 'ph-strip-end--failed" x1="50.000%"' in drawn


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_stays_text(text: str) -> None:
    events = numbered([StatusEvent(step_id="a", step="x", label=text, at_ms=5), DoneEvent(at_ms=9)])
    for drawn in (str(still_strip(strip_of(events))), str(mini_strip(strip_of(events)))):
        assert set(re.findall(r"<([^\s/>]+)", drawn)) <= {"div", "bdi", "svg", "rect", "line", "text", "path"}


@pytest.mark.parametrize("still", [True, False])
def test_a_picture_is_small_whatever_the_run(still: bool) -> None:
    model = strip_of(busy_run(300, 900, 12_000))
    drawn = str(still_strip(model) if still else mini_strip(model))
    assert len(re.findall(r"<[a-z]", drawn)) <= (700 if still else 120)
