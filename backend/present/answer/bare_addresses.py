"""Addresses without brackets, as linkify-it finds them: with their scheme, or with ``www.`` in front.

One ends before the punctuation of a script without blanks.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from linkify_it import LinkifyIt
from linkify_it.main import Match

_ENDS = re.compile("[\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f\uff09\u300d\u300f\u3011\u300b\u201c\u201d]")


_WITHOUT_SCHEME: Final = "www."
_SCHEME: Final = "https://"
_LONGEST_ADDRESS: Final = 2_000


class BareAddresses(LinkifyIt):  # type: ignore[misc]
    """Finds addresses in text."""

    def __init__(self, options: Mapping[str, bool]) -> None:
        super().__init__(options=options)
        self._after_scheme = LinkifyIt(options=options)
        self.add(_WITHOUT_SCHEME, {"validate": self._validate, "normalize": self._add_scheme})

    def _validate(self, text: str, position: int) -> int:
        """How many characters after ``www.`` belong to an address; 0 if it is none."""
        head = _SCHEME + _WITHOUT_SCHEME
        found = self._after_scheme.match_at_start(head + text[position : position + _LONGEST_ADDRESS])
        return 0 if found is None else max(0, found.last_index - len(head))

    def _add_scheme(self, found: Match) -> None:
        found.url = _SCHEME + found.url

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
