"""HTML that is safe by construction: literals are ours, everything else is escaped as it is put in."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup, escape

__all__ = ["EMPTY", "Markup", "anchor_id", "escape", "external_link", "fragment", "joined", "safe_url"]

EMPTY: Final = Markup("")

_SCHEMES: Final = frozenset({"http", "https", "mailto"})
_UNSAFE_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\"'<>`\\]")
_UNSAFE_IN_ID = re.compile(r"[^A-Za-z0-9_-]+")


def fragment(template: str, *values: object, **named: object) -> Markup:
    """``template`` (a literal of this package) with the values put in as ``str.format`` does, each one escaped."""
    return Markup(template).format(*values, **named)  # noqa: S704 - templates are literals; values are escaped


def joined(parts: Iterable[Markup]) -> Markup:
    """The parts one after the other."""
    return EMPTY.join(parts)


def safe_url(url: str | None) -> str | None:
    """The address if it may be linked (http, https or mailto, with a host or a mailbox), else None."""
    stripped = (url or "").strip()
    if not stripped or len(stripped) > 4096 or _UNSAFE_IN_URL.search(stripped):
        return None
    try:
        parts = urlsplit(stripped)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in _SCHEMES:
        return None
    target = parts.path if parts.scheme.lower() == "mailto" else host
    return stripped if target else None


def external_link(url: str | None, text: str, css_class: str = "ph-link") -> Markup:
    """A link that opens a new tab and gives nothing away; only the text where the address may not be linked."""
    address = safe_url(url)
    if address is None:
        return fragment("<bdi>{}</bdi>", text)
    return fragment(
        '<a class="{}" href="{}" target="_blank" rel="noopener noreferrer"><bdi>{}</bdi></a>', css_class, address, text
    )


def anchor_id(kind: str, key: str | int, scope: str = "") -> str:
    """The id of an element: ``ph-source-3``, or ``ph-source-<scope>-3`` where several runs share a page."""
    parts = [f"ph-{kind}", *([scope] if scope else []), str(key)]
    return _UNSAFE_IN_ID.sub("_", "-".join(parts))
