"""The script of the pages, the same for both UIs: files of plain JavaScript, put together into one text.

It may run any number of times on a page and starts once. It watches the document and not single elements, so that it
outlives whatever a framework draws anew. No text of an agent ever gets into it, and what it puts on the page it puts
there as text. Frameworks hand it on in ways of their own: Gradio gives it to ``Function`` when an element is mounted
(``js_on_load``); Streamlit sends a script element through DOMPurify (``st.html(…, unsafe_allow_javascript=True)``),
which drops one whose text looks as if it held a tag. So no file holds a ``<`` directly before a letter, ``/`` or ``!``.
"""

from functools import cache
from importlib.resources import files
from typing import Final

_PARTS: Final = ("document_changes", "follow_the_end", "markers_lead_to_sources")
"""In the order in which they run: what the first one declares, the others use."""


@cache
def page_script() -> str:
    """All of it as one script; idempotent."""
    folder = files(__name__)
    parts = "\n".join(folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in _PARTS)
    return f"(() => {{\nif (window.phStarted) return;\nwindow.phStarted = true;\n{parts}}})();\n"
