"""What a table is called and counted in: the lines right above it, and its own header rows."""

import re
from collections.abc import Iterable, Sequence

from backend.agents.documents.readers.extraction import MAX_LABEL_CHARS
from backend.agents.documents.readers.grid import GridRow, is_figure

_LOOKED_AT = 3
_LONGEST_CAPTION = 160
_SENTENCE_END = re.compile(r"[.!?;,。！？…][\"'”’)\]*_]*\s*\Z")
_REMARK = re.compile(r"\((?:unaudited|audited)\)", re.IGNORECASE)
_UNITS_IN_BRACKETS = re.compile(
    r"\([^()]*\b(?:thousands|millions|billions|percent|percentages|usd|eur|dollars|euros)\b[^()]*\)", re.IGNORECASE
)
_UNITS = re.compile(
    r"\b(?:thousands|millions|billions|percent|percentages|usd|eur|dollars|euros|shares)\b[^.]*\bexcept\b"
    r"|\((?:[^()]*\b)?(?:in|amounts|figures)\s[^()]*\b(?:thousands|millions|billions|percent|usd|eur|gbp|chf|dollars|"
    r"euros|pounds|tons|tonnes|hours|days|units|shares|%)[^()]*\)"
    r"|\A(?:amounts?|figures|values|dollars)?\s*(?:are )?(?:expressed |stated |shown )?in "
    r"(?:thousands|millions|billions|percent|\$|€|£|usd|eur|gbp|chf)\b",
    re.IGNORECASE,
)


def names_units(line: str) -> bool:
    """Whether a line says what the figures of a table are counted in."""
    return len(line) <= MAX_LABEL_CHARS and _UNITS.search(line) is not None


def title_and_note(above: Iterable[str], heading: str, headers: Sequence[GridRow] = ()) -> tuple[str, str]:
    """Title and note of a table from the paragraphs above it, the nearest first, and the heading it stands under.

    A paragraph that reads as a caption is the title; else the heading is. ``headers`` may name the units as well.
    """
    inside = (cell.text for row in headers for cell in row.cells)
    note = next((" ".join(text.split()) for text in inside if names_units(text)), "")
    for seen, paragraph in enumerate(above):
        text = " ".join(paragraph.split())
        note = note or _note_in(text, is_nearest=seen == 0)
        is_note_only = names_units(text) and text.lower().startswith(("(", "in "))
        is_note_only = is_note_only or _REMARK.fullmatch(text) is not None
        if seen == _LOOKED_AT or len(text) > _LONGEST_CAPTION or not (is_note_only or _is_caption(text)):
            break
        if not is_note_only:
            return text.strip("*_ ").rstrip(": "), note
    return heading, note


def _note_in(text: str, *, is_nearest: bool) -> str:
    """The line that names the units, or within a long paragraph right above the table the brackets that do."""
    if len(text) <= _LONGEST_CAPTION:
        return text if names_units(text) else ""
    within = _UNITS_IN_BRACKETS.search(text) if is_nearest else None
    return within[0] if within else ""


def _is_caption(text: str) -> bool:
    return names_units(text) or (bool(text) and not _SENTENCE_END.search(text) and not is_figure(text))
