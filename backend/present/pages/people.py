"""The people in the bar of a page: slots of their initials and of who is signed in, filled by the pages' script."""

from backend.present.markup import Markup, fragment


def people_slot() -> Markup:
    """Both are empty while nobody else is there, and nobody has to sign in."""
    return fragment(
        '<span class="ph ph-bar-people"><span class="ph ph-people" data-ph-people></span>'
        '<span class="ph ph-account" data-ph-account></span></span>'
    )
