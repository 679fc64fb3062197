"""Which addresses may be linked: what an agent sends as one may be anything."""

import re
from typing import Final
from urllib.parse import urlsplit

_SCHEMES: Final = frozenset({"http", "https", "mailto"})
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\"'<>`\\]")


def safe_url(url: str | None) -> str | None:
    """The address if it may be linked (http, https or mailto, with a host or a mailbox), else None."""
    stripped = (url or "").strip()
    if not stripped or len(stripped) > 4096 or _UNSAFE.search(stripped):
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
