"""Colours that can be read, and one stylesheet for all fragments."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from backend.present.browser import page_script, strip_script
from backend.present.theme.palette import (
    COLOURS,
    DARK,
    LIGHT,
    SERIES,
    STATE_ROLES,
    Theme,
    step_series,
)
from backend.present.theme.style import ThemeMode, style_element, stylesheet
from tests.present.html_reader import Fragment
from tests.present.samples import fragments, hostile_run

THEMES: tuple[Theme, ...] = ("light", "dark")
HEAVY = {"plotly", "pandas", "numpy", "gradio", "streamlit"}
TEXT_PAIRS = (
    *((role, ground) for role in ("text", "muted", "accent") for ground in ("ground", "raised", "sunken")),
    *((role, ground) for role in ("good", "caution", "bad", "waiting") for ground in ("ground", "raised", "sunken")),
    *((role, f"{role}-soft") for role in ("accent", "good", "caution", "bad", "waiting")),
    *(("text", f"{role}-soft") for role in ("accent", "good", "caution", "bad", "waiting")),
    ("on-accent", "accent"),
)
"""Pairs (text, ground) that the stylesheet draws; each must reach 4.5:1."""
MODES: tuple[ThemeMode, ...] = ("host", "auto", "light", "dark")


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_is_that_of_the_definition() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_every_text_can_be_read_on_its_ground(theme: Theme, text: str, ground: str) -> None:
    assert contrast(COLOURS[theme][text], COLOURS[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_marks_without_text_stand_out(theme: Theme) -> None:
    marks = [*SERIES[theme], COLOURS[theme]["line-strong"]]
    assert min(contrast(mark, COLOURS[theme]["ground"]) for mark in marks) >= 3.0


def test_both_themes_have_the_same_colours_by_name() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert len(SERIES["light"]) == len(SERIES["dark"]) == len(set(SERIES["dark"]))


@pytest.mark.parametrize("theme", THEMES)
def test_a_step_has_one_colour_everywhere(theme: Theme) -> None:
    assert step_series("any_slug") in range(len(SERIES[theme]))
    known = [SERIES[theme][step_series(step)] for step in ("retrieving", "running_tool", "summarizing", "planning")]
    assert len(set(known)) == 4
    assert set(STATE_ROLES.values()) <= COLOURS[theme].keys()
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in COLOURS[theme].values())


@pytest.mark.parametrize("mode", MODES)
def test_the_stylesheet_holds_no_tag_and_fetches_nothing(mode: ThemeMode) -> None:
    css = stylesheet(mode)
    assert "<" not in css
    assert "@import" not in css
    assert set(re.findall(r'url\("(\w+:\w+/)', css)) == {"data:image/"}
    assert css.count("{") == css.count("}")
    assert style_element(mode).count("<") == 2


def test_every_class_a_fragment_uses_has_its_rule() -> None:
    used = set[str]()
    for html in fragments(hostile_run("<b>")).values():
        used |= Fragment(html).classes
    roots = {"ph-steps", "ph-artifacts", "ph-source-head", "ph-link", "ph-hint--caution"}
    known = set(re.findall(r"\.(ph[\w-]*)", stylesheet()))
    assert used - known <= roots


def test_every_custom_property_in_use_is_defined() -> None:
    css = stylesheet()
    used = set(re.findall(r"var\((--ph-[\w-]+)", css))
    defined = set(re.findall(r"(--ph-[\w-]+)\s*:", css)) | set(re.findall(r"@property (--ph-[\w-]+)", css))
    by_script = set(re.findall(r"setProperty\('(--ph-[\w-]+)'", page_script() + strip_script()))
    assert used <= defined | by_script


def test_importing_every_module_loads_no_heavy_library() -> None:
    root = Path(__file__).parents[3]
    files = (root / "backend" / "present").rglob("*.py")
    modules = ", ".join(".".join(path.relative_to(root).with_suffix("").parts) for path in files)
    code = f"import sys, {modules}; print(sorted({HEAVY!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
