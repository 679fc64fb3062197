"""The one stylesheet of all fragments: colours as custom properties, glyphs as masks, rules from ``stylesheet.css``.

Every colour is written once as ``light-dark(…)``, so that a fragment follows the colour scheme of the element around
it. No rule contains a ``<``: sanitizers drop a style element that looks as if it contained a tag.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Final, Literal
from urllib.parse import quote

from backend.present.browser import browser_rules
from backend.present.theme.tokens import custom_properties

ThemeMode = Literal["host", "auto", "light", "dark"]
"""``host``: by the page's ``color-scheme`` or a class ``dark`` (Gradio, Streamlit); ``auto``: by the reader's system,
unless a class or ``data-theme`` decides otherwise (reports); ``light`` and ``dark``: always."""

_SCHEMES: Final[dict[ThemeMode, str]] = {
    "host": ".dark{color-scheme:dark}",
    "auto": ":root{color-scheme:light dark}.dark,[data-theme=dark]{color-scheme:dark}"
    ".light,[data-theme=light]{color-scheme:light}",
    "light": ":root{color-scheme:light}",
    "dark": ":root{color-scheme:dark}",
}

QUESTION_LINES: Final = 6
"""Lines of a question that its field shows at once; a longer one scrolls."""

_STROKE = 'fill="none" stroke="#000" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"'
_GLYPHS: Final[dict[str, str]] = {
    "running": f'<circle cx="8" cy="8" r="5.5" {_STROKE} stroke-dasharray="20 15"/>',
    "waiting": f'<g {_STROKE}><circle cx="8" cy="8" r="6"/><path d="M8 4.8V8l2.2 1.6"/></g>',
    "paused": f'<path d="M5.2 3.5v9M10.8 3.5v9" {_STROKE}/>',
    "finished": f'<path d="M3.2 8.6l3.2 3.1 6.4-7.2" {_STROKE}/>',
    "failed": f'<path d="M4 4l8 8M12 4l-8 8" {_STROKE}/>',
    "cancelled": f'<g {_STROKE}><circle cx="8" cy="8" r="6"/><path d="M4 12l8-8"/></g>',
    "warning": f'<g {_STROKE}><path d="M8 2.4l6 10.8H2z"/><path d="M8 6.6v3M8 11.4v.1"/></g>',
    "info": f'<g {_STROKE}><circle cx="8" cy="8" r="6"/><path d="M8 7.4v3.6M8 5v.1"/></g>',
    "offline": f'<path d="M2.5 6.5a8 8 0 0 1 11 0M5 9.2a4.4 4.4 0 0 1 6 0M8 12v.1M3 13L13 3" {_STROKE}/>',
    "document": f'<path d="M4 2h5l3 3v9H4zM9 2v3h3M6 8h4M6 11h4" {_STROKE}/>',
}
"""Pictures of 16 x 16 that take the colour of the text around them."""

_PART: Final = re.compile(r"\[(ph-[a-z-]+)\]")
"""A part of a page in the rules of its frame."""

_MARKERS_LIT: Final = 40
"""Citation numbers whose markers light up when their source is the target."""


@cache
def stylesheet(theme: ThemeMode = "host") -> str:
    """The CSS as text, to be put into one style element or file of the page."""
    rules = files("backend.present.theme").joinpath("stylesheet.css").read_text(encoding="utf-8")
    strip = files("backend.present.strip").joinpath("strip.css").read_text(encoding="utf-8")
    return "\n".join((_SCHEMES[theme], custom_properties(), rules, browser_rules(), strip, _glyph_rules()))


@cache
def frame_rules() -> str:
    """The CSS of the pages' frame, for the style of a UI's pages."""
    rules = files("backend.present.theme").joinpath("frame.css").read_text(encoding="utf-8")
    return _PART.sub(r":is(#\1,.st-key-\1)", rules)


@cache
def style_element(theme: ThemeMode = "host") -> str:
    """The stylesheet inside its ``<style>`` element, for a page without the pages' script."""
    return f"<style>{stylesheet(theme)}\n{lit_markers()}</style>"


@cache
def page_style_element(theme: ThemeMode = "host") -> str:
    """The same for a page of a UI: with the rules of the pages' frame."""
    return f"<style>{stylesheet(theme)}\n{frame_rules()}</style>"


def _glyph_rules() -> str:
    return "".join(
        f'.ph-glyph--{name}{{--ph-glyph:url("data:image/svg+xml,{_svg_data(shapes)}")}}'
        for name, shapes in _GLYPHS.items()
    )


def _svg_data(shapes: str) -> str:
    return quote(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{shapes}</svg>', safe=" =:/")


@cache
def lit_markers() -> str:
    """Rules that light up the markers of the source that is the target. The pages' script does the same by one rule of
    its own, since each of these looks through the whole page."""
    lit = ",".join(
        f':root:has(.ph-source[data-number="{number}"]:target) :is(#ph, .ph) .ph-marker[data-number="{number}"]'
        for number in range(1, _MARKERS_LIT + 1)
    )
    return f"{lit}{{background:var(--ph-accent);color:var(--ph-on-accent)}}"
