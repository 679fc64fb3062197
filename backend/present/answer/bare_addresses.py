"""Addresses without brackets, as linkify-it finds them; one ends before the punctuation of a script without blanks."""

import re
from typing import Any

from linkify_it import LinkifyIt
from linkify_it.main import Match

_ENDS = re.compile("[\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f\uff09\u300d\u300f\u3011\u300b\u201c\u201d]")


class BareAddresses(LinkifyIt):  # type: ignore[misc]
    """Finds addresses in text."""

    def match(self, text: str) -> list[Match] | None:
        """The addresses in ``text``, in order; None without one."""
        return [_cut(found) for found in super().match(text) or ()] or None

    def match_at_start(self, text: str) -> Match | None:
        """The address that ``text`` begins with, or None."""
        found = super().match_at_start(text)
        return _cut(found) if found is not None else None


def _cut(found: Any) -> Any:
    end = _ENDS.search(found.text)
    if end is not None:
        surplus = len(found.text) - end.start()
        found.text, found.url, found.raw = found.text[:-surplus], found.url[:-surplus], found.raw[:-surplus]
        found.last_index -= surplus
    return found
