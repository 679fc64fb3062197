"""The script of the pages, the same for both UIs: files of plain JavaScript, put together into one text.

It may run any number of times on a page and starts once. It watches the document and not single elements, so that it
outlives whatever a framework draws anew. No text of an agent ever gets into it, and what it puts on the page it puts
there as text, or as a copy of nodes that were made safe before. Frameworks hand it on in ways of their own: Gradio
gives it to ``Function`` when an element is mounted (``js_on_load``); Streamlit sends a script element through DOMPurify
(``st.html(…, unsafe_allow_javascript=True)``), which drops one whose text looks as if it held a tag. So no file holds
a ``<`` directly before a letter, ``/`` or ``!``.

What it looks for in the fragments, beside their classes:

- ``<button data-ph-copy="#id">`` copies the text of that element.
- ``<table id data-ph-sortable>`` sorts by its headings (``data-value`` on a cell: what to sort by instead of its text);
  ``<button data-ph-csv="#id">`` saves it as CSV, in the order on screen, named by its caption or ``aria-label``.
- ``data-ph-announcement="…"`` on any element is read out each time it changes.
- ``<details data-ph-keep="key">`` stays as the reader left it when it is drawn anew.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Final

from backend.present.words import browser as words_browser, replay as words_replay, run as words

_PARTS: Final = (
    "document_changes",
    "announcements",
    "follow_the_end",
    "markers_lead_to_sources",
    "source_card",
    "sources_light_up",
    "copy",
    "tables",
    "keyboard",
    "question_field",
    "keep_place",
    "scrolling_places",
)
"""In the order in which they run: what the first two declare, the others use."""

_WORDS: Final = {
    "stop": words.STOP,
    "play": words_replay.PLAY,
    "pause": words_replay.PAUSE,
    "next": words_replay.NEXT_EVENT,
    "previous": words_replay.PREVIOUS_EVENT,
    "copied": words_browser.COPIED,
    "notCopied": words_browser.NOT_COPIED,
    "ascending": words_browser.SORTED_ASCENDING,
    "descending": words_browser.SORTED_DESCENDING,
}


@cache
def page_script() -> str:
    """All of it as one script; idempotent."""
    folder = files(__name__)
    parts = "\n".join(folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in _PARTS)
    say = json.dumps(_WORDS)
    return f"(() => {{\nif (window.phStarted) return;\nwindow.phStarted = true;\nconst say = {say};\n{parts}}})();\n"


SCRUBBER_HTML: Final = (
    f'<input type="range" class="ph-scrubber" aria-label="{words_replay.SCRUBBER_LABEL}" min="0" max="1" step="any" '
    'value="0">'
)
"""The scrubber's element, on which ``startScrubber`` is called."""


@cache
def scrubber_script() -> str:
    """The script of the scrubber, which each framework starts in its own way.

    ``startScrubber(root)`` gives ``take(data)`` for what the server says (``at_ms``, ``duration_ms``, ``playing``,
    ``speed``, ``moves``: counts the server's moves, ``label``), ``tell`` to be set to what takes the reader's moves in
    milliseconds, and ``stop()``.
    """
    return files(__name__).joinpath("scrubber.js").read_text(encoding="utf-8")


@cache
def browser_rules() -> str:
    """The CSS of what the script puts on the page; part of ``present.style.stylesheet``."""
    return files(__name__).joinpath("browser.css").read_text(encoding="utf-8")
