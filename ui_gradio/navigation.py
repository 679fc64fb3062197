"""The navigation: the addresses of the four pages, and the bar above each of them."""

from collections.abc import Callable
from typing import Final

import gradio as gr

from backend.present.browser import page_script
from backend.present.markup import fragment, joined
from backend.present.pages.addresses import TITLES, PageName
from backend.present.pages.people import people_slot
from backend.present.words import pages as words_pages

PATHS: Final[dict[PageName, str]] = {"ask": "./", "replay": "replay", "compare": "compare", "history": "history"}
"""The path of each page, from the address of the application."""


def lay_out_navigation(here: PageName, actions: Callable[[], None] | None = None) -> None:
    """The bar with links to the other pages, and what belongs to the whole page. Call this first on a page; it starts
    the pages' script as well."""
    with gr.Row(elem_id="ph-bar", equal_height=False):
        gr.HTML(navigation_html(here), scale=1, js_on_load=page_script(), padding=False, elem_id="ph-navigation")
        if actions is not None:
            actions()


def navigation_html(here: PageName) -> str:
    """The four pages as links, the open one marked. Gradio's own bar forgets whether the page is light or dark; the
    page's style hides it."""
    links = joined(
        fragment('<a class="ph-place" href="{}"{}>{}</a>', PATHS[name], _here(name == here), title)
        for name, title in TITLES.items()
    )
    switch = fragment(
        '<button type="button" class="ph-button ph-theme" data-ph-theme aria-label="{}" title="{}"></button>',
        words_pages.OTHER_THEME,
        words_pages.OTHER_THEME,
    )
    return str(
        fragment(
            '<div class="ph ph-places"><nav aria-label="{}">{}</nav>{}{}</div>',
            words_pages.PAGES_LABEL,
            links,
            people_slot(),
            switch,
        )
    )


def link_html(place: PageName, label: str, **parameters: str) -> str:
    """A link to another page that looks like a button; its address contains the run."""
    return str(fragment('<a class="ph ph-button ph-place" href="{}">{}</a>', address(place, **parameters), label))


def in_a_row(*parts: str) -> str:
    """Safe fragments side by side."""
    return f'<div class="ph-row">{"".join(parts)}</div>'


def address(place: PageName, **parameters: str) -> str:
    """The address of a page from the address of the application, with its parameters."""
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    return f"{PATHS[place]}?{query}" if query else PATHS[place]


def _here(is_here: bool) -> object:
    return fragment(' aria-current="page"') if is_here else ""
