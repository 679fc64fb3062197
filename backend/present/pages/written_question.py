"""A change of the field where a question is written, as the page's script reads it."""

from urllib.parse import quote

from backend.present.markup import fragment


def written_question_html(change_id: str, takes: str, puts: str) -> str:
    """An element that shows nothing. ``takes`` was asked, ``puts`` belongs in the field again; the script makes the
    change with that id once.

    The texts are percent-encoded: frameworks drop attributes that look like the end of a comment or of an element.
    """
    return str(
        fragment(
            '<span hidden data-ph-written="{}" data-ph-takes="{}" data-ph-puts="{}"></span>',
            change_id,
            quote(takes, safe=""),
            quote(puts, safe=""),
        )
    )
