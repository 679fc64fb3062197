"""The tabs of a run's evidence, each with its count. The pages' script chooses among them; see ``browser/tabs.js``."""

from typing import Final, Literal, get_args

from backend.present.markup import EMPTY, Markup, fragment, joined
from backend.present.words import run as words
from backend.protocol.run_view import RunView

TabName = Literal["answer", "steps", "sources", "results"]
TAB_NAMES: Final[tuple[TabName, ...]] = get_args(TabName)
"""In their order. The first is there in narrow windows only, where the answer and its evidence take turns."""

_TITLES: Final[dict[TabName, str]] = {
    "answer": words.ANSWER_TITLE,
    "steps": words.STEPS_TITLE,
    "sources": words.SOURCES_TITLE,
    "results": words.ARTIFACTS_TITLE,
}


def panel_id(name: TabName) -> str:
    """The name of the part of a page that a tab shows: an id in Gradio, a key in Streamlit."""
    return "ph-reading" if name == "answer" else f"ph-panel-{name}"


def tabs_html(view: RunView) -> str:
    """The tabs with the counts of this view."""
    counts: dict[TabName, int] = {
        "steps": len(view.stream.steps),
        "sources": len(view.message.citations),
        "results": len(view.artifacts.items),
    }
    tabs = joined(_tab_html(name, counts.get(name, 0)) for name in TAB_NAMES)
    return str(fragment('<div class="ph ph-tabs" role="tablist" aria-label="{}">{}</div>', words.TABS_LABEL, tabs))


def _tab_html(name: TabName, count: int) -> Markup:
    shown = fragment(' <span class="ph-count">{}</span>', f"{count:,}") if count else EMPTY
    return fragment(
        '<button type="button" class="ph-tab" role="tab" id="ph-tab-{}" data-ph-tab="{}" data-count="{}">{}{}</button>',
        name,
        name,
        count,
        _TITLES[name],
        shown,
    )
