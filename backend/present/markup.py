"""HTML that is safe by construction: literals come from this package, everything else is escaped as it is put in."""

import re
from collections.abc import Iterable
from typing import Final

from markupsafe import Markup, escape

from backend.protocol.addresses import safe_url

__all__ = ["EMPTY", "Markup", "anchor_id", "escape", "external_link", "fragment", "joined", "safe_url"]

EMPTY: Final = Markup("")

_UNSAFE_IN_ID = re.compile(r"[^A-Za-z0-9_-]+")


def fragment(template: str, *values: object, **named: object) -> Markup:
    """``template`` (a literal of this package) with the values put in as ``str.format`` does, each one escaped."""
    return Markup(template).format(*values, **named)  # noqa: S704 - templates are literals; values are escaped


def joined(parts: Iterable[Markup]) -> Markup:
    """The parts, joined."""
    return EMPTY.join(parts)


def external_link(url: str | None, text: str, css_class: str = "ph-link") -> Markup:
    """A link that opens a new tab without a referrer; only the text if the address may not be linked."""
    address = safe_url(url)
    if address is None:
        return fragment("<bdi>{}</bdi>", text)
    return fragment(
        '<a class="{}" href="{}" target="_blank" rel="noopener noreferrer"><bdi>{}</bdi></a>', css_class, address, text
    )


def anchor_id(kind: str, key: str | int, scope: str = "") -> str:
    """The id of an element: ``ph-source-3``, or ``ph-source-<scope>-3`` if several runs share a page."""
    parts = [f"ph-{kind}", *([scope] if scope else []), str(key)]
    return _UNSAFE_IN_ID.sub("_", "-".join(parts))
