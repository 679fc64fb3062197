"""Text to copy: a button, with the text beside it in a hidden field."""

from backend.present.markup import fragment
from backend.present.words import run as words


def copy_button_html(text: str, element_id: str, label: str = words.COPY_MARKDOWN) -> str:
    """A button that copies ``text`` by the pages' script. ``element_id`` must be unique on the page.

    The text is a value and not a text of the page, so that a search in the page finds everything once.
    """
    return str(
        fragment(
            '<div class="ph ph-copy"><button type="button" class="ph-button" data-ph-copy="#{}">{}</button>'
            '<input type="hidden" id="{}" value="{}"></div>',
            element_id,
            label,
            element_id,
            text,
        )
    )
