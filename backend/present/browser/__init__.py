"""The script of the pages, the same for both UIs: files of plain JavaScript, joined into one text.

It may run any number of times on a page and starts once. It watches the document and not single elements, so it
survives every redraw of a framework. No text of an agent ever gets into it, and it adds to the page only text, or
copies of nodes that were made safe before. Each framework passes it on in its own way: Gradio gives it to ``Function``
when an element is mounted (``js_on_load``); Streamlit sends a script element through DOMPurify (``st.html(…,
unsafe_allow_javascript=True)``), which drops one whose text looks as if it contained a tag. So no file contains a ``<``
directly before a letter, ``/`` or ``!``.

It looks for these in the fragments, besides their classes:

- ``<button data-ph-copy="#id">`` copies the text of that element; with an empty value, the code beside it.
- ``<table id data-ph-sortable>`` sorts by its headings (``data-value`` on a cell replaces its text for sorting);
  ``<button data-ph-csv="#id">`` saves it as CSV, in the order on screen, named by its caption or ``aria-label``.
- ``<button data-ph-share="run id">`` opens the share dialogue of that run; inside an element with
  ``data-ph-on-run="run id"`` ``<button data-ph-thumb="up">`` gives feedback on it, and ``<button data-ph-comment>``
  opens the card of its comments.
- ``data-ph-announcement="…"`` on any element is read out each time it changes.
- ``<button role="tab" data-ph-tab="sources">`` opens its panel; ``<button data-ph-latest>`` leads to the end of the
  conversation.
- ``<span data-ph-formula="…">`` gets the MathML in it drawn (``answer.formula_attributes``).
- ``<details data-ph-keep="key">`` stays as the reader left it when it is drawn again.
- ``<span data-ph-people>`` gets the initials of the people of the room (``room/``), as soon as there are two.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Final

from backend.present.strip.axis import axis_figures
from backend.present.strip.geometry import geometry
from backend.present.words import (
    account as words_account,
    messages as words_messages,
    pages as words_pages,
    people as words_people,
    replay as words_replay,
    run as words,
    sharing as words_sharing,
    steering as words_steering,
    strip as words_strip,
)
from backend.protocol.events import StepStateName

_PARTS: Final = (
    "document_changes",
    "page_facts",
    "announcements",
    "ticking",
    "conversation",
    "tabs",
    "markers_lead_to_sources",
    "source_card",
    "sources_light_up",
    "copy",
    "tables",
    "keyboard",
    "question_field",
    "keep_place",
    "presses",
    "scrolling_places",
    "formulas",
    "room/identity",
    "room/connection",
    "room/presence",
    "room/people",
    "room/presenting",
    "room/following",
    "feedback",
    "room/comments",
    "room/timeline_comments",
    "room/votes",
    "sharing/dialogue",
    "account",
)
"""In the order in which they run: the others use declarations of those before them."""

_WORDS: Final = {
    "ask": words.ASK,
    "stop": words.STOP,
    "afterThis": words_messages.AFTER_THIS,
    "now": words_messages.NOW,
    "play": words_replay.PLAY,
    "pause": words_replay.PAUSE,
    "next": words_replay.NEXT_EVENT,
    "previous": words_replay.PREVIOUS_EVENT,
    "copied": words_pages.COPIED,
    "notCopied": words_pages.NOT_COPIED,
    "ascending": words_pages.SORTED_ASCENDING,
    "descending": words_pages.SORTED_DESCENDING,
}


@cache
def page_script() -> str:
    """All of it as one script; idempotent."""
    folder = files(__name__)
    parts = "\n".join(folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in _PARTS)
    told = {
        "say": _WORDS,
        "sayPeople": words_people.SCRIPT_WORDS,
        "sayShare": words_sharing.SCRIPT_WORDS,
        "sayAccount": words_account.SCRIPT_WORDS,
    }
    words = "\n".join(f"const {name} = {json.dumps(each)};" for name, each in told.items())
    return f"(() => {{\nif (window.phStarted) return;\nwindow.phStarted = true;\n{words}\n{parts}}})();\n"


_STRIP_PARTS: Final = ("reading", "moments", "drawing", "strip")


@cache
def strip_script() -> str:
    """The script of the run strip, which each framework starts in its own way with ``startStrip(host)``.

    Its data are those of ``backend.present.strip.page_data``.
    """
    folder = files(__name__).joinpath("strip")
    parts = "\n".join(folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in _STRIP_PARTS)
    told = {"words": _strip_words(), "geometry": geometry(), "axis": axis_figures()}
    return f"const STRIP = {json.dumps(told)};\n{parts}"


def _strip_words() -> dict[str, object]:
    states: tuple[StepStateName, ...] = ("started", "waiting", "finished", "failed", "cancelled")
    return {
        "answer": words_strip.ANSWER,
        "sources": words_strip.SOURCES,
        "signals": words_strip.SIGNALS,
        "morePoints": words_strip.MORE_POINTS,
        "firstToken": words_strip.FIRST_PIECE,
        "silent": words_strip.SILENT,
        "of": words_strip.OF,
        "writing": words_strip.WRITING,
        "silence": words_strip.SILENCE,
        "nothingYet": words_strip.NOTHING_YET,
        "citation": words_strip.CITATION,
        "citationUnnumbered": words_strip.CITATION_UNNUMBERED,
        "marker": words_strip.MARKER,
        "markerPending": words_strip.MARKER_PENDING,
        "warning": words_strip.WARNING,
        "error": words_strip.ERROR,
        "artifact": words_strip.ARTIFACT,
        "stepBegins": words_strip.STEP_BEGINS,
        "stepEnds": words_strip.STEP_ENDS,
        "states": {
            **{"running" if state == "started" else state: words.STATE_WORDS[state] for state in states},
            "paused": words_strip.ROW_PAUSED,
            "queued": words_strip.ROW_QUEUED,
        },
        "outcomes": words.OUTCOME_WORDS,
    }


@cache
def input_cards_script() -> str:
    """The script of the cards of what a run asks, ``backend.present.pages.input_cards``: ``startInputCards``."""
    told = {"notJson": words_steering.NOT_JSON, "timeLeft": words_steering.TIME_LEFT}
    return f"const inputWords = {json.dumps(told)};\n{files(__name__).joinpath('input_cards.js').read_text('utf-8')}"


@cache
def browser_rules() -> str:
    """The CSS for the script's additions to the page; part of ``theme.style.stylesheet``."""
    folder = files(__name__)
    paths = (("browser.css",), ("room", "room.css"), ("sharing", "dialogue.css"))
    parts = (folder.joinpath(*path) for path in paths)
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)
