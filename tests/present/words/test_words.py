"""Labels, durations and numbers as people read them."""

import math
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from backend.present.words import run as words
from backend.present.words.durations import format_clock, format_count, format_ms, format_rate, token_events_per_second
from backend.protocol.events import ToolLog
from backend.protocol.run_view import StepView
from tests.product_strings import product_files


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
        (-5, "0 ms"),
        (0, "0 ms"),
        (0.4, "0 ms"),
        (820.4, "820 ms"),
        (999.4, "999 ms"),
        (999.6, "1.0 s"),
        (1000, "1.0 s"),
        (3449, "3.4 s"),
        (59_949, "59.9 s"),
        (59_960, "1 min 00 s"),
        (125_000, "2 min 05 s"),
        (3_599_400, "59 min 59 s"),
        (3_599_600, "1 h 00 min"),
        (3_720_000, "1 h 02 min"),
        (86_400_000 * 50, "1,200 h 00 min"),
    ],
)
def test_durations(milliseconds: float | None, text: str) -> None:
    assert format_ms(milliseconds) == text


@settings(deadline=None)
@given(st.floats(0, 1e12))
def test_no_duration_shows_sixty_seconds_or_a_thousand_milliseconds(milliseconds: float) -> None:
    text = format_ms(milliseconds)
    assert "1000 ms" not in text
    assert "60.0 s" not in text
    assert " 60 " not in text.replace(" 60 ms", "")


def test_clock_rates_and_counts() -> None:
    assert [format_clock(value) for value in (0, 3449, 59_960, 725_000, math.nan)] == [
        "0:00.0", "0:03.4", "1:00.0", "12:05.0", "0:00.0",
    ]  # fmt: skip
    assert [format_rate(value) for value in (None, math.inf, 0.84, 9.94, 9.96, 1204.4)] == [
        "–",
        "–",
        "0.8",
        "9.9",
        "10",
        "1,204",
    ]
    assert [format_count(count, "source") for count in (0, 1, 1200)] == ["no sources", "1 source", "1,200 sources"]
    assert format_count(0, "reply", "replies") == "no replies"


def test_token_rate_needs_two_tokens_and_time_between_them() -> None:
    assert token_events_per_second(1, 5, 5) is None
    assert token_events_per_second(2, 5, 5) is None
    assert token_events_per_second(2, None, 5) is None
    assert token_events_per_second(11, 0, 1000) == 10


@pytest.mark.parametrize(
    ("slug", "text"),
    [
        ("fetch_filing-notes", "Fetch filing notes"),
        ("fetchFilingNotes", "Fetch filing notes"),
        ("SQL_query", "SQL query"),
        ("a.b/c:d", "A b c d"),
        ("", "Step"),
        ("___", "Step"),
        ("étape_deux", "Étape deux"),
        ("x" * 500, "X" + "x" * 118 + "…"),
    ],
)
def test_any_slug_is_readable(slug: str, text: str) -> None:
    assert words.readable(slug) == text


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (StepView(step_id="a", step="retrieving", state="started"), "Searching the documents"),
        (StepView(step_id="a", step="retrieving", state="started", label="Looking\n up"), "Looking up"),
        (StepView(step_id="a", step="retrieving", state="started", label="  "), "Searching the documents"),
        (
            StepView(step_id="a", step="running_tool", state="started", tool=ToolLog(name="duckdb")),
            "Running a tool: duckdb",
        ),
        (StepView(step_id="a", step="running_tool", state="started"), "Running a tool"),
        (StepView(step_id="a", step="compare_years", state="started"), "Compare years"),
    ],
)
def test_step_labels(step: StepView, text: str) -> None:
    assert words.step_label(step) == text


@settings(deadline=None)
@given(st.text())
def test_a_shortened_text_is_one_line_of_at_most_its_length(text: str) -> None:
    short = words.shortened(text, 40)
    assert len(short) <= 40
    assert "\n" not in short


def test_every_word_is_shown_somewhere(repository: Path) -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in product_files(repository)}
    uses = Counter(name for source in sources.values() for name in re.findall(r"\b[A-Z][A-Z_]+\b", source))
    shown = [
        name
        for path, source in sources.items()
        if path.parent == repository / "backend" / "present" / "words"
        for name in re.findall(r"^([A-Z][A-Z_]+)\b", source, re.MULTILINE)
    ]
    assert len(shown) > 100
    assert [name for name in shown if uses[name] < 2] == []
